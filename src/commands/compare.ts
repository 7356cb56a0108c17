/** `spt compare`: whether configs, or the best ones of pipelines, differ by more than the folds can tell. */
import { Command } from 'commander';
import { InputError } from '../base/errors.js';
import { rankingDirection } from '../base/direction.js';
import { differences, foldsText } from '../events/ask/setting.js';
import { printable, safeJson } from '../terminal/printable.js';
import { SENTENCE_WIDTH, screenOf, wrapped, type Screen } from '../terminal/screen.js';
import { table } from '../terminal/table.js';
import { score } from '../terminal/units.js';
import { bestOfFolds, foldingOf, foldScoresOf } from '../views/choice.js';
import { pairsOf, type Contestant, type Pair } from '../views/comparison.js';
import type { Search } from '../views/search.js';
import { unscoredOf } from './failures.js';
import { refuseUnknownNames, rowOf } from './journal.js';
import { nothingBest, oneSetting, optionWords, placeWords, type Asking } from './one-setting.js';
import { alphaOption } from './selecting.js';
import { openSearch, withView, type OpenSearch, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  alpha: number;
  scoring?: string;
}

/** The most configs that are compared. Each pair is one line. */
const MOST = 12;

const EXAMPLE = `
Examples:
  spt compare 3f2a 91bc             two configs, by their first digits
  spt compare svc rf --split A1     the best config of each pipeline`;

export function compare(): Command {
  const command = new Command('compare')
    .summary('tell whether configs or pipelines differ by more than the folds can tell')
    .description(
      'Compares configs over the same folds: the difference with its corrected interval, and p values by the ' +
        'corrected paired t test, adjusted by Holm for all pairs. A pipeline stands for its best config.',
    )
    .argument('<what...>', 'ids of configs, their first digits, or names of pipelines')
    .addOption(alphaOption())
    .option('--scoring <metric>', 'only configs ranked by this metric')
    .addHelpText('after', EXAMPLE);
  return withView(command).action(run);
}

/** A config that is compared, and how it came in. */
interface Entrant extends Contestant {
  row: number;
  pipeline: string;
  mean: number;
  /** For a pipeline: among how many configs it is the best. */
  bestOf?: number;
}

interface Comparison {
  split: string;
  scoring: string;
  folds: string;
  alpha: number;
  entrants: Entrant[];
  pairs: Pair[];
}

async function run(words: string[], options: Options): Promise<void> {
  if (new Set(words).size < 2 || words.length > MOST) {
    throw new InputError(
      'too-few-to-compare',
      `${words.length === 1 ? 'one config' : words.length} to compare`,
      {
        value: words.join(' '),
        expected: `from 2 to ${MOST} different configs or pipelines`,
      },
    );
  }
  const open = await openSearch(options);
  const comparison = await comparisonOf(open, await open.look(), words, options);
  if (options.json) console.log(safeJson(forPrograms(comparison)));
  else console.log(textOf(comparison, screenOf(process.stdout)));
}

