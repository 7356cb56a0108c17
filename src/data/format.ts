import { InputError } from '../base/errors.js';

/**
 * The kind of a file: by its name and by its first bytes. The error for any other file says what the file is and what
 * to do.
 */

export const TABLE_EXPECTED =
  'a name that ends in .csv, .tsv or .txt, each also packed (.csv.gz), or in .parquet';

/** What the name of a table looks like, for people and for JSON Schema. */
export const TABLE_NAME =
  /\.([cC][sS][vV]|[tT][sS][vV]|[tT][xX][tT])(\.[gG][zZ])?$|\.[pP][aA][rR][qQ][uU][eE][tT]$/;

/** Whether a file is a table of Parquet, by its name. */
export const isParquet = (file: string): boolean => /\.parquet$/i.test(file);

const SHEET = 'Save the sheet from the spreadsheet as "CSV UTF-8 (comma delimited)".';
const FROM_R = 'Write the table in R with write.csv(x, "table.csv").';
const FROM_PYTHON = 'Write the table in Python with frame.to_csv("table.csv").';

/** Names of other kinds of files, and what to do with one. */
const OTHER_NAMES: [RegExp, string][] = [
  [/\.(tab|dat|data)(\.gz)?$/i, 'If it is a table of text, let its name end in .txt.'],
  [/\.(xlsx|xls|xlsm|xlsb|ods|numbers)$/i, SHEET],
  [/\.(rds|rda|rdata)$/i, FROM_R],
  [/\.(feather|arrow|h5|hdf5|h5ad|pkl|pickle|npy|npz)$/i, FROM_PYTHON],
  [/\.(zip|bz2|xz|zst|7z|tgz|tar)$/i, 'Unpack it, or pack the table itself with gzip.'],
];

/** Throws where the name of a file is not that of a table. */
export function refuseOtherNames(file: string): void {
  if (TABLE_NAME.test(file)) return;
  throw new InputError('unknown-format', 'the name of the table does not say what kind of file it is', {
    place: { file },
    expected: TABLE_EXPECTED,
    hint: formatHint(file),
  });
}

/** What to do with a file whose name is not that of a table; undefined for an unknown kind of file. */
export function formatHint(name: string): string | undefined {
  return OTHER_NAMES.find(([pattern]) => pattern.test(name))?.[1];
}

/** How many bytes `refuseOtherKinds` needs. */
export const SIGNATURE_BYTES = 8;

/** How other kinds of files begin: their bytes as Latin-1, what they are, and what to do. */
const SIGNATURES: { start: RegExp; what: string; hint: string }[] = [
  { start: /^PAR1/, what: 'a table of Parquet', hint: 'Let its name end in .parquet.' },
  { start: /^PK(\x03\x04|\x05\x06)/, what: 'an Excel workbook or another zip file', hint: SHEET },
  { start: /^\xd0\xcf\x11\xe0/, what: 'an old Excel workbook', hint: SHEET },
  { start: /^(ARROW1|\x89HDF|\x93NUMPY)/, what: 'a binary file of Python', hint: FROM_PYTHON },
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
  const { what, hint } = found;
  throw new InputError('unknown-format', `the file is ${what}, not a table of text`, {
    place: { file },
    hint,
  });
}
