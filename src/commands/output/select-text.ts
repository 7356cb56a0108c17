/** What `spt select` prints for people, in 80 columns. */
import { counted, someOf } from '../../base/listing.js';
import { foldsText } from '../../events/ask/setting.js';
import { withinRange } from '../../ml/scoring/range.js';
import { printable, safeJson } from '../../terminal/printable.js';
import { SENTENCE_WIDTH, wrapped, type Screen } from '../../terminal/screen.js';
import { table } from '../../terminal/table.js';
import { score } from '../../terminal/units.js';
import type { Candidate, Choice, Scored } from '../../views/choice.js';
import type { Selection } from '../select.js';
import { nestedText } from './nested-text.js';

/** How many configs that are as good as the best are listed. */
const MOST_LISTED = 5;

export function selectText(selection: Selection, screen: Screen): string {
  const { choice, notes, setting, result } = selection;
  const width = Math.min(screen.width, SENTENCE_WIDTH);
  const about = `split ${setting.split}, ranked by ${setting.scoring}, ${foldsText(setting.cv)}`;
  const parts = [printable(about, 400), chosenText(selection, screen, width)];
  if (choice) parts.push(honestText(selection, choice, width), alikeText(selection, choice, screen, width));
  else parts.push(wrapped(`The score is ${score(scoreOf(selection))}, and nothing corrects it.`, width));
  if (selection.nested) parts.push(nestedText(selection.nested, setting.scoring, screen, width));
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
function chosenText({ result, rule, choice }: Selection, screen: Screen, width: number): string {
  const { id, pipeline, config } = result;
  const size = choice?.chosen.size;
  const sizeWords = size ? `, ${sizeText(size)}` : '';
  const head = `chosen    ${screen.paint(id, 'good')}  ${printable(pipeline, 40)}  (rule ${rule}${sizeWords})`;
  const lines = [head];
  for (const step of config.steps)
    for (const [name, parameters] of Object.entries(step)) {
      const words = Object.entries(parameters).map(([key, value]) => `${key}=${safeJson(value)}`);
      lines.push(wrapped(printable([name, ...words].join(' '), 4000), width, '          '));
    }
  return lines.join('\n');
}

function sizeText({ features, parts }: NonNullable<Candidate['size']>): string {
  return `${counted(features, 'feature')}, size ${parts.toLocaleString('en-US')}`;
}

function intervalText(low: number, high: number, scoring: string): string {
  const cut = withinRange({ low, high }, scoring);
  return `[${score(cut.low)}, ${score(cut.high)}]`;
}

const line = (name: string, value: string, about: string): string =>
  `  ${name.padEnd(14)}${value.padEnd(24)}  ${about}`.trimEnd();

/** The scores of the best config, then those of the chosen one, if it is another. */
function honestText(selection: Selection, choice: Choice, width: number): string {
  const { bootstrap, validation, setting } = selection;
  const { best, chosen, corrected, reported, candidates, rule } = choice;
  const { scoring } = setting;
  const isBest = best.id === chosen.id;
  const withInterval = ({ score: value, low, high }: Scored): string =>
    `${score(value)} ${intervalText(low, high, scoring)}`;
  const naive = (one: Candidate): string => `${score(one.score)} (error ${score(one.error)})`;
  const lines = [candidates > 1 ? `scores of the best of ${candidates.toLocaleString('en-US')}` : 'scores'];
  lines.push(line('naive', naive(best), isBest ? '' : best.id));
  if (candidates > 1) lines.push(line('corrected', withInterval(corrected), 'Tibshirani 2009'));
  if (bootstrap) {
    const about = `${counted(bootstrap.configs, 'config')}, ${bootstrap.draws} draws`;
    lines.push(line('BBC-CV', withInterval({ ...bootstrap, score: bootstrap.estimate }), about));
  }
  if (!isBest) {
    lines.push('scores of the chosen config', line('naive', naive(chosen), ''));
    const [name, about] =
      rule === 'simplest' ? ['to report', 'the naive one'] : ['corrected', 'as much is taken off'];
    lines.push(line(name, withInterval(reported), about));
  }
  if (validation) lines.push(validationLine(validation, scoring));
  return [lines.join('\n'), ...caveats(selection, choice).map(words => wrapped(words, width))].join('\n');
}

function validationLine(validation: NonNullable<Selection['validation']>, scoring: string): string {
  const { score: value } = validation;
  if (!('samples' in validation)) return line('validation', score(value), 'took no part in the choice');
  const { low, high, method, samples } = validation;
  if (low === undefined || high === undefined)
    return line('validation', score(value), `${counted(samples, 'sample')}, no interval`);
  const shown = `${score(value)} ${intervalText(low, high, scoring)}`;
  return line('validation', shown, `${method}, ${counted(samples, 'sample')}`);
}

/** What a reader has to know of the numbers above. */
function caveats({ bootstrap, validation }: Selection, { best, chosen, candidates, rule }: Choice): string[] {
  const words: string[] = [];
  if (candidates > 1)
    words.push(
      `The naive score is too good, because it is the best of ${counted(candidates, 'config')}. Report a corrected ` +
        'one. docs/choosing.md shows how well each of them does in simulated searches.',
    );
  if (best.id !== chosen.id && rule === 'simplest')
    words.push(
      'The rule simplest does not look for a good score, so nothing is taken off the score of its config.',
    );
  if (validation && 'samples' in validation && validation.why !== undefined)
    words.push(`The validation score has no interval, because ${validation.why}.`);
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
    ...[
      adjusted.toFixed(3),
      size?.features.toLocaleString('en-US') ?? '-',
      size?.parts.toLocaleString('en-US') ?? '-',
    ],
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
