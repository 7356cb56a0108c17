/** Bugs of the log and of the state that it amounts to. */
import { change, type Bug, type Change } from './plant.js';

/** A change of a method of the journal. */
const inJournal = (inside: string, from: string, to: string): Change =>
  change('src/log/journal.ts', inside, from, to);

const LOCK = `if (!(await this.lock(handle, 'exclusive', startMs, LOOK_AGAIN_MS))) return false;`;

const REWRITING = `
  const kept = Buffer.alloc(this.cursor.offset);
  await handle.read(kept, 0, kept.length, 0);
  const path = segmentPath(this.directory, this.cursor.segment);
  const copy = await this.host.open(path + '.tmp', 'create');
  await copy.write(kept);
  await copy.sync();
  await copy.close();
  await this.host.rename(path + '.tmp', path);
  throw new Error('look again');`;

const EARLY_MOVE = `
  isOver = await this.isOver(verdict, isFirst);
  if (isOver) {
    isOver = false;
    this.cursor = startOf(Math.min(...(await this.laterSegments())));
    continue;
  }`;

export const logBugs: Bug[] = [
  {
    name: 'a torn tail is not healed',
    changes: [
      inJournal('readLocked', `if (!torn) return this.cursor.offset;`, `return await handle.size();`),
    ],
  },
  {
    name: 'a torn tail is healed by rewriting the file',
    changes: [inJournal('readLocked', String.raw`await handle.write(Buffer.from('\n'));`, REWRITING)],
  },
  { name: 'acknowledged before fsync', changes: [inJournal('append', `await handle.sync();`, ``)] },
  {
    name: 'a failed fsync is believed',
    changes: [inJournal('append', `await handle.sync();`, `await handle.sync().catch(() => undefined);`)],
  },
  {
    name: 'a short write is believed',
    changes: [
      inJournal('append', `if (count !== bytes.length)`, `if (false)`),
      inJournal('append', `if (grown !== bytes.length)`, `if (false)`),
    ],
  },
  { name: 'no lock', changes: [inJournal('append', LOCK, ``)] },
  {
    name: 'the check is made outside of the lock',
    changes: [
      inJournal(
        'append',
        `const { bytes, seal, last } = this.prepare(batch, size);`,
        LOCK.replace('if', 'while').replace('return false;', '{}'),
      ),
      inJournal('append', LOCK, `const { bytes, seal, last } = this.prepare(batch, await handle.size());`),
      inJournal('append', `const size = await this.readLocked(handle);`, `const size = await handle.size();`),
    ],
  },
  {
    name: 'words are taken from an epoch that is over',
    changes: [change('src/events/state/state.ts', 'isHeld', `&& this.epoch[row] === epoch`, ``)],
  },
  {
    name: 'a second append gets a new event id',
    changes: [
      inJournal(
        'attempt',
        `this.doubtful.set(written.id, written);`,
        `(written as { id: string }).id = this.host.newId();`,
      ),
    ],
  },
  {
    name: 'doubles are applied',
    changes: [
      change(
        'src/events/fold.ts',
        'isDouble',
        `if (state.recent.add(high, low))`,
        `state.recent.add(high, low); if (true)`,
      ),
    ],
  },
  {
    name: 'the name of a new segment is not synced',
    changes: [inJournal('append', `await this.syncBefore();`, `;`)],
  },
  {
    name: 'a segment is left without a second look when a later one exists',
    changes: [inJournal('readOn', `isOver = await this.isOver(verdict, isFirst);`, EARLY_MOVE)],
  },
  {
    name: 'the end of the segment before is not synced',
    changes: [inJournal('syncBefore', `before => before.sync()`, `async () => undefined`)],
  },
  {
    name: 'a snapshot is used that may hold what is in doubt',
    changes: [
      inJournal('loadSnapshot', `const latest = this.doubtfulSegment - 1;`, `const latest = Infinity;`),
    ],
  },
  {
    name: 'the log is read on although it changed',
    changes: [
      inJournal('readFrom', `if (size < this.cursor.offset || !(await this.isAsRead(handle)))`, `if (false)`),
    ],
  },
  {
    name: 'a snapshot is not tied to its log',
    changes: [
      change(
        'src/log/snapshot.ts',
        'load',
        `if (!(await isSealedBy(directory, host, header)))`,
        `if (false)`,
      ),
    ],
  },
  {
    name: 'lines are quarantined without a second look under the lock',
    changes: [inJournal('takeLine', `if (crc < 0 && !certain)`, `if (false)`)],
  },
  {
    name: 'an observer that slept accuses',
    changes: [change('src/log/liveness.ts', 'lossOf', `lease * LONGEST_LOOK`, `Infinity`)],
  },
  {
    name: 'a claim with a number that is not unique counts',
    changes: [
      change(
        'src/events/fast/replay.ts',
        'settle',
        `isUnique ? this.claim(worker!) : this.missAll()`,
        `this.claim(worker!)`,
      ),
    ],
  },
  {
    name: 'a run of lines is taken for sound without its sum',
    changes: [change('src/events/fast/run.ts', 'soundRun', `crc32(bytes, 0, 0, end) !== promised`, `false`)],
  },
  {
    name: 'the CRC is not checked',
    changes: [
      change(
        'src/events/format/decode.ts',
        'checkedCrc',
        `=== written ? written : -1`,
        `>= 0 ? written : -1`,
      ),
    ],
  },
];
