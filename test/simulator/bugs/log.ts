/** Bugs of the log and of the state that its events give. */
import { change, type Bug, type Change } from './plant.js';

const inAppend = (inside: string, from: string, to: string): Change =>
  change('src/log/append.ts', inside, from, to);

const inTail = (inside: string, from: string, to: string): Change =>
  change('src/log/tail.ts', inside, from, to);

const LOCK = `if (!(await this.lock.take(handle, 'exclusive', startMs, LOOK_AGAIN_MS))) return false;`;

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

const EARLY_MOVE = `
  isOver = await this.isOver(verdict, isFirst);
  if (isOver) {
    isOver = false;
    await this.goToLater();
    continue;
  }`;

export const logBugs: Bug[] = [
  {
    name: 'a torn tail is not healed',
    changes: [inAppend('readLocked', `if (!torn) return tail.cursor.offset;`, `return await handle.size();`)],
  },
  {
    name: 'a torn tail is healed by rewriting the file',
    changes: [inAppend('readLocked', String.raw`await handle.write(Buffer.from('\n'));`, REWRITING)],
  },
  { name: 'acknowledged before fsync', changes: [inAppend('append', `await handle.sync();`, ``)] },
  {
    name: 'a failed fsync is believed',
    changes: [inAppend('append', `await handle.sync();`, `await handle.sync().catch(() => undefined);`)],
  },
  {
    name: 'a short write is believed',
    changes: [
      inAppend('append', `if (count !== bytes.length)`, `if (false)`),
      inAppend('append', `if (grown !== bytes.length)`, `if (false)`),
    ],
  },
  { name: 'no lock', changes: [inAppend('append', LOCK, ``)] },
  {
    name: 'the check is made outside of the lock',
    changes: [
      inAppend(
        'append',
        `const { bytes, last, isSeal } = this.prepare(batch, size);`,
        LOCK.replace('if', 'while').replace('return false;', '{}'),
      ),
      inAppend('append', LOCK, `const { bytes, last, isSeal } = this.prepare(batch, await handle.size());`),
      inAppend('append', `const size = await this.readLocked(handle);`, `const size = await handle.size();`),
    ],
  },
  {
    name: 'reports are taken under an epoch that is over',
    changes: [change('src/events/state/state.ts', 'isHeld', `&& this.epoch[row] === epoch`, ``)],
  },
  {
    name: 'a second append gets a new event id',
    changes: [
      inAppend(
        'attempt',
        `this.doubts.add(written, segment);`,
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
    changes: [inAppend('append', `await this.syncBefore();`, `;`)],
  },
  {
    name: 'a segment is left without a second look when a later one exists',
    changes: [inTail('readOn', `isOver = await this.isOver(verdict, isFirst);`, EARLY_MOVE)],
  },
  {
    name: 'the end of the segment before is not synced',
    changes: [inAppend('syncBefore', `before => before.sync()`, `async () => undefined`)],
  },
  {
    name: 'a snapshot is used that may hold what is in doubt',
    changes: [inTail('loadSnapshot', `const latest = this.doubts.segment - 1;`, `const latest = Infinity;`)],
  },
  {
    name: 'the log is read on although it changed',
    changes: [
      inTail('readFrom', `if (size < this.cursor.offset || !(await this.isAsRead(handle)))`, `if (false)`),
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
    changes: [change('src/log/reader.ts', 'line', `return this.isCertain ? `, `return true ? `)],
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
