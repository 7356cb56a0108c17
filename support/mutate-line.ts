/** Lines of a log as another program might write them: their structure is mutated, and they get the right CRC. */
import { crc32, hex8 } from '../src/base/crc.js';
import type { Rng } from '../src/base/rng.js';

const NUMBERS = [
  ...[
    '1.0',
    '1e0',
    '10E-1',
    '-0',
    '0',
    '-1',
    '1.5',
    '01',
    '+1',
    '.5',
    '1.',
    '1e',
    '1e+',
    '-',
    '--1',
    '1e400',
  ],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '123456789012345678901', '1e15', '0x10'],
  ...[
    '999999999999999',
    '1000000000000000',
    '0.1234567890123456789',
    '4.9e-324',
    '1E5',
    '1.e5',
    'NaN',
    'Infinity',
  ],
];
const STRINGS = [
  ...[
    '""',
    '"a"',
    '"\\u0041"',
    '"\\u00e9"',
    '"\\ud800"',
    '"\\n"',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12',
    '"a',
    '"\\"',
  ],
  ...[
    '"\\\\"',
    '"\\/"',
    '"\\""',
    '"é"',
    '"\u007f"',
    '"\t"',
    '"\0"',
    '"lost"',
    '"retry"',
    '"error"',
    '"sealed"',
  ],
  ...[
    '"released"',
    '"enqueued"',
    '"0123456789abcdef"',
    '"0123456789ABCDEF"',
    '"00000000"',
    '"roc_auc"',
    '"f1"',
    '"min"',
    '"max"',
  ],
  ...[`"${'x'.repeat(1024)}"`, `"${'x'.repeat(1025)}"`, `"${'é'.repeat(600)}"`, "'a'", 'a'],
];
const OTHERS = [
  ...[
    'null',
    'true',
    'false',
    'nul',
    'trueX',
    'True',
    '[]',
    '{}',
    '[',
    '{',
    '}',
    ']',
    '[}',
    '{]',
    '[1,]',
    '[,1]',
  ],
  ...[
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,"a":1}',
    '{"mean":0.25}',
    '{"mean":0.25,"mean":0.75}',
    '{"roc_auc":0.5}',
  ],
  ...[
    '{"roc_auc":{"mean":0.75}}',
    '{"id":"w","host":"h","pid":1}',
    '{"__proto__":{"mean":1}}',
    '',
    ' 1',
    '1 ',
  ],
];
const NAMES = [
  ...[
    'crc',
    'n',
    'p',
    'id',
    'at',
    'by',
    'type',
    'config',
    'configs',
    'attempts',
    'worker',
    'claim',
    'seconds',
  ],
  ...[
    'digest',
    'scores',
    'versions',
    'size',
    'warnings',
    'cv',
    'validate',
    'roc_auc',
    'mean',
    'pipeline',
    'split',
  ],
  ...[
    'scoring',
    'direction',
    'why',
    'retry',
    'kind',
    'message',
    'segment',
    'bytes',
    '__proto__',
    'constructor',
    '',
    'new',
  ],
];

const pick = <T>(values: readonly T[], rng: Rng): T => values[rng.below(values.length)];

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^[\]{}:,"]+/g;

/** `"name":value` somewhere in a text: where it begins and ends. */
interface Member {
  start: number;
  end: number;
  name: string;
}

/** The members of all objects of a text that is JSON but for its first brace. */
function membersOf(text: string): Member[] {
  const members: Member[] = [];
  const open: Member[][] = [[]];
  let previous = '';
  let before = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === ':') open.at(-1)!.push({ start: before, end: 0, name: previous });
    if (token === '{' || token === '[') open.push([]);
    if (token === ',' || token === '}') {
      const last = open.at(-1)!.pop();
      if (last) members.push({ ...last, end: index });
    }
    if ((token === '}' || token === ']') && open.length > 1) open.pop();
    previous = token;
    before = index;
  }
  return members;
}

function deep(rng: Rng): string {
  const levels = pick([1, 5, 61, 62, 63, 64, 65, 66, 300, 20_000], rng);
  const isMixed = rng.below(2) === 0;
  return `${(isMixed ? '{"a":[' : '[').repeat(levels)}1${(isMixed ? ']}' : ']').repeat(levels)}`;
}

