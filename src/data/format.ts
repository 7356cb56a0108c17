import { InputError } from '../base/errors.js';

/**
 * The kind of a file: by its name, by its first bytes, and by the separators of its first line. The error for any other
 * file says what the file is and what to do.
 */

export const TABLE_EXPECTED =
  'a name that ends in .csv (commas) or .tsv (tabs), each also packed: .csv.gz, .tsv.gz';

const SHEET = 'Save the sheet from the spreadsheet as "CSV UTF-8 (comma delimited)".';
const FROM_R = 'Write the table in R with write.csv(x, "table.csv").';
const FROM_PYTHON = 'Write the table in Python with frame.to_csv("table.csv").';

/** Names of other kinds of files, and what to do with one. */
const OTHER_NAMES: [RegExp, string][] = [
  [
    /\.(txt|tab|dat|data)(\.gz)?$/i,
    'Name it .tsv if its cells are separated by tabs, and .csv if they are separated by commas. ' +
      "R's write.table separates cells by blanks: use write.csv.",
  ],
  [/\.(xlsx|xls|xlsm|xlsb|ods|numbers)$/i, SHEET],
  [/\.(rds|rda|rdata)$/i, FROM_R],
  [/\.(parquet|feather|arrow|h5|hdf5|h5ad|pkl|pickle|npy|npz)$/i, FROM_PYTHON],
  [/\.(zip|bz2|xz|zst|7z|tgz|tar)$/i, 'Unpack it, or pack the table itself with gzip.'],
];

/** What to do with a file whose name is not that of a table; undefined for an unknown kind of file. */
export function formatHint(name: string): string | undefined {
  return OTHER_NAMES.find(([pattern]) => pattern.test(name))?.[1];
}

export type Separator = ',' | '\t';

/** The separator that a file's name promises. */
export function separatorOf(file: string): Separator {
  const kind = /\.(csv|tsv)(\.gz)?$/i.exec(file);
  if (kind) return kind[1].toLowerCase() === 'csv' ? ',' : '\t';
  throw new InputError('unknown-format', 'the name of the table does not say what kind of file it is', {
    place: { file },
    expected: TABLE_EXPECTED,
    hint: formatHint(file),
  });
}

/** How many bytes `refuseOtherKinds` needs. */
export const SIGNATURE_BYTES = 8;

const UTF_16 =
  'Save it as UTF-8 (in Excel: "CSV UTF-8"), or convert it: iconv -f UTF-16 -t UTF-8 in.csv > out.csv';

/** How other kinds of files begin: their bytes as Latin-1, what they are, and what to do. */
const SIGNATURES: { start: RegExp; what: string; hint: string; code?: string }[] = [
  { start: /^(\xff\xfe|\xfe\xff)/, what: 'text in UTF-16', hint: UTF_16, code: 'bad-encoding' },
  { start: /^PK(\x03\x04|\x05\x06)/, what: 'an Excel workbook or another zip file', hint: SHEET },
  { start: /^\xd0\xcf\x11\xe0/, what: 'an old Excel workbook', hint: SHEET },
  { start: /^(PAR1|ARROW1|\x89HDF|\x93NUMPY)/, what: 'a binary file of Python', hint: FROM_PYTHON },
  { start: /^RD[AXB]\d\n/, what: 'a file of R', hint: FROM_R },
  {
    start: /^(BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|7z\xbc\xaf)/,
    what: 'a packed file',
    hint: 'Unpack it, or pack it with gzip.',
  },
  { start: /^%PDF/, what: 'a PDF document', hint: SHEET },
  { start: /^\s*<(!doc|html|\?xml|table)/i, what: 'a web page', hint: 'Download the table itself.' },
];

/** Throws where the first bytes of a file are those of another kind of file. */
export function refuseOtherKinds(file: string, first: Uint8Array): void {
  const start = Buffer.from(first.subarray(0, SIGNATURE_BYTES)).toString('latin1');
  const found = SIGNATURES.find(signature => signature.start.test(start));
  if (!found) return;
  const { what, hint, code = 'unknown-format' } = found;
  throw new InputError(code, `the file is ${what}, not a table of text in UTF-8`, { place: { file }, hint });
}

const SEPARATORS: { [separator: string]: string } = {
  ',': 'commas',
  '\t': 'tabs',
  ';': 'semicolons',
  '|': 'bars',
  ' ': 'blanks',
};

/** A line with its quoted cells emptied. */
const withoutQuoted = (line: string): string => line.replace(/"(?:[^"]|"")*"/g, '""');

/** Throws where the first line separates its cells by another separator than the file's name promises. */
export function refuseOtherSeparators(file: string, line: string, own: Separator): void {
  const open = withoutQuoted(line.trim());
  if (open.includes(own)) return;
  const counts = Object.keys(SEPARATORS).map(other => open.split(other).length - 1);
  const most = Math.max(...counts.slice(0, -1));
  // A blank may be part of a name. So one blank counts only between quoted names.
  const blanks = most === 0 && (counts.at(-1)! > 1 || /^"" +""$/.test(open));
  if (most === 0 && !blanks) return;
  const other = blanks ? ' ' : Object.keys(SEPARATORS)[counts.indexOf(most)];
  const kind = own === ',' ? '.csv' : '.tsv';
  throw new InputError(
    'wrong-separator',
    `the first line has ${SEPARATORS[other]} between its cells, and ${kind} means ${SEPARATORS[own]}`,
    {
      place: { file, line: 1 },
      expected: `cells separated by ${SEPARATORS[own]}`,
      hint: separatorHint(other, own),
    },
  );
}

function separatorHint(other: string, own: Separator): string {
  if (other === ',') return 'Let the name of the file end in .csv.';
  if (other === '\t') return 'Let the name of the file end in .tsv.';
  if (other === ';') {
    const point =
      own === ',' ? 'commas between the cells and points in the numbers' : 'tabs between the cells';
    return `Write ${point}: in R with write.csv instead of write.csv2, in pandas with to_csv(sep=",", decimal=".").`;
  }
  return 'Write it in R with write.csv, or with write.table(..., sep = "\\t") and a name that ends in .tsv.';
}
