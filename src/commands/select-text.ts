/** What `spt select` prints for people, in 80 columns. */
import { counted, someOf } from '../base/listing.js';
import { foldsText } from '../events/ask/setting.js';
import { metrics } from '../ml/scoring/metrics.js';
import { printable, safeJson } from '../terminal/printable.js';
import { wrapped, type Screen } from '../terminal/screen.js';
import { table } from '../terminal/table.js';
import { score } from '../terminal/units.js';
import type { Candidate, Choice } from '../views/choice.js';
import type { Selection } from './select.js';

/** Sentences are broken at this column if the screen is wider, or if there is no screen. */
const SENTENCE_WIDTH = 80;
/** How many configs that are as good as the best are listed. */
const MOST_LISTED = 5;

export function selectText(selection: Selection, screen: Screen): string {
  const { choice, notes, setting, result } = selection;
  const width = Math.min(screen.width, SENTENCE_WIDTH);
  const about = `split ${setting.split}, ranked by ${setting.scoring}, ${foldsText(setting.cv)}`;
  const parts = [printable(about, 400), chosenText(selection, screen)];
  if (choice) parts.push(honestText(selection, choice, width), alikeText(selection, choice, screen, width));
  else parts.push(wrapped(`The score is ${score(scoreOf(selection))}, and nothing corrects it.`, width));
  if (notes.length > 0)
    parts.push(notes.map(note => wrapped(printable(`note: ${note}`, 500), width)).join('\n'));
  parts.push(nextText(selection, result.id));
  return parts.join('\n\n');
}

function scoreOf({ search, row }: Selection): number {
  const { cv, validate } = search.state;
  return Number.isNaN(cv[row]) ? validate[row] : cv[row];
}

/** The config, and its parameters. */
function chosenText({ result, rule, choice }: Selection, screen: Screen): string {
  const { id, pipeline, config } = result;
  const size = choice?.chosen.size;
  const sizeWords = size ? `, ${sizeText(size)}` : '';
  const head = `chosen    ${screen.paint(id, 'good')}  ${printable(pipeline, 40)}  (rule ${rule}${sizeWords})`;
  const lines = [head];
  for (const step of config.steps)
    for (const [name, parameters] of Object.entries(step))
      lines.push(`          ${printable(`${name} ${safeJson(parameters)}`, 4000)}`);
  return lines.join('\n');
}

function sizeText({ features, parts }: NonNullable<Candidate['size']>): string {
  return `${counted(features, 'feature')}, size ${parts.toLocaleString('en-US')}`;
}

/** Scores of known metrics do not leave 0 and 1. Intervals are cut there. */
function intervalText(low: number, high: number, scoring: string): string {
  const direction = metrics.get(scoring)?.direction;
  const [least, most] = [direction === 'min' ? 0 : -Infinity, direction === 'max' ? 1 : Infinity];
  return `[${score(Math.max(low, least))}, ${score(Math.min(high, most))}]`;
}

const line = (name: string, value: string, about: string): string =>
  `  ${name.padEnd(14)}${value.padEnd(26)}${about}`;

/** The scores from the one that flatters most to the one that flatters least. */
function honestText(selection: Selection, choice: Choice, width: number): string {
  const { bootstrap, validation, setting } = selection;
  const { best, chosen, corrected, candidates, folding } = choice;
  const { scoring } = setting;
  const many = `the best of ${candidates.toLocaleString('en-US')}`;
  const lines = [candidates > 1 ? `scores of ${many}` : 'score'];
  lines.push(
    line('naive', `${score(best.score)} (error ${score(best.error)})`, best.id === chosen.id ? '' : best.id),
  );
  if (candidates > 1) {
    const value = `${score(corrected.score)} ${intervalText(corrected.low, corrected.high, scoring)}`;
    lines.push(line('corrected', value, 'Tibshirani 2009'));
  }
  if (bootstrap) {
    const value = `${score(bootstrap.estimate)} ${intervalText(bootstrap.low, bootstrap.high, scoring)}`;
    lines.push(line('BBC-CV', value, `${counted(bootstrap.configs, 'config')}, ${bootstrap.draws} draws`));
  }
  if (best.id !== chosen.id)
    lines.push(line('of the chosen', `${score(chosen.score)} (error ${score(chosen.error)})`, 'naive'));
  if (validation) lines.push(validationLine(validation, scoring));
  const parts = [lines.join('\n'), ...caveats(selection, choice).map(words => wrapped(words, width))];
  if (folding.scores < 10 && candidates > 1)
    parts.push(
      wrapped(
        `With ${folding.scores} folds the correction is rough: it is right on average over many searches, and in ` +
          'one search it can be off by more than the error.',
        width,
      ),
    );
  return parts.join('\n');
}

