/** What `spt select` and `spt report` say of a nested cross-validation. */
import { SENTENCE_WIDTH, wrapped, type Screen } from '../../terminal/screen.js';
import { table } from '../../terminal/table.js';
import { score } from '../../terminal/units.js';
import type { Nested } from '../../views/nested.js';

const COLUMNS = [
  { head: '  outer fold' },
  { head: 'chosen' },
  { head: 'pipeline' },
  { head: 'inner folds', right: true },
  { head: 'held out', right: true },
];

/** The nested score as a sentence. */
export function nestedWords({ folds, outer, mean, deviation }: Nested, scoring: string): string {
  const open = folds.reduce((sum, { finished, of }) => sum + of - finished, 0);
  const rest = open > 0 ? ` ${open} configs of the outer folds have not finished.` : '';
  if (mean === null)
    return `The nested score is not known yet: ${folds.length} of ${outer} outer folds have a choice.${rest}`;
  return (
    `nested ${scoring}: ${score(mean)} (sd ${score(deviation)} over ${outer} outer folds). It is the score of ` +
    `searching and choosing, on samples that took no part in either.${rest}`
  );
}

/** The sentence, and what was chosen in each outer fold. */
export function nestedText(nested: Nested, scoring: string, screen: Screen, width = SENTENCE_WIDTH): string {
  const rows = nested.folds.map(({ fold, id, pipeline, inner, heldOut }) => [
    ...[`  ${fold}`, id, pipeline, score(inner), score(heldOut)],
  ]);
  const head = wrapped(nestedWords(nested, scoring), width);
  return rows.length === 0 ? head : `${head}\n${table(COLUMNS, rows, { ...screen, width })}`;
}