function anyValue(rng: Rng): string {
  return rng.below(20) === 0 ? deep(rng) : pick(pick([NUMBERS, STRINGS, OTHERS], rng), rng);
}

/** A name as it may be written: plain, or with an escape that means the same. */
function written(name: string, rng: Rng): string {
  if (name === '' || rng.below(4) > 0) return `"${name}"`;
  const code = name.charCodeAt(0).toString(16).padStart(4, '0');
  return `"\\u${rng.below(2) ? code : code.toUpperCase()}${name.slice(1)}"`;
}

function insert(text: string, at: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at);
}

/** One change to the text of a line behind its CRC. */
function change(text: string, other: string, rng: Rng): string {
  const members = membersOf(text);
  if (members.length === 0) return `${text}${anyValue(rng)}`;
  const { start, end, name } = pick(members, rng);
  const colon = start + name.length;
  const spot = pick(members, rng);
  const value = rng.below(2) ? text.slice(colon + 1, end) : anyValue(rng);
  switch (rng.below(12)) {
    case 0:
      return insert(text, end, `,${written(name.slice(1, -1), rng)}:${value}`);
    case 1:
      return insert(text, start, `${written(name.slice(1, -1), rng)}:${value},`);
    case 2:
      return insert(text, pick(members, rng).end, `,${written(pick(NAMES, rng), rng)}:${value}`);
    case 3:
      return insert(text, text.length - 1, `,${written(pick(NAMES, rng), rng)}:${value}`);
    case 4:
    case 5:
      return text.slice(0, colon + 1) + anyValue(rng) + text.slice(end);
    case 6:
      return text.slice(0, start) + written(name.slice(1, -1), rng) + text.slice(colon);
    case 7:
      if (spot.start < end) return text.slice(0, start) + text.slice(Math.min(text.length - 1, end + 1));
      return [
        ...[text.slice(0, start), text.slice(spot.start, spot.end), text.slice(end, spot.start)],
        ...[text.slice(start, end), text.slice(spot.end)],
      ].join('');
    case 8:
      return insert(
        text,
        pick([start, colon, colon + 1, end], rng),
        pick([' ', '\t', '\r', ',', ':', '"'], rng),
      );
    case 9:
      return text.slice(0, pick([start, colon, end], rng));
    case 10:
      return text.slice(0, end) + other.slice(rng.below(other.length));
    default:
      return text + pick([' ', '}', ',', '\r', '{}', 'x', '\0', ',"type":"unheard-of"}'], rng);
  }
}

/** One changed, new or missing byte, which may be none of UTF-8. */
function spoil(bytes: Buffer, rng: Rng): Buffer {
  const at = rng.below(bytes.length);
  const byte = rng.below(3) === 0 ? pick([0x80, 0xc3, 0xff, 0xed, 0xf4], rng) : rng.below(256);
  const kind = rng.below(3);
  const middle = kind === 0 ? [] : [byte === 10 ? 32 : byte];
  return Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from(middle),
    bytes.subarray(kind === 1 ? at : at + 1),
  ]);
}

const FRONT_BYTES = '{"crc":"01234567",'.length;

/** The bytes behind a line's CRC with the right CRC in front, without a newline. */
export function sealed(rest: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{"crc":"${hex8(crc32(rest))}",`), rest]);
}

/** A line of the log (with its newline) after up to three changes, without a newline; its CRC is right. */
export function mutated(line: Buffer, other: Buffer, rng: Rng): Buffer {
  const textOf = (one: Buffer): string => one.toString('utf8', FRONT_BYTES, one.length - 1);
  let text = textOf(line);
  for (let changes = rng.below(4); changes > 0; changes--) text = change(text, textOf(other), rng);
  let rest: Buffer = Buffer.from(text.replaceAll('\n', ' '));
  while (rest.length > 1 && rng.below(3) === 0) rest = spoil(rest, rng);
  return sealed(rest.length > 0 ? rest : Buffer.from('}'));
}
