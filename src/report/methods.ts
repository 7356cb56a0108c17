/** What was done, as sentences for a paper, and the commands that do it again. */
import { counted, someOf } from '../base/listing.js';
import { shellWord } from '../base/shell.js';
import type { HonestScore, PageDocument, Section } from '../page/document.js';

/** What the sentences are made of. */
type Told = Omit<PageDocument, 'methods' | 'commands'>;

const DIGITS = 4;

/** The settings of the search that the files describe now; all, if it has none. */
function ownOf({ sections }: Told): readonly Section[] {
  const own = sections.filter(({ differs }) => differs.length === 0);
  return own.length > 0 ? own : sections;
}

/** The sentences: one on each setting of this search, and two on what makes them verifiable. */
export function methodsOf(told: Told, damaged: number): string[] {
  const sentences = ownOf(told).map(sectionText);
  sentences.push(
    `The search was run with spt ${told.version}. Its log ends with record ${told.moment.n} of ${told.moment.at}, ` +
      `and the SHA-256 of all outcomes is ${told.manifest}. Each model can be trained again from its ` +
      'config, bit for bit.',
  );
  if (damaged > 0) sentences.push(`The records of ${counted(damaged, 'config')} could not be read.`);
  return sentences;
}

function sectionText(section: Section): string {
  const { split, scoring, counts, answer, table, folds, by } = section;
  const pipelines = table.pipeline.values.map(String);
  const tried = counts.finished + counts.failed;
  const how = by === 'cv' ? `the mean ${scoring} over ${folds}` : `${scoring} on the validation samples`;
  const parts = [
    `On the split ${split}, we trained ${counted(tried, 'configuration')} of ` +
      `${counted(pipelines.length, 'pipeline')} (${someOf(pipelines, 20)}) and compared them by ${how}.`,
  ];
  if (counts.failed > 0) parts.push(`${counted(counts.failed, 'configuration')} failed.`);
  if (counts.unranked > 0)
    parts.push(`${counted(counts.unranked, 'configuration')} had no score that could be compared.`);
  const left = counts.queued + counts.running;
  if (left > 0) parts.push(`${counted(left, 'configuration')} had not been trained yet.`);
  if (answer) parts.push(...answerText(answer, scoring, by));
  return parts.join(' ');
}

function answerText(answer: NonNullable<Section['answer']>, scoring: string, by: Section['by']): string[] {
  const { pipeline, id, score, error, honest, bagged, validate, alike } = answer;
  const own = error === undefined ? '' : ` (corrected standard error ${error.toFixed(DIGITS)})`;
  const parts = [
    `We chose a configuration of ${pipeline} (${id}), whose ${scoring} was ${score.toFixed(DIGITS)}${own}.`,
  ];
  if (honest) {
    const { isCorrected, method } = honest;
    parts.push(
      isCorrected
        ? `Corrected for the choice of the best (${method}), it is ${withRange(honest)}.`
        : `It is reported as ${withRange(honest)}; ${method}.`,
    );
  } else parts.push('This score is that of the best of many, so it is too good; it was not corrected.');
  if (bagged)
    parts.push(
      `For the choice of the best, the bootstrap bias-corrected estimate (Tsamardinos et al. 2018, ` +
        `${counted(bagged.configs, 'configuration')}, ${bagged.draws} draws) is ${withRange(bagged)}.`,
    );
  if (validate !== undefined && by === 'cv')
    parts.push(
      `On the validation samples, which took no part in the choice, it was ${validate.toFixed(DIGITS)}.`,
    );
  if (alike && alike.count > 0)
    parts.push(`${counted(alike.count, 'other configuration')} could not be told from it (${alike.rule}).`);
  return parts;
}

function withRange({ score, low, high, level }: Omit<HonestScore, 'isCorrected' | 'method'>): string {
  const [value, from, to] = [score, low, high].map(one => one.toFixed(DIGITS));
  return `${value} (${level}% interval ${from} to ${to})`;
}

/**
 * The commands that give the chosen models, the hash and this report again.
 * @param options those that the report was made with, each with a space in front
 */
export function commandsFor(told: Told, options: string): string[] {
  const { moment } = told;
  const rebuilt = ownOf(told)
    .filter(({ answer }) => answer)
    .map(({ answer, split }) => `spt rebuild ${answer!.id} -o ${shellWord(`model-${split}.json`)}`);
  return [...rebuilt, 'spt audit', `spt report --at ${moment.n}${options} -o report.html`];
}
