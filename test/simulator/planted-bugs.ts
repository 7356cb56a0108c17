/**
 * Plants bugs into the log, one at a time, and shows which of its tests catches each: `npm run storm -- --only bugs`.
 * A bug is a replacement in a compiled file; the text that it replaces must occur exactly once, so that a bug that can
 * no longer be planted is told. A suite counts as catching if it fails. With `--plant-only`, it is only seen whether
 * all can be planted; with a part of a name, only the bugs of such a name are.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Bug {
  name: string;
  file: string;
  /** What is replaced by what. */
  changes: [from: string, to: string][];
}

const APPEND = 'src/log/append.js';
const TAIL = 'src/log/tail.js';
const HEALING = `await handle.write(Buffer.from('\\n'));`;
const REWRITING = `
  const kept = Buffer.alloc(tail.cursor.offset);
  await handle.read(kept, 0, kept.length, 0);
  const path = segmentPath(tail.directory, tail.cursor.segment);
  const copy = await this.host.open(path + '.tmp', 'create');
  await copy.write(kept);
  await copy.sync();
  await copy.close();
  await this.host.rename(path + '.tmp', path);
  throw new Error('look again');`;

const LOCK = `if (!(await this.lock.take(handle, 'exclusive', startMs, LOOK_AGAIN_MS)))\n            return false;`;

const BUGS: Bug[] = [
  {
    name: 'a torn tail is not healed',
    file: APPEND,
    changes: [[`if (!torn)\n                return tail.cursor.offset;`, `return await handle.size();`]],
  },
  { name: 'a torn tail is healed by rewriting the file', file: APPEND, changes: [[HEALING, REWRITING]] },
  { name: 'acknowledged before fsync', file: APPEND, changes: [[`await handle.sync();`, ``]] },
  {
    name: 'a failed fsync is believed',
    file: APPEND,
    changes: [[`await handle.sync();`, `await handle.sync().catch(() => undefined);`]],
  },
  {
    name: 'a short write is believed',
    file: APPEND,
    changes: [
      [`if (count !== bytes.length)`, `if (false)`],
      [`if (grown !== bytes.length)`, `if (false)`],
    ],
  },
  { name: 'no lock', file: APPEND, changes: [[LOCK, ``]] },
  {
    name: 'the check is made outside of the lock',
    file: APPEND,
    changes: [
      [LOCK, `const { bytes, last, isSeal } = this.prepare(batch, await handle.size());`],
      [
        `const { bytes, last, isSeal } = this.prepare(batch, size);`,
        LOCK.replace('if', 'while').replace('return false', '{}'),
      ],
      [`const size = await this.readLocked(handle);`, `const size = await handle.size();`],
    ],
  },
  {
    name: 'words are taken from an epoch that is over',
    file: 'src/events/state/state.js',
    changes: [[`&& this.epoch[row] === epoch`, ``]],
  },
  {
    name: 'a second append gets a new event id',
    file: APPEND,
    changes: [[`this.doubts.add(written, segment);`, `written.id = this.host.newId();`]],
  },
  {
    name: 'doubles are applied',
    file: 'src/events/fold.js',
    changes: [[`if (state.recent.add(high, low))`, `state.recent.add(high, low);\n    if (true)`]],
  },
  {
    name: 'the name of a new segment is not synced',
    file: APPEND,
    changes: [[`await this.syncBefore();`, `;`]],
  },
  {
    name: 'a segment is left without a second look when a later one exists',
    file: TAIL,
    changes: [
      [
        `isOver = await this.isOver(verdict, isFirst);`,
        `isOver = await this.isOver(verdict, isFirst); if (isOver) { isOver = false; await this.goToLater(); continue; }`,
      ],
    ],
  },
  {
    name: 'the end of the segment before is not synced',
    file: APPEND,
    changes: [[`before => before.sync()`, `async () => undefined`]],
  },
  {
    name: 'a snapshot is used that may hold what is in doubt',
    file: TAIL,
    changes: [[`const latest = this.doubts.segment - 1;`, `const latest = Infinity;`]],
  },
  {
    name: 'the log is read on although it changed',
    file: TAIL,
    changes: [[`if (size < this.cursor.offset || !(await this.isAsRead(handle)))`, `if (false)`]],
  },
  {
    name: 'a snapshot is not tied to its log',
    file: 'src/log/snapshot.js',
    changes: [[`if (!(await isSealedBy(directory, host, header)))`, `if (false)`]],
  },
  {
    name: 'lines are quarantined without a second look under the lock',
    file: 'src/log/reader.js',
    changes: [[`return this.isCertain ? `, `return true ? `]],
  },
  {
    name: 'an observer that slept accuses',
    file: 'src/log/liveness.js',
    changes: [[`lease * LONGEST_LOOK`, `Infinity`]],
  },
  {
    name: 'a claim with a number that is not unique counts',
    file: 'src/events/fast/replay.js',
    changes: [[`isUnique ? this.claim(worker) : this.missAll()`, `this.claim(worker)`]],
  },
  {
    name: 'a run of lines is taken for sound without its sum',
    file: 'src/events/fast/run.js',
    changes: [[`crc32(bytes, 0, 0, end) !== promised`, `false`]],
  },
  {
    name: 'the CRC is not checked',
    file: 'src/events/format/decode.js',
    changes: [[`=== written ? written : -1`, `>= 0 ? written : -1`]],
  },
];

