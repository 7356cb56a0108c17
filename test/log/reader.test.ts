/**
 * One reader serves the journal, which folds lines into a state, and the survey, which shows them. The logs of this
 * test grow line by line, and are spoiled in every way that the README names. After each line, a naive reader, written
 * here a second time, says which lines are records and which are quarantined. The survey must show the same lines, and
 * the journal must have the state that they give.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32, hex8 } from '../../src/base/crc.js';
import { Rng } from '../../src/base/rng.js';
import type { Visitor } from '../../src/events/ask/inspect.js';
import { decode } from '../../src/events/format/decode.js';
import { CRC_PREFIX_BYTES, encode, type Entry } from '../../src/events/format/event.js';
import { apply, applyDamage } from '../../src/events/fold.js';
import { State } from '../../src/events/state/state.js';
import { Journal } from '../../src/log/journal.js';
import { segmentPath } from '../../src/log/names.js';
import { nodeHost } from '../../src/log/node-host.js';
import { survey } from '../../src/log/survey.js';
import { contentsOf } from '../../support/log-helpers.js';
import { newLog } from '../../support/new-log.js';
import { goOn } from '../../support/random-log.js';

const LOGS = Number(process.env.SPT_STORM_LOGS ?? 12);
const Reader = suite('one reader for journal and survey');
const host = await nodeHost();

/** What a reader makes of a line, and where the line stands. */
type Seen = [what: string, segment: number, offset: number, length: number];

/** The rules of the README on whole segments in memory. */
function seenNaively(log: string): Seen[] {
  const seen: Seen[] = [];
  for (let segment = 1; segment <= readdirSync(log).length; segment++) {
    const bytes = readFileSync(segmentPath(log, segment));
    let isSealed = false;
    const note = (what: string, offset: number, length: number): void =>
      void seen.push([what, segment, offset, length]);
    for (let start = 0, end = 0; !isSealed && (end = bytes.indexOf(10, start)) >= 0; start = end + 1) {
      if (end === start) continue;
      let first = start;
      let found = decode(bytes.subarray(first, end));
      const behindNul = bytes.subarray(0, end).lastIndexOf(0) + 1;
      if (found === 'checksum' && behindNul > start) {
        note('checksum', start, behindNul - start);
        if (behindNul === end) continue;
        first = behindNul;
        found = decode(bytes.subarray(first, end));
      }
      note(typeof found === 'string' ? found : `record ${found.n}`, first, end - first);
      isSealed = typeof found !== 'string' && found.event.type === 'sealed';
    }
  }
  return seen;
}

async function surveyed(log: string): Promise<{ seen: Seen[]; state: State; strays: number[] }> {
  const seen: Seen[] = [];
  const state = new State();
  const visitor: Visitor = {
    entry(entry, place) {
      seen.push([`record ${entry.n}`, place.segment, place.offset, place.length]);
      apply(state, entry, place);
    },
    damaged(damage, place, bytes) {
      seen.push([damage, place.segment, place.offset, place.length]);
      assert.is(bytes.length, place.length);
      applyDamage(state, damage);
    },
  };
  const { strays } = await survey(log, host, visitor);
  return { seen, state, strays };
}

/** A damaged line, with its newline, unless a loss of power removed it. */
function spoiled(line: Buffer, rng: Rng): Buffer {
  const copy = Buffer.from(line);
  const at = rng.below(line.length - 1);
  switch (rng.below(8)) {
    case 0:
      copy[at] ^= copy[at] === 11 ? 2 : 1;
      return copy;
    case 1:
      return Buffer.concat([Buffer.alloc(1 + rng.below(40)), line]);
    case 2:
      return Buffer.concat([copy.fill(0, at, line.length - 1), line]);
    case 3:
      return copy.fill(0);
    case 4:
      return Buffer.concat([line.subarray(0, at), Buffer.from('\n\n'), line]);
    case 5:
      return summed(line.subarray(CRC_PREFIX_BYTES, CRC_PREFIX_BYTES + at));
    case 6:
      return Buffer.concat([line, line.subarray(0, at)]);
    default:
      return Buffer.from('what another program writes\n');
  }
}

/** A line of this content with a right CRC. */
function summed(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{"crc":"${hex8(crc32(content))}",`), content, Buffer.from('\n')]);
}

/** The record that seals a segment behind the last of the lines. */
function sealBehind(lines: readonly Buffer[], segment: number): Buffer {
  const entries = lines.map(line => decode(line, 0, line.length - 1)).filter(one => typeof one !== 'string');
  const last = entries.at(-1) as Entry | undefined;
  const head = { n: (last?.n ?? 0) + 1, previous: last?.crc ?? 0, id: `seal${segment}`, at: 'T', by: 'me' };
  return encode({ type: 'sealed', segment, bytes: 1 }, head);
}

Reader('spoiled logs mean the same to the journal and to the survey, line by line', async () => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < LOGS; seed++) {
    const rng = Rng.from('reader', seed);
    const log = newLog();
    mkdirSync(log);
    const journal = await Journal.open(log, host, { snapshots: false });
    const lines = goOn([], rng, 'w', 40);
    let segment = 1;
    for (let i = 0; i < lines.length; i++) {
      const bytes = rng.below(4) === 0 ? spoiled(lines[i], rng) : lines[i];
      appendFileSync(segmentPath(log, segment), bytes);
      if (rng.below(12) === 0) {
        const seal = sealBehind(lines.slice(0, i + 1), segment);
        appendFileSync(segmentPath(log, segment), rng.below(3) === 0 ? spoiled(seal, rng) : seal);
        if (rng.below(3) === 0)
          appendFileSync(segmentPath(log, segment), 'nobody reads what is behind a seal\n');
        segment++;
        appendFileSync(segmentPath(log, segment), '');
      }
      await journal.refresh();
      const expected = seenNaively(log);
      const { seen, state, strays } = await surveyed(log);
      assert.equal(seen, expected, `seed ${seed}, line ${i}: the survey`);
      // Where a segment ends without a seal and without damage, only a new reader looks further.
      const reader = strays.length > 0 ? await Journal.open(log, host, { snapshots: false }) : journal;
      assert.equal(contentsOf(reader.state), contentsOf(state), `seed ${seed}, line ${i}: the journal`);
      for (const [what] of seen) kinds.add(what.split(' ')[0]);
    }
    const anew = await Journal.open(log, host, { snapshots: false });
    assert.equal(
      contentsOf(anew.state),
      contentsOf((await surveyed(log)).state),
      `seed ${seed}: a new reader`,
    );
  }
  assert.equal([...kinds].sort(), ['checksum', 'malformed', 'record']);
});

Reader.run();