async function comparisonOf(
  open: OpenSearch,
  search: Search,
  words: readonly string[],
  options: Options,
): Promise<Comparison> {
  const { alpha } = options;
  const isPipeline = (word: string): boolean => search.state.groups.some(({ pipeline }) => pipeline === word);
  const named = words.filter(isPipeline);
  // What is no id is meant as a pipeline, and the refusal suggests one.
  const unknown = words.filter(word => !isPipeline(word) && !/^[0-9a-f]+$/i.test(word));
  refuseUnknownNames(search.state, { pipeline: unknown });
  const rows = words.map(word => (isPipeline(word) ? undefined : rowOf(open.journal, word)));
  const setting = settingOf(search, words, rows, named, options);
  const { scoring, split, cv } = search.setting(setting);
  const folding = foldingOf(search.setting(setting));
  if (!folding) throw noFolds(scoring);
  const entrants: Entrant[] = [];
  for (const [i, word] of words.entries()) {
    const own = rows[i] === undefined ? rowsOfPipeline(search, setting, word) : [rows[i]];
    if (own.length === 0) throw notInSetting(search, setting, word);
    const row = bestOfFolds(search, own);
    if (row < 0) {
      const unscored = await unscoredOf(search.state, search.directory, open.host, own);
      throw nothingBest(search.state, own, unscored, scoring);
    }
    for await (const [result] of search.results([row], { configs: false })) {
      const scores = foldScoresOf(result, folding);
      if (!scores) throw noFolds(scoring);
      const scored = own.filter(one => !Number.isNaN(search.state.cv[one])).length;
      const bestOf = rows[i] === undefined ? { bestOf: scored } : {};
      const { id, pipeline } = result;
      entrants.push({ id, row, pipeline, mean: search.state.cv[row], scores, ...bestOf });
    }
  }
  const sign = rankingDirection(search.state.groupOf(entrants[0].row)) === 'max' ? 1 : -1;
  const pairs = pairsOf(entrants, { folding, alpha, sign });
  return { split, scoring, folds: foldsText(cv), alpha, entrants, pairs };
}

/** The one setting of all that are named. Throws InputError `not-comparable` where the ids are of several. */
function settingOf(
  search: Search,
  words: readonly string[],
  rows: readonly (number | undefined)[],
  named: readonly string[],
  options: Options,
): number {
  const [first, ...others] = rows.filter(row => row !== undefined);
  if (first === undefined)
    return oneSetting(search.state, search.beside, askingOf(words, named, options)).setting;
  const setting = search.settingOf(first);
  const other = others.find(row => search.settingOf(row) !== setting);
  if (other === undefined) return setting;
  const [one, two] = [search.setting(setting), search.setting(search.settingOf(other))];
  const what = one.split === two.split ? [] : [`split ${two.split}, not ${one.split}`];
  throw new InputError(
    'not-comparable',
    `the scores of ${search.state.id(first)} and ${search.state.id(other)} cannot be compared: ` +
      [...what, ...differences(two, one)].join('; '),
    {
      expected: 'configs with the same split, data, folds and metric',
      hint: 'These commands show what each may be compared with:',
      commands: [first, other].map(row => `spt select --like ${search.state.id(row)}${placeWords(options)}`),
    },
  );
}

function askingOf(words: readonly string[], pipelines: readonly string[], options: Options): Asking {
  const command = `spt compare ${words.join(' ')}`;
  const { alpha, scoring, json, split } = options;
  const rest =
    optionWords({ '--alpha': alpha === 0.05 ? undefined : String(alpha) }) +
    (json ? ' --json' : '') +
    placeWords(options);
  // The pipelines stand in the command already.
  return {
    split,
    scoring,
    what: 'spt compare',
    command,
    byId: id => `spt select --like ${id}`,
    rest,
    among: pipelines,
  };
}

function rowsOfPipeline(search: Search, setting: number, pipeline: string): number[] {
  return search.rows.filter(
    row => search.settingOf(row) === setting && search.state.groupOf(row).pipeline === pipeline,
  );
}

/** The refusal of a pipeline that has no config in the setting of the ids beside it. */
function notInSetting(search: Search, setting: number, pipeline: string): InputError {
  const { split, scoring, cv } = search.setting(setting);
  const where = `split ${split}, ranked by ${scoring}, ${foldsText(cv)}`;
  return new InputError('not-comparable', `${pipeline} has no config to compare: ${where}`, {
    value: pipeline,
    expected: 'a pipeline with configs of the same split, data, folds and metric as the ids',
    hint: 'spt replay --summary lists the pipelines of each split.',
  });
}

function noFolds(scoring: string): InputError {
  return new InputError('no-folds', `the configs have no scores of ${scoring} in folds`, {
    expected: 'configs that were enqueued with --cv',
    hint: 'Run spt enqueue again with --cv, then spt work.',
  });
}

