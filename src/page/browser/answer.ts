/** What a reader wants to know first: which config, how good it really is, what is as good, what was tried. */
import type { Answer, FailureLine, Section } from '../document.js';
import { counted, sizeWords } from '../../base/listing.js';
import type { SectionData } from './data.js';
import { durationText, element, folded, lines, scoreText, table, type Child } from './dom.js';

const RULES: { [rule: string]: string } = {
  best: 'the best score',
  '1se': 'the smallest model within one standard error of the best',
  simplest: 'the simplest model that cannot be told from the best',
};

const fact = (name: string, value: string, note: string): HTMLElement =>
  element(
    'div',
    { class: 'fact' },
    element('dt', {}, name),
    element('dd', {}, element('strong', {}, value), element('span', { class: 'note' }, note)),
  );

function scoreFacts({ scoring, by }: Section, answer: Answer): HTMLElement[] {
  const { score, error, honest, bagged, validate } = answer;
  const over = by === 'cv' ? 'mean over the folds' : 'on the validation samples';
  const facts: HTMLElement[] = [];
  if (honest) {
    const { low, high, level, method } = honest;
    const range = `${level}% interval ${scoreText(low)} to ${scoreText(high)}; ${method}`;
    facts.push(fact(`honest ${scoring}`, scoreText(honest.score), range));
  }
  if (bagged) {
    const { low, high, level, configs, draws } = bagged;
    const range = `${level}% interval ${scoreText(low)} to ${scoreText(high)}`;
    const size = `${counted(configs, 'config')}, ${draws} draws`;
    const about = `bootstrap of the choice of the best (Tsamardinos 2018): ${size}`;
    facts.push(fact(`BBC-CV ${scoring}`, scoreText(bagged.score), `${range}; ${about}`));
  }
  const own = error === undefined ? '' : `, corrected standard error ${scoreText(error)}`;
  facts.push(
    fact(
      honest ? `measured ${scoring}` : scoring,
      scoreText(score),
      `${over}${own}${honest?.isCorrected === false ? '' : '; the best of many flatters'}`,
    ),
  );
  if (validate !== undefined && by === 'cv')
    facts.push(
      fact(`validation ${scoring}`, scoreText(validate), 'on samples that took no part in the choice'),
    );
  return facts;
}

function countFacts({ counts, table: { pipeline } }: Section): HTMLElement {
  const tried = counts.finished + counts.failed;
  const left = counts.queued + counts.running;
  const notes = [
    counts.failed > 0 && `${counted(counts.failed, 'config')} failed`,
    counts.unranked > 0 && `${counts.unranked.toLocaleString('en-US')} without a score that ranks`,
    left > 0 && `${left.toLocaleString('en-US')} not trained yet`,
  ].filter(Boolean);
  const of = `of ${counted(pipeline.values.length, 'pipeline')}`;
  return fact('tried', counted(tried, 'config'), [of, ...notes].join('; '));
}

/**
 * The answer of one setting.
 * @param dataOf its columns. Only a part that a reader opens needs them, so they are decoded after the answer is seen
 */
export function answer(section: Section, dataOf: () => SectionData): HTMLElement {
  const found = section.answer;
  if (!found) {
    return element(
      'div',
      { class: 'answer' },
      element('p', {}, 'No config of this setting has a score that ranks, so none can be chosen.'),
      element('dl', { class: 'facts' }, countFacts(section)),
    );
  }
  const size = sizeWords(found.size ?? {});
  const facts = [...scoreFacts(section, found), countFacts(section)];
  if (found.alike) {
    const { count, of, rule } = found.alike;
    const value = count === 0 ? 'none' : counted(count, 'config');
    facts.push(fact('as good as the best', value, `of ${counted(of, 'other')}: ${rule}`));
  }
  const details: Child[] = [
    element('code', {}, found.id),
    ` of ${found.pipeline}, chosen by ${RULES[found.rule] ?? found.rule}`,
    found.seconds !== undefined && `; trained in ${durationText(found.seconds)}`,
    size !== '' && `; ${size}`,
    '.',
  ];
  return element(
    'div',
    { class: 'answer' },
    element('dl', { class: 'facts' }, ...facts),
    element('p', {}, 'The chosen config: ', ...details),
    lines(found.yaml.trimEnd()),
    ...[...found.notes, ...found.warnings.map(warning => `Warning: ${warning}`)].map(note =>
      element('p', { class: 'note' }, note),
    ),
    alikeTable(found, dataOf),
  );
}

/** The first of the configs that cannot be told from the chosen one. */
function alikeTable({ alike }: Answer, dataOf: () => SectionData): HTMLElement | undefined {
  if (!alike || alike.ids.length === 0) return undefined;
  const { count, ids } = alike;
  const title = 'Configs that are as good';
  return folded(title, () => {
    const data = dataOf();
    const wanted = new Set(ids);
    const rows = [...data.ranking].filter(row => wanted.has(data.idOf(row)));
    const lines = rows.map(row => [
      data.rankOf[row],
      data.idOf(row),
      data.pipelines[data.pipelineOf[row]].name,
      scoreText(data.score[row]),
      data.parametersOf(row),
    ]);
    const note = count > rows.length ? `The first ${rows.length} of ${count}.` : undefined;
    return table({ head: ['rank', 'config', 'pipeline', 'score', 'parameters'], rows: lines, note }, title);
  });
}

/** What failed, by message. */
export function failures(all: readonly FailureLine[]): HTMLElement {
  const rows = all.map(({ configs, kind, message, pipelines, id }) => [
    configs,
    kind,
    message,
    pipelines.join(', '),
    id,
  ]);
  return table({ head: ['configs', 'kind', 'message', 'pipelines', 'one of them'], rows }, 'What failed');
}