function validationLine(validation: NonNullable<Selection['validation']>, scoring: string): string {
  if (!('samples' in validation))
    return line('validation', score(validation.score), 'took no part in the choice');
  const { low, high, method, why, samples } = validation;
  const has = low !== undefined && high !== undefined;
  const value = has
    ? `${score(validation.score)} ${intervalText(low, high, scoring)}`
    : score(validation.score);
  return line('validation', value, has ? `${method}, ${counted(samples, 'sample')}` : `no interval: ${why}`);
}

/** What a reader has to know of the numbers above. */
function caveats({ bootstrap }: Selection, { best, chosen, candidates }: Choice): string[] {
  const words: string[] = [];
  if (candidates > 1)
    words.push(
      `The naive score is too good, because it is the best of ${counted(candidates, 'config')}. Report a corrected ` +
        'one.',
    );
  if (best.id !== chosen.id)
    words.push(
      'The corrected scores are those of the best config. The score of the chosen one flatters it less than the ' +
        'naive one does the best.',
    );
  if (!bootstrap) return words;
  if (!bootstrap.isStill)
    words.push(
      `BBC-CV still moved when configs were added: ${counted(bootstrap.others, 'other config')} took no part. ` +
        'Raise --most.',
    );
  if (bootstrap.differing.length > 0)
    words.push(
      `${counted(bootstrap.differing.length, 'config')} gave other scores than the log has, and took no part: ` +
        `${someOf(bootstrap.differing, 2)}.`,
    );
  const [first] = bootstrap.winners;
  if (first && bootstrap.winners.length > 1)
    words.push(
      `In the draws, ${bootstrap.winners.length} different configs were the best; ${first.id} most often, in ` +
        `${Math.round(100 * first.share)}%.`,
    );
  return words;
}

const COLUMNS = [
  { head: '  config' },
  { head: 'pipeline' },
  ...['score', 'behind', 'p (Holm)', 'features', 'size'].map(head => ({ head, right: true })),
];

/** The configs that the folds do not tell apart from the best, and what they could tell apart. */
function alikeText({ setting, alpha }: Selection, choice: Choice, screen: Screen, width: number): string {
  const { alike, candidates, visible, best } = choice;
  if (!visible) return 'There is no other config to compare it with.';
  const others = alike.configs - 1;
  const folds = foldsText(setting.cv);
  const what = `corrected paired t, Holm, alpha ${alpha}`;
  const limits =
    `What ${folds} can show: two configs that you name beforehand have to differ by ${score(visible.pair)}, and any ` +
    `config from the best of all by ${score(visible.all)}.`;
  if (others === 0)
    return wrapped(
      `All ${counted(candidates - 1, 'other config')} are worse than ${best.id} (${what}). ${limits}`,
      width,
    );
  const head =
    `As good as the best, for all that the folds can tell: ${others.toLocaleString('en-US')} of ` +
    `${counted(candidates - 1, 'other config')}, of ${counted(alike.pipelines.length, 'pipeline')} ` +
    `(${someOf(alike.pipelines, 4)}; ${what}).`;
  const listed = alike.first.filter(({ id }) => id !== best.id).slice(0, MOST_LISTED);
  const rows = listed.map(({ id, pipeline, score: value, difference, adjusted, size }) => [
    ...[`  ${id}`, pipeline, score(value), score(difference)],
    ...[adjusted.toFixed(3), size?.features ?? '-', size?.parts.toLocaleString('en-US') ?? '-'],
  ]);
  const shown = table(COLUMNS, rows, { ...screen, width });
  const more = others - listed.length;
  const rest = more > 0 ? `\n  and ${more.toLocaleString('en-US')} more` : '';
  return `${wrapped(printable(head, 500), width)}\n${shown}${rest}\n${wrapped(limits, width)}`;
}

/** Commands to copy. */
function nextText({ choice, place, log, validation }: Selection, id: string): string {
  const lines = [`  spt show ${id}${log}`, `  spt rebuild ${id}${log} --out model.json`];
  const other = choice?.alike.first.find(one => one.id !== id);
  if (other) lines.push(`  spt compare ${id} ${other.id}${place}`);
  const isKnown = validation !== undefined && 'samples' in validation;
  if (choice && !isKnown) lines.push(`  spt select --bootstrap --like ${id}${place}`);
  return `to go on:\n${lines.map(words => printable(words, 4000)).join('\n')}`;
}
