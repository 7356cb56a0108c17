/** Examples of what `spt doctor` finds. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { encode, type Draft, type Entry } from '../src/events/format/event.js';
import { decode } from '../src/events/format/decode.js';
import type { Finding } from '../src/log/check/findings.js';
import { examineLog } from '../src/log/check/log.js';
import { sharingFindings } from '../src/log/check/sharing.js';
import { meetingFindings } from '../src/log/check/system.js';
import { Journal } from '../src/log/journal.js';
import { segmentPath, snapshotPath } from '../src/log/names.js';
import { nodeHost } from '../src/log/node-host.js';
import { claim, enqueue, finish, makeConfig, makeFolder, removeFolder } from './log-helpers.js';
import type { Example, Told } from './gallery.js';
import { makeSearch } from './search.js';
import { writeLog } from './written-log.js';

const host = await nodeHost();

function toldBy(findings: readonly Finding[], folder = ''): Told {
  const lines = findings.flatMap(({ level, kind, message, place, advice }) => [
    `${level.padEnd(8)} ${kind}: ${place ? `${place.file}${place.line ? `:${place.line}` : ''}: ` : ''}${message}`,
    ...(advice ? [`         ${advice}`] : []),
  ]);
  return {
    codes: findings.map(({ kind }) => kind),
    text: lines.join('\n').replaceAll(folder || ' - ', '/shared/log'),
  };
}

type Spoil = (lines: string[], folder: string) => string | void;

/** Spoils a log of six records, and gives the findings of the doctor. */
function spoiled(code: string, written: string, spoil: Spoil, look = lookAtLog): Example {
  const provoke = async (): Promise<Told> => {
    const folder = makeFolder();
    try {
      const journal = await Journal.open(folder, host, { snapshots: false });
      await journal.transact(() => enqueue(1, 2, 3));
      await journal.transact(() => [claim('w', 1, 2)]);
      await journal.transact(() => [finish(1, 4), finish(2, 4)]);
      const path = segmentPath(folder, 1);
      const text = spoil(readFileSync(path, 'utf8').trimEnd().split('\n'), folder);
      if (typeof text === 'string') writeFileSync(path, text);
      return toldBy(await look(folder), folder);
    } finally {
      removeFolder(folder);
    }
  };
  return { code, written: `(${written})\n$ spt doctor`, provoke };
}

const lookAtLog = async (folder: string): Promise<Finding[]> => (await examineLog(folder, host)).findings;
const lookAtSharing = async (folder: string): Promise<Finding[]> => sharingFindings(folder);
const whole = (lines: string[]): string => `${lines.join('\n')}\n`;

/** The line that would come next in the log. */
function next(lines: string[], event: object): string {
  const { n, previous, ...stamp } = decode(Buffer.from(lines.at(-1)!)) as Entry;
  const crc = lines.at(-1)!.slice(8, 16);
  const made = encode(event as never, { ...stamp, n: n + 1, previous: crc, id: 'another' } as never);
  return Buffer.from(made as Uint8Array)
    .toString('utf8')
    .trimEnd();
}

const sealed = (lines: string[]): string =>
  whole([...lines, next(lines, { type: 'sealed', segment: 1, bytes: Buffer.byteLength(whole(lines)) })]);

/** A run of the doctor on two open configs. One has an unknown step, and the data of both is missing. */
async function examine(): Promise<Told> {
  const search = makeSearch();
  try {
    const steps = [{ LogisticRegresion: {} }];
    const data = 'd'.repeat(32);
    const events = [1, 2].map((i): Draft => ({
      type: 'enqueued',
      config: makeConfig(i, { data, ...(i === 1 && { steps }) }),
    }));
    writeLog(search, events);
    const { out } = await search.sptHere('doctor', '--json');
    return toldBy((JSON.parse(out) as { findings: Finding[] }).findings, search.root);
  } finally {
    search.remove();
  }
}

export const ofFindings: Example[] = [
  { code: 'refused', written: '(two open configs)\n$ spt doctor', provoke: examine },
  spoiled('checksum', 'one letter of a line is changed', lines =>
    whole(lines.with(2, lines[2].replace('"type"', '"typo"'))),
  ),
  spoiled('gap', 'a line is removed', lines => whole(lines.toSpliced(2, 1))),
  spoiled('broken-link', 'a line is removed', lines => whole(lines.toSpliced(2, 1))),
  spoiled('fork', 'a line is there twice', lines => whole([...lines, lines[5]])),
  spoiled('double', 'a line is there twice', lines => whole([...lines, lines[5]])),
  spoiled('overlong', 'a line of 17 MB', lines => whole([...lines, 'x'.repeat(17 * 1024 * 1024)])),
  spoiled('unfinished', 'a writer was killed, and another went on', lines =>
    whole([...lines.slice(0, 5), lines[5].slice(0, 50), lines[5]]),
  ),
  spoiled('unknown-type', 'an event of a newer version', lines =>
    whole([...lines, next(lines, { type: 'renamed' })]),
  ),
  spoiled('torn', 'a writer was killed', lines => `${whole(lines)}{"crc":"00`),
  spoiled('stray-segment', 'a segment was copied here', (lines, folder) =>
    writeFileSync(segmentPath(folder, 3), whole(lines)),
  ),
  spoiled('behind-seal', 'two writers at once', lines => `${sealed(lines)}${whole([lines[5]])}`),
  spoiled('snapshot', 'a snapshot is damaged', (lines, folder) => {
    writeFileSync(snapshotPath(folder, 1), 'nothing');
    return sealed(lines);
  }),
  spoiled(
    'not-shared',
    'a log that was copied with closed permissions',
    (_, folder) => {
      chmodSync(folder, 0o770);
      chmodSync(segmentPath(folder, 1), 0o600);
    },
    lookAtSharing,
  ),
  {
    code: 'one-machine',
    written: '$ spt doctor --probe /shared   (twice on one machine)',
    provoke: async () =>
      toldBy(
        meetingFindings({
          isOneMachine: true,
          excludes: false,
          appends: { expected: 200, found: 190, broken: 1, doubled: 2, seconds: 1 },
        } as never),
      ),
  },
];
