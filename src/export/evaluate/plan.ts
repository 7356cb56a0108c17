/**
 * A plan evaluated by plain loops, sample by sample, as plan.ts describes its parts. It gives the bits of the model.
 * Runners that read a written file back evaluate it in this way, and so the certificate holds the file, not the model.
 */
import type { Matrix } from '../../base/dataset.js';
import { adjusted } from '../../ml/calibration/adjustment.js';
import { codesOfProba } from '../../ml/algebra/matrix.js';
import { weightedMean } from '../../ml/ensemble.js';
import {
  givesValues,
  isMixture,
  type AnyParts,
  type ClassPart,
  type ClassParts,
  type Mixture,
  type PipelineParts,
  type ValuePart,
} from '../plan.js';
import type { Answers, ClassAnswers } from '../writer.js';
import type { Answer, Says, SaysValue } from './answer.js';
import { machineSays } from './machine.js';
import { neighborsSays } from './neighbors.js';
import { networkSays, networkValue } from './network.js';
import { gaussianSays, linearSays, linearValue } from './scores.js';
import { through } from './transforms.js';
import { boostedSays, boostedValue, forestSays, forestValue } from './trees.js';

function says(part: ClassPart): Says {
  switch (part.kind) {
    case 'linear':
      return linearSays(part);
    case 'machine':
      return machineSays(part);
    case 'forest':
      return forestSays(part);
    case 'boosted':
      return boostedSays(part);
    case 'network':
      return networkSays(part);
    case 'neighbors':
      return neighborsSays(part);
    case 'gaussian':
      return gaussianSays(part);
  }
}

function saysValue(part: ValuePart): SaysValue {
  switch (part.kind) {
    case 'linear-value':
      return linearValue(part);
    case 'forest-value':
      return forestValue(part);
    case 'boosted-value':
      return boostedValue(part);
    case 'network-value':
      return networkValue(part);
  }
}

/** The answers for an m x p matrix. Values that the model refuses are not looked for. */
export function evaluatePlan(plan: AnyParts, x: Matrix): Answers {
  if (isMixture(plan)) return mixed(plan, x);
  if (givesValues(plan)) {
    return { values: Float64Array.from(rowsBehind(plan, x), saysValue(plan.last)) };
  }
  return classAnswers(plan, x);
}

function classAnswers(plan: ClassParts, x: Matrix): ClassAnswers {
  const answers = Array.from(rowsBehind(plan, x), says(plan.last));
  const own: ClassAnswers = {
    labels: Int32Array.from(answers, ({ label }) => label),
    probabilities: joined(answers, 'probabilities'),
    decisions: joined(answers, 'decisions'),
  };
  return plan.adjustment ? afterwards(plan.adjustment, plan.last.classes, own) : own;
}

/** The answers of the members, mixed. */
function mixed({ weights, members }: Mixture, x: Matrix): ClassAnswers {
  const probas = members.map(member => classAnswers(member, x).probabilities!);
  const probabilities = weightedMean(Array.from(weights), probas);
  return { labels: codesOfProba(probabilities, members[0].last.classes), probabilities };
}

/** The answers with calibrated probabilities, and with the labels of the threshold. Decisions stay. */
function afterwards(
  adjustment: NonNullable<ClassParts['adjustment']>,
  classes: number,
  answers: ClassAnswers,
): ClassAnswers {
  const { labels, probabilities, decisions } = answers;
  const outputs = { classes, labels, decision: decisions, proba: probabilities };
  const found = adjusted(adjustment, outputs);
  return { ...answers, labels: found.labels, probabilities: found.proba };
}

/** The values of each sample behind the transforms. */
function* rowsBehind({ transforms }: PipelineParts, x: Matrix): Generator<Float64Array> {
  const steps = transforms.map(through);
  for (let i = 0; i < x.rows; i++) {
    const row: Float64Array = Float64Array.from({ length: x.columns }, (_, j) => x.data[j * x.rows + i]);
    yield steps.reduce<Float64Array>((values, step) => step(values), row);
  }
}

/** The values of all samples, row-major; undefined where there are none. */
function joined(answers: readonly Answer[], which: 'probabilities' | 'decisions'): Float64Array | undefined {
  const width = answers[0]?.[which]?.length;
  if (width === undefined) return undefined;
  const all = new Float64Array(answers.length * width);
  answers.forEach((answer, i) => all.set(answer[which]!, i * width));
  return all;
}
