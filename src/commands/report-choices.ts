/** Which config a report recommends in each setting, and how far to trust its score. */
import { isFirst } from '../events/ask/summary.js';
import type { Choice as Shown } from '../report/document.js';
import type { Gathered, Gathering } from '../report/gather.js';
import { withinRange } from '../ml/scoring/range.js';
import { bestOfFolds, choose, type Choice, type Rule } from '../views/choice.js';

/** How many of the configs that are as good are listed. */
const MOST_ALIKE = 100;

const METHOD = 'without the luck of the best of many (Tibshirani and Tibshirani 2009)';

/** With fewer scores of folds, the correction of one search is rough. */
const FEW_FOLDS = 10;

/** A share in percent, without the rounding of binary numbers. */
const percent = (share: number): number => Number((100 * share).toPrecision(6));

/** How a config is chosen. */
export interface Choosing {
  rule: Rule;
  /** The level of the tests and of the intervals. */
  alpha: number;
}

/** The config of each setting that has a score, by number of the setting. */
export async function choicesOf(gathering: Gathering, choosing: Choosing): Promise<Map<number, Shown>> {
  const choices = new Map<number, Shown>();
  for (const gathered of gathering.settings) {
    const choice = await choiceOf(gathering, gathered, choosing);
    if (choice) choices.set(gathered.setting, choice);
  }
  return choices;
}

async function choiceOf(
  { search }: Gathering,
  { rows: { rows } }: Gathered,
  choosing: Choosing,
): Promise<Shown | undefined> {
  const best = bestOfFolds(search, rows);
  const choice = best < 0 ? undefined : await choose(search, rows, best, choosing);
  if (choice) return shown(choice);
  const first = rows.reduce((one, row) => (isFirst(search.state, row, one) ? row : one), -1);
  if (first < 0) return undefined;
  const why =
    'Without scores of folds, nothing tells how much of this score is luck, and which configs are as good. Enqueue ' +
    'with --cv to know.';
  return { row: first, rule: 'best', notes: [why] };
}

function shown(choice: Choice): Shown {
  const { rule, alpha, chosen, best, corrected, alike, candidates, visible, sizeless, folding } = choice;
  const isBest = chosen.row === best.row;
  const notes: string[] = [];
  if (!isBest) notes.push(`The best score is ${best.score.toFixed(4)}, of ${best.pipeline} ${best.id}.`);
  if (rule !== 'best' && sizeless > 0)
    notes.push(`${sizeless} configs have no known size, so the rule ${rule} passed over them.`);
  if (visible)
    notes.push(
      `These folds can show a difference of ${visible.pair.toFixed(4)} between two configs that are named ` +
        `beforehand, and of ${visible.all.toFixed(4)} between the best and any other.`,
    );
  if (isBest && candidates > 1 && folding.scores < FEW_FOLDS)
    notes.push(
      `With ${folding.scores} folds the honest score is rough: it is right on average over many searches, and in ` +
        'one search it can be off by more than the error.',
    );
  const test = `corrected paired t test over the folds, Holm, ${percent(alpha)}%`;
  const others = alike.first.filter(({ row }) => row !== chosen.row);
  return {
    row: chosen.row,
    rule,
    error: chosen.error,
    // The correction is that of the best score; of another config it tells nothing.
    ...(isBest && {
      honest: {
        ...withinRange(corrected, choice.setting.scoring),
        level: percent(1 - alpha),
        method: METHOD,
      },
    }),
    alike: {
      count: Math.max(0, alike.configs - 1),
      of: candidates - 1,
      rule: test,
      ids: others.slice(0, MOST_ALIKE).map(({ id }) => id),
    },
    notes,
  };
}
