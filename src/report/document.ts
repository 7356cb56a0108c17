/** The document of a page: what was gathered from a log, what was chosen, and what the chosen models predict. */
import { stringify } from 'yaml';
import type { FitWarning } from '../base/config.js';
import { counted } from '../base/listing.js';
import { Rng } from '../base/rng.js';
import { foldsText } from '../events/ask/setting.js';
import type {
  Answer,
  Curves,
  ModelFeatures,
  PageDocument,
  PipelineImportance,
  Section,
} from '../page/document.js';
import { importances } from '../statistics/importance.js';
import type { Result } from '../views/result.js';
import type { Gathered, Gathering } from './gather.js';
import { commandsFor, methodsOf } from './methods.js';

/** Resamples of the bootstrap behind the intervals of importances, and those of many configs. */
const DRAWS = 400;
const DRAWS_OF_MANY = 200;
const MANY_CONFIGS = 5000;

/** The config that is recommended in one setting, and how far to trust its score. */
export interface Choice extends Pick<Answer, 'rule' | 'error' | 'honest' | 'bagged' | 'alike' | 'notes'> {
  /** Its row in the state. */
  row: number;
}

/** What the log alone does not tell, by number of the setting. */
export interface Beside {
  version: string;
  moment: PageDocument['moment'];
  manifest: string;
  choices: ReadonlyMap<number, Choice>;
  /** The curves of some models, or why there are none. */
  curves: ReadonlyMap<number, Curves | string>;
  /** The features of the chosen configs, or why they are not told. */
  features: ReadonlyMap<number, ModelFeatures | string>;
  /** The options that the document depends on, as they may be typed, each with a space in front. */
  options: string;
}

export async function documentOf(gathering: Gathering, beside: Beside): Promise<PageDocument> {
  const { failures, timeline, damaged } = gathering;
  const sections: Section[] = [];
  for (const gathered of gathering.settings) sections.push(await sectionOf(gathering, gathered, beside));
  const { version, moment, manifest, options } = beside;
  const document = { version, moment, manifest, sections, failures, timeline: timeline.pack() };
  return { ...document, methods: methodsOf(document, damaged), commands: commandsFor(document, options) };
}

async function sectionOf(gathering: Gathering, gathered: Gathered, beside: Beside): Promise<Section> {
  const { search, timeline } = gathering;
  const { setting, rows, differs } = gathered;
  const { split, scoring, cv, data } = search.setting(setting);
  const choice = beside.choices.get(setting);
  const curves = beside.curves.get(setting);
  const features = beside.features.get(setting);
  return {
    split,
    scoring,
    direction: rows.direction,
    folds: foldsText(cv),
    ...(data !== undefined && { data }),
    differs: [...differs],
    counts: rows.counts,
    by: rows.by,
    ...(choice && { answer: await answerOf(gathering, gathered, choice) }),
    table: rows.pack(timeline.from),
    importances: importancesOf(gathered),
    ...(typeof curves === 'object' && { curves }),
    ...(typeof curves === 'string' && { noCurves: curves }),
    ...(features !== undefined && { features }),
  };
}

/** A share with six digits: enough to show, and the same text wherever it is computed. */
const rounded = (share: number): number => Math.round(share * 1e6) / 1e6;

function importancesOf({ rows }: Gathered): PipelineImportance[] {
  return rows.scored().map(({ pipeline, axes, scores }) => {
    const rng = Rng.from('spt', 'importance', pipeline);
    const draws = scores.length > MANY_CONFIGS ? DRAWS_OF_MANY : DRAWS;
    const found = importances(axes, scores, rows.direction, draws, () => rng.float());
    // Of one parameter the share is all, which tells nothing.
    const parameters = (found && found.parameters.length > 1 ? found.parameters : []).map(
      ({ parameter, share, low, high }) => ({
        parameter,
        share: rounded(share),
        ...(low !== undefined && high !== undefined && { low: rounded(low), high: rounded(high) }),
      }),
    );
    return {
      pipeline,
      configs: scores.length,
      ...(found && { method: found.method }),
      parameters,
      ...(found?.interactions !== undefined && { interactions: rounded(found.interactions) }),
    };
  });
}

async function answerOf(
  { search }: Gathering,
  { rows, setting }: Gathered,
  { row, rule, error, honest, bagged, alike, notes }: Choice,
): Promise<Answer | undefined> {
  const { state } = search;
  let result: Result | undefined;
  for await (const [one] of search.results([row])) result = one;
  const { finished, config } = result!;
  const here = rows.rows.indexOf(row);
  const { scoring } = search.setting(setting);
  const validate = state.validate[row];
  return {
    id: state.id(row),
    pipeline: state.groupOf(row).pipeline,
    row: here,
    yaml: config ? yamlOf(config.steps) : '',
    rule,
    score: rows.scores[here],
    ...(error !== undefined && { error }),
    ...(!Number.isNaN(validate) && finished?.scores.cv?.[scoring] && { validate }),
    ...(honest && { honest }),
    ...(bagged && { bagged }),
    ...(alike && { alike }),
    ...(finished && { seconds: finished.seconds, size: finished.size, digest: finished.digest }),
    digest: finished?.digest ?? '',
    warnings: warningsOf(finished?.warnings ?? []),
    notes,
  };
}

/** The first warning of each kind, and in how many other fits there was one. */
function warningsOf(warnings: readonly FitWarning[]): string[] {
  const first = new Map<string, { text: string; others: number }>();
  for (const { code, message, step, where } of warnings) {
    const key = JSON.stringify([code, step]);
    const known = first.get(key);
    const place = [step, where].filter(Boolean).join(', ');
    if (known) known.others++;
    else first.set(key, { text: place === '' ? message : `${place}: ${message}`, others: 0 });
  }
  return [...first.values()].map(({ text, others }) =>
    others === 0 ? text : `${text} (and in ${counted(others, 'other fit')})`,
  );
}

/** The steps of a config as they may stand in pipe_configs.yaml. A step without parameters is its name. */
function yamlOf(steps: readonly { [name: string]: object }[]): string {
  const short = steps.map(step => {
    const [[name, parameters]] = Object.entries(step);
    return Object.keys(parameters).length === 0 ? name : step;
  });
  return stringify(short, { lineWidth: 78 });
}
