/** Which config a report recommends in each setting, and how far to trust its score. */
import { Failure, InputError } from '../base/errors.js';
import { isFirst } from '../events/ask/summary.js';
import type { Choice as Shown } from '../report/document.js';
import type { Gathered, Gathering } from '../report/gather.js';
import { withinRange } from '../ml/scoring/range.js';
import { bestOfFolds, choose, type Choice, type Rule } from '../views/choice.js';
import { nestedOf, type Nested } from '../views/nested.js';
import { nestedWords } from './output/nested-text.js';
import type { Search } from '../views/search.js';
import { corrected, type BootstrapOptions } from './bootstrapping.js';

/** How many of the configs that are as good are listed. */
const MOST_ALIKE = 100;

/** How the reported score was corrected. The rule that chose the config decides it. */
const METHODS: { [rule in Rule]: string } = {
  best: 'without the luck of the best of many (Tibshirani and Tibshirani 2009)',
  '1se': 'as much is taken off as off the best score (Tibshirani and Tibshirani 2009)',
  simplest: 'nothing is taken off, because the rule simplest does not look for a good score',
};

/** With fewer scores of folds, the correction of one search is rough. */
const FEW_FOLDS = 10;

/** A share in percent, without the rounding of binary numbers. */
const percent = (share: number): number => Number((100 * share).toPrecision(6));

/** How a config is chosen. */
export interface Choosing {
  rule: Rule;
  /** The level of the tests and of the intervals. */
  alpha: number;
  /** What BBC-CV needs, where it is asked for. */
  bootstrap?: Pick<BootstrapOptions, 'prepared' | 'kept' | 'most' | 'onConfig'>;
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
  { rows: { rows }, differs }: Gathered,
  choosing: Choosing,
): Promise<Shown | undefined> {
  const best = bestOfFolds(search, rows);
  const choice = best < 0 ? undefined : await choose(search, rows, best, choosing);
  if (choice) {
    const { notes, ...told } = shown(choice);
    // Like curves, BBC-CV is only for the settings of this search.
    const more = differs.length === 0 ? await baggedOf(search, rows, choosing) : {};
    const nested = await nestedOf(search, choice.setting, rows, choosing);
    const of = (found: Nested): string => nestedWords(found, choice.setting.scoring);
    return {
      ...told,
      ...('bagged' in more ? more : {}),
      notes: [...notes, ...('why' in more ? [more.why] : []), ...(nested ? [of(nested)] : [])],
    };
  }
  const first = rows.reduce((one, row) => (isFirst(search.state, row, one) ? row : one), -1);
  if (first < 0) return undefined;
  const why =
    'Without scores of folds, nothing tells how much of this score is luck, and which configs are as good. Enqueue ' +
    'with --cv to know.';
  return { row: first, rule: 'best', notes: [why] };
}

/** BBC-CV over the best of some rows, or a sentence on why it is not there. */
async function baggedOf(
  search: Search,
  rows: readonly number[],
  { alpha, bootstrap }: Choosing,
): Promise<Pick<Shown, 'bagged'> | { why: string }> {
  if (!bootstrap)
    return {
      why: 'BBC-CV is not here, because it trains the best configs again. spt report --bootstrap adds it.',
    };
  const ranked = rows.filter(row => !Number.isNaN(search.state.cv[row]));
  try {
    const { estimate, low, high, configs, draws } = await corrected(search, ranked, { ...bootstrap, alpha });
    const { scoring } = search.state.groupOf(ranked[0]);
    const range = withinRange({ score: estimate, low, high }, scoring);
    return { bagged: { ...range, level: percent(1 - alpha), configs, draws } };
  } catch (error) {
    if (!(error instanceof Failure || error instanceof InputError)) throw error;
    return { why: `BBC-CV is not here: ${error.message}.` };
  }
}

function shown(choice: Choice): Shown {
  const { rule, alpha, chosen, best, reported, alike, candidates, visible, sizeless, folding } = choice;
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
    honest: {
      ...withinRange(reported, choice.setting.scoring),
      level: percent(1 - alpha),
      isCorrected: isBest || rule !== 'simplest',
      method: METHODS[isBest ? 'best' : rule],
    },
    alike: {
      count: Math.max(0, alike.configs - 1),
      of: candidates - 1,
      rule: test,
      ids: others.slice(0, MOST_ALIKE).map(({ id }) => id),
    },
    notes,
  };
}
