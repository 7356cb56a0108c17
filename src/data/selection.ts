import { InputError, type Place } from '../base/errors.js';
import { quote, someOf } from '../base/listing.js';
import { matchesPattern } from '../base/patterns.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import type { Header } from './header.js';
import type { TableSource } from './types.js';

/** Which columns of a table are features, where one table holds all that is known of the samples. */

/** Names of columns, or patterns in which `*` stands for any text. */
export interface Selection {
  kind: 'only' | 'except';
  patterns: { text: string; place?: Place }[];
}

/** Whether one file is both tables. */
export function isOneTable({ features, metadata }: Pick<TableSource, 'features' | 'metadata'>): boolean {
  return features === metadata;
}

/** How many columns a line to write names. */
const MOST_NAMED = 20;

/** How to leave columns out of the features. The text ends a sentence. */
export function leaveOut(source: TableSource, names: readonly string[]): string {
  const them = names.length === 1 ? 'the column' : 'the columns';
  if (!isOneTable(source)) return `leave ${them} out of the table of features`;
  if (source.select?.kind === 'only') return `take ${them} out of \`data: features:\``;
  const all = [...(source.select?.patterns ?? []).map(({ text }) => text), ...names];
  const listed = all.slice(0, MOST_NAMED).map(yamlWord).join(', ');
  const more = all.length > MOST_NAMED ? ', ...' : '';
  return `leave ${them} out: \`data: { ..., features: { except: [${listed}${more}] } }\``;
}

/** A name as YAML writes it. */
export const yamlWord = (name: string): string =>
  /^[A-Za-z_][\w.-]*$/.test(name) && !/^(true|false|null)$/i.test(name) ? name : JSON.stringify(name);

/**
 * The places of the features, ascending: those that the selection names, or all but those that it excepts. Without a
 * selection, columns that config.yaml uses for something else are no features. Throws InputError `no-such-column` for a
 * pattern that fits no column, `target-leak` for the target and `no-features` where none is left.
 */
export function featuresIn(
  source: TableSource,
  header: Pick<Header, 'names' | 'index' | 'line'>,
): Int32Array {
  const { index, names, line } = header;
  const { select, target, aside = [] } = source;
  const place = { file: source.features, line };
  const matches = (select?.patterns ?? []).map(pattern => {
    const found = names.filter(name => matchesPattern(name, pattern.text));
    if (found.length > 0) return new Set(found);
    throw new InputError('no-such-column', `the table has no column ${quote(pattern.text)}`, {
      place: pattern.place ?? place,
      value: pattern.text,
      expected: `${oneOf(names)}, or a pattern with *`,
      hint: didYouMean(pattern.text, names),
    });
  });
  const isNamed = (name: string): boolean => matches.some(found => found.has(name));
  if (select?.kind === 'only' && isNamed(target)) refuseTarget(select, target, place);
  const isFeature = (name: string): boolean => {
    if (name === target) return false;
    if (select?.kind === 'only') return isNamed(name);
    return !aside.includes(name) && !isNamed(name);
  };
  const found = names.flatMap((name, column) => (column !== index && isFeature(name) ? [column] : []));
  if (found.length > 0) return Int32Array.from(found);
  throw new InputError('no-features', 'no column of the table is left as a feature', {
    place,
    expected: 'at least one column besides the index and the target',
    hint: `The table has ${someOf(names.map(quote))}. Say under \`data: features:\` which of them are features.`,
  });
}

/** The target may fit a pattern that means the other columns. It may not be named itself. */
function refuseTarget(select: Selection, target: string, place: Place): void {
  const named = select.patterns.find(({ text }) => text === target);
  if (!named) return;
  throw new InputError('target-leak', `the target ${quote(target)} is one of the features`, {
    place: named.place ?? place,
    value: target,
    hint: 'Every model would learn the answer. Leave this column out of the features.',
  });
}
