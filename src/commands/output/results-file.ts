/** Whether an existing file is a table that `spt results` wrote, so that a later run may replace it. */
import { PAPER_START } from '../../tables/paper.js';

/** The columns that every table of results may have, and the forms of those that depend on the search. */
const FIXED = [
  ...['config', 'pipeline', 'split', 'status', 'rank', 'setting', 'scoring', 'folds', 'data', 'this_search'],
  ...['seconds', 'digest', 'attempts', 'losses', 'worker', 'version', 'enqueued_at', 'finished_at'],
  ...['unranked', 'failure', 'failure_message', 'warnings', 'damage', 'steps', 'params'],
  ...['metric', 'repeat', 'fold', 'value', 'on', 'sd', 'se'],
];
const NAMES = new RegExp(
  `^(${FIXED.join('|')}|(cv|validate|train|size)\\.\\S+|[A-Z]\\w*(#\\d+)?\\.\\S+)(#\\d+)?$`,
);

/** @param start the first bytes of the file, with its whole first line; @param end its last bytes */
export function isResultsFile(start: Buffer, end: Buffer): boolean {
  if (start.subarray(0, 4).toString('latin1') === 'PAR1') return end.includes('spt.manifest');
  const text = start.toString('utf8');
  if (text.startsWith(`<!-- ${PAPER_START}`) || text.startsWith(`% ${PAPER_START}`)) return true;
  if (text === '[]\n') return true;
  const names = namesIn(text);
  return names.length > 0 && names.every(name => NAMES.test(name));
}

/** The names of the columns in the first line of a text, or in the first object of JSON. */
function namesIn(text: string): string[] {
  const json = text.startsWith('[\n') ? text.slice(2) : text;
  const [line] = json.split(/\r?\n/, 1);
  if (line.startsWith('{')) {
    try {
      return Object.keys(JSON.parse(line.replace(/,$/, '')));
    } catch {
      return [];
    }
  }
  return line.split(line.includes('\t') ? '\t' : ',').map(name => name.replace(/^"(.*)"$/, '$1'));
}
