/** A config whose fits are made again to tell its features, with the proof that they are the fits of the log. */
import type { Config } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import { counted } from '../base/listing.js';
import type { Finished } from '../events/format/event.js';
import { ready } from '../ml/evaluate.js';
import { explained, type Explained, type ExplainOptions } from '../ml/explain/explain.js';
import { firstDifference } from '../ml/predictions.js';
import { closestPartner } from '../statistics/correlation.js';
import { featureLines, type FeatureLine } from '../views/explanation.js';
import { notTrainedAgain, otherModel, otherScores } from './other-bits.js';

/** How many features are shown to people, and looked at for correlations. */
export const SHOWN_FEATURES = 20;
/** From this correlation on, a column counts as nearly the same as another one. */
const SAME_CORRELATION = 0.9;

export interface Explanation {
  config: Config;
  found: Explained;
  /** The feature that matters most first. */
  lines: FeatureLine[];
  /** What a reader has to know of the numbers, as sentences. */
  notes: string[];
}

/**
 * Throws Failure: `scores-differ` or `digest-differs` where the fits are not those of the log, `not-trained-again`
 * where the data or the steps forbid them.
 */
export async function explanationOf(
  finished: Finished,
  config: Config,
  data: SplitData,
  options: ExplainOptions & { alpha: number },
): Promise<Explanation> {
  await ready(config.steps);
  let found: Explained;
  try {
    found = explained(config, data, options);
  } catch (cause) {
    throw notTrainedAgain(config, cause);
  }
  const different = firstDifference(found.scores, finished.scores);
  if (different) throw otherScores(finished, different);
  if (found.digest !== finished.digest) throw otherModel(finished, found.digest, 'with equal scores');
  const lines = featureLines(found, { drawn: config.cv, alpha: options.alpha });
  return { config, found, lines, notes: notesOn(config, found, lines, data) };
}

function notesOn(
  { steps, scoring }: Config,
  { kind, heldOut, folds, mixing, bending, names }: Explained,
  lines: readonly FeatureLine[],
  data: SplitData,
): string[] {
  const step = Object.keys(steps.at(-1)!)[0];
  const what = kind === 'linear' ? 'coefficients' : 'importances';
  const notes: string[] = [];
  if (mixing !== undefined)
    notes.push(
      `${mixing} mixes the columns, and ${step} cannot be led back through it. So the ${what} are those of what ` +
        `${mixing} gives.`,
    );
  if (bending !== undefined)
    notes.push(
      `${bending} changes each column in a way that is not linear. So the coefficients are those of what it gives.`,
    );
  if (kind === undefined)
    notes.push(
      `${step} has neither coefficients nor importances of features. What shuffling costs is all that tells.`,
    );
  if (folds.length === 0)
    notes.push(
      heldOut === 'validate'
        ? 'There are no folds, so the validation samples are shuffled, and no interval is told.'
        : 'There are no folds, so nothing is told of how stable the values are.',
    );
  if (lines.some(({ drop }) => drop === null))
    notes.push(`A dash stands where ${scoring} is not defined for a fold.`);
  const alike = heldOut && correlatedNote(lines, names, data);
  return alike ? [...notes, alike] : notes;
}

/** A sentence on the shown columns that another column nearly repeats; undefined where there are none. */
function correlatedNote(
  lines: readonly FeatureLine[],
  names: readonly string[],
  { train }: SplitData,
): string | undefined {
  const places = new Map(names.map((name, j) => [name, j]));
  const shown = lines.slice(0, SHOWN_FEATURES).flatMap(({ feature }) => places.get(feature) ?? []);
  const found = shown.flatMap(j => {
    const partner = closestPartner(train.x, j);
    return partner && Math.abs(partner.correlation) >= SAME_CORRELATION ? [{ j, ...partner }] : [];
  });
  if (found.length === 0) return undefined;
  const first = found.reduce((most, one) =>
    Math.abs(one.correlation) > Math.abs(most.correlation) ? one : most,
  );
  return (
    `${found.length} of the ${counted(shown.length, 'shown column')} ${found.length === 1 ? 'has' : 'have'} a ` +
    `correlation of at least ${SAME_CORRELATION} with another column ` +
    `(${names[first.j]} and ${names[first.column]}: ${first.correlation.toFixed(3)}). Shuffling one of two such ` +
    'columns costs little, because the model still has the other one. So a small drop does not mean that neither ' +
    'matters.'
  );
}
