/** The features of a report: the fits of each chosen config are made again, proven, and tell their features. */
import { Failure, InputError } from '../base/errors.js';
import { readPrepared } from '../data/store.js';
import type { ModelFeature, ModelFeatures } from '../page/document.js';
import type { Choice } from '../report/document.js';
import type { Gathered, Gathering } from '../report/gather.js';
import { duration } from '../terminal/units.js';
import { strongest, type FeatureLine } from '../views/explanation.js';
import { explanationOf, SHOWN_FEATURES, type Explanation } from './explaining.js';

export interface FeatureOptions {
  /** The folder of the prepared data. */
  prepared: string;
  /** For how many seconds a model may be trained and scored, by its time in the log. */
  seconds: number;
  /** The level of intervals is 1 - alpha. */
  alpha: number;
}

/** The numbers of shuffles that a report chooses from. */
const REPEATS = [5, 1, 0];
/** To score the folds with one column shuffled takes about this share of a config's time. */
const SCORING_SHARE = 0.1;

/** The features of the chosen config of each setting of this search, or why they are not told. */
export async function featuresOf(
  gathering: Gathering,
  choices: ReadonlyMap<number, Choice>,
  options: FeatureOptions,
): Promise<Map<number, ModelFeatures | string>> {
  const found = new Map<number, ModelFeatures | string>();
  for (const gathered of gathering.settings) {
    const choice = choices.get(gathered.setting);
    if (!choice || gathered.differs.length > 0 || options.seconds === 0) continue;
    found.set(gathered.setting, await featuresFor(gathering, gathered, choice, options));
  }
  return found;
}

async function featuresFor(
  { search }: Gathering,
  { rows }: Gathered,
  { row }: Choice,
  { prepared, seconds, alpha }: FeatureOptions,
): Promise<ModelFeatures | string> {
  const needed = rows.secondsOf(row);
  if (needed > seconds) {
    const took = `the chosen config took ${duration(needed)} to train`;
    return `The features of the chosen config are not told, because ${took}. --refit SECONDS allows more.`;
  }
  try {
    for await (const [{ config, finished }] of search.results([row])) {
      if (!config || !finished) break;
      const data = readPrepared(prepared, config.data);
      const repeats = REPEATS.find(
        count => needed * (1 + SCORING_SHARE * count * data.columns.length) <= seconds,
      )!;
      return packed(await explanationOf(finished, config, data, { repeats, alpha }), repeats, alpha);
    }
  } catch (error) {
    if (!(error instanceof Failure || error instanceof InputError)) throw error;
    return `The features of the chosen config are not told: ${error.message}.`;
  }
  return 'The features of the chosen config are not told, because its record could not be read.';
}

function packed({ config, found, lines, notes }: Explanation, repeats: number, alpha: number): ModelFeatures {
  const { id, pipeline, scoring } = config;
  return {
    ...{ id, pipeline, scoring, repeats: found.heldOut ? repeats : 0, folds: found.folds.length },
    level: Math.round(100 * (1 - alpha)),
    lines: lines.slice(0, SHOWN_FEATURES).map(line => packedLine(line, found.outputs.length > 1)),
    total: lines.length,
    notes: repeats > 0 ? notes : [...notes, 'Columns are not shuffled, because that could take too long.'],
  };
}

/** A line with six decimals, the same text wherever it is computed. Numbers that are not known are left out. */
function packedLine(line: FeatureLine, hasClasses: boolean): ModelFeature {
  const { feature, drop, importance, selected } = line;
  const coefficient = strongest(line);
  const numbers = {
    ...{ drop: drop?.mean, low: drop?.low, high: drop?.high },
    ...{ gain: importance?.value, least: importance?.least, most: importance?.most },
    ...{ perDeviation: coefficient?.perDeviation, sameSign: coefficient?.sameSign },
    ...{ nonZero: coefficient?.nonZero, selected },
  };
  const known = Object.entries(numbers).filter(([, value]) => typeof value === 'number') as [
    string,
    number,
  ][];
  return {
    feature,
    ...(hasClasses && coefficient && { output: coefficient.output }),
    ...Object.fromEntries(known.map(([name, value]) => [name, Math.round(value * 1e6) / 1e6])),
  };
}
