/** How a file is spoiled: as a disk, a copy, another program or a hostile user might. All chance comes from a seed. */
import type { Rng } from '../../src/base/rng.js';
import { crc32, hex8 } from '../../src/base/crc.js';

/** Bytes that mean something to one of the readers: of JSON, YAML, CSV, gzip, numbers, terminals. */
const TOKENS = [
  ...[
    '\0',
    '\x1b[2J',
    '\u009b31m',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\r',
    '\n',
    '\r\n',
    '"',
    '""',
    "'",
    ',',
    ';',
    '\t',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    '{"',
    '[[[[[[[[',
    '{"a":'.repeat(200),
    '"__proto__":{"x":1},',
    '"constructor":1,',
  ],
  ...[
    '1e999',
    '-1e999',
    '1e-400',
    '9007199254740991',
    '9007199254740993',
    '-0',
    '1.0',
    'NaN',
    'Infinity',
    'null',
  ],
  ...['true', '01', '0x10', '1_000', '2024-02-31', '10:00', 'é', '\ud800', '𝒳', 'x'.repeat(3000)],
  ...[
    '&a [*a, *a]',
    '*a',
    '!!js/function x',
    '<<: *a',
    '---',
    '...',
    '# ',
    '- ',
    '? ',
    '| ',
    '> ',
    '%YAML 9',
  ],
  ...[
    '../../../etc/passwd',
    '$(id)',
    '`id`',
    '; rm -rf x',
    '\\',
    '/',
    '~',
    '-',
    '--',
    'PK\x03\x04',
    '\x1f\x8b\x08',
  ],
].map(text => Buffer.from(text));

const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.below(list.length)];

/** A copy of the bytes with one thing changed. */
function change(bytes: Buffer, rng: Rng): Buffer {
  const at = rng.below(bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 + rng.below(1 << rng.below(10)));
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(at + length);
  switch (rng.below(8)) {
    case 0: {
      const changed = Buffer.from(bytes);
      if (at < bytes.length) changed[at] ^= 1 << rng.below(8);
      return changed;
    }
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return before;
    case 3: {
      const from = rng.below(bytes.length + 1);
      return Buffer.concat([before, bytes.subarray(from, from + 1 + rng.below(400)), bytes.subarray(at)]);
    }
    case 4:
      return Buffer.concat([before, pick(rng, TOKENS), bytes.subarray(at)]);
    case 5:
      return Buffer.concat([before, pick(rng, TOKENS), after]);
    case 6:
      return Buffer.concat([before, Buffer.alloc(1 + rng.below(300), rng.below(256)), after]);
    default:
      return replaceWord(bytes, rng);
  }
}

/** A word or a number, wherever it stands, gives way to another token. */
function replaceWord(bytes: Buffer, rng: Rng): Buffer {
  const words = [...bytes.toString('latin1').matchAll(/[\w.+-]+/g)];
  if (words.length === 0) return bytes;
  const { index, 0: word } = pick(rng, words);
  const rest = bytes.subarray(index + word.length);
  return Buffer.concat([bytes.subarray(0, index), pick(rng, TOKENS), rest]);
}

/** A copy of the bytes with one to four things changed. */
export function spoil(bytes: Buffer, rng: Rng): Buffer {
  let spoiled = bytes;
  for (let times = 1 + rng.below(4); times > 0; times--) spoiled = change(spoiled, rng);
  return spoiled;
}

/** Whatever the lines of a log say now, said with the right checksums, so that it is believed. */
export function resum(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const summed = lines.map(line => {
    if (!/^\{"crc":"[0-9a-f]{8}",/.test(line)) return line;
    const rest = Buffer.from(line.slice(18), 'latin1');
    return `{"crc":"${hex8(crc32(rest))}",${rest.toString('latin1')}`;
  });
  return Buffer.from(summed.join('\n'), 'latin1');
}