const SUITES = [
  'events/fold',
  'events/replay',
  'log/rewind',
  'log/faults',
  'log/journal',
  'log/reading',
  'log/snapshot',
  'log/liveness',
  'simulator/simulator',
];

const dist = new URL('../..', import.meta.url).pathname;

/** A copy of what is compiled, made once: whoever compiles anew meanwhile disturbs nothing. */
function makePristine(): string {
  const copy = mkdtempSync(join(tmpdir(), 'spt-pristine-'));
  cpSync(dist, join(copy, 'dist'), { recursive: true });
  symlinkSync(realpathSync(join(dist, '..', 'node_modules')), join(copy, 'node_modules'));
  cpSync(join(dist, '..', 'package.json'), join(copy, 'package.json'));
  return copy;
}

/** The first suite that fails with the bug; undefined if none does. */
function catcher(bug: Bug, pristine: string): string | undefined {
  const copy = mkdtempSync(join(tmpdir(), 'spt-planted-'));
  try {
    cpSync(pristine, copy, { recursive: true, verbatimSymlinks: true });
    plant(join(copy, 'dist', bug.file), bug);
    return SUITES.find(suite => {
      const env = { ...process.env, SPT_STORM_RUNS: '300', SPT_PLANTED: '1' };
      const program = join(copy, 'dist', 'test', `${suite}.test.js`);
      return spawnSync(process.execPath, [program], { env, timeout: 300_000 }).status !== 0;
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function plant(path: string, bug: Bug): void {
  writeFileSync(path, planted(readFileSync(path, 'utf8'), bug));
}

/** The text with the bug in it. */
function planted(text: string, { name, changes }: Bug): string {
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`"${name}" cannot be planted: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

/** Plants and tries each bug; how many are caught by no suite. */
function tryAll(bugs: Bug[]): number {
  const pristine = makePristine();
  let missed = 0;
  for (const bug of bugs) {
    const suite = catcher(bug, pristine);
    if (!suite) missed++;
    console.log(`${bug.name.padEnd(72)} ${suite ? `caught by ${suite}` : 'NOT CAUGHT'}`);
  }
  rmSync(pristine, { recursive: true, force: true });
  console.log(`${bugs.length - missed} of ${bugs.length} planted bugs are caught`);
  return missed;
}

const [only] = process.argv.slice(2);
if (only === '--plant-only') for (const bug of BUGS) planted(readFileSync(join(dist, bug.file), 'utf8'), bug);
else process.exitCode = tryAll(BUGS.filter(({ name }) => !only || name.includes(only))) > 0 ? 1 : 0;