function forPrograms({ entrants, pairs, ...rest }: Comparison): object {
  return {
    ...rest,
    configs: entrants.map(({ row: _, ...entrant }) => entrant),
    pairs: pairs.map(({ first, second, ...pair }) => ({
      ...{ first: entrants[first].id, second: entrants[second].id, ...pair },
    })),
  };
}

const ENTRANTS = [
  { head: '' },
  { head: 'config' },
  { head: 'pipeline' },
  { head: 'score', right: true },
  { head: '' },
];
const PAIRS = [
  { head: 'pair' },
  ...['difference', 'interval', 'p', 'p (Holm)'].map(head => ({ head, right: true })),
];

/** A letter for each config. */
const nameOf = (place: number): string => String.fromCharCode(65 + place);

function textOf({ split, scoring, folds, alpha, entrants, pairs }: Comparison, screen: Screen): string {
  const width = Math.min(screen.width, SENTENCE_WIDTH);
  const shown = entrants.map(({ id, pipeline, mean, bestOf }, i) => [
    ...[nameOf(i), id, pipeline, score(mean)],
    bestOf === undefined ? '' : `the best of ${bestOf}`,
  ]);
  const lines = pairs.map(({ first, second, mean, low, high, p, adjusted }) => [
    ...[`${nameOf(first)} - ${nameOf(second)}`, signed(mean), `[${signed(low)}, ${signed(high)}]`],
    ...[p.toFixed(4), adjusted.toFixed(4)],
  ]);
  const about = `split ${split}, ranked by ${scoring}, ${folds}; positive: the first one is better`;
  return [
    wrapped(printable(about, 400), width),
    table(ENTRANTS, shown, { ...screen, width }),
    table(PAIRS, lines, { ...screen, width }),
    ...sentences(entrants, pairs, alpha).map(words => wrapped(words, width)),
    ...(entrants.some(({ bestOf }) => bestOf !== undefined && bestOf > 1)
      ? [
          wrapped(
            'The best config of a pipeline was chosen by these scores. A pipeline with more configs has more ' +
              'chances, so a small p value says less than it seems to.',
            width,
          ),
        ]
      : []),
  ].join('\n\n');
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

/** What the pairs mean: a sentence for each that differs, one for the rest, and one for a config that came twice. */
function sentences(entrants: readonly Entrant[], pairs: readonly Pair[], alpha: number): string[] {
  const isTwin = ({ first, second }: Pair): boolean => entrants[first].row === entrants[second].row;
  const twins = pairs.filter(isTwin).map(({ first, second }) => {
    return `${nameOf(first)} and ${nameOf(second)} are the same config.`;
  });
  const others = pairs.filter(pair => !isTwin(pair));
  const found = others.filter(({ adjusted }) => adjusted <= alpha);
  const words = found.map(({ first, second, mean, adjusted }) => {
    const [better, worse] = mean > 0 ? [first, second] : [second, first];
    const p = adjusted < 0.0001 ? 'p < 0.0001' : `p = ${adjusted.toFixed(4)}`;
    return `${nameOf(better)} is better than ${nameOf(worse)} by ${Math.abs(mean).toFixed(4)} (${p}).`;
  });
  const rest = others.filter(({ adjusted }) => adjusted > alpha);
  if (rest.length === 0) return [...twins, ...words];
  const names = rest.map(({ first, second }) => `${nameOf(first)} and ${nameOf(second)}`);
  const least = rest.map(({ visible }) => visible).reduce((a, b) => Math.max(a, b));
  const limit =
    least > 0
      ? `This does not say that they are equal: a difference has to be about ${least.toFixed(4)} before these folds ` +
        'show it.'
      : 'They have the same score in every fold.';
  words.push(`The folds do not tell ${names.join(', ')} apart. ${limit}`);
  return [...twins, ...words];
}
