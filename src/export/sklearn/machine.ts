/**
 * SVC as code of Python, with libsvm's arrays. spt's margins are positive for the second class of a pair, and libsvm's
 * for the first one. libsvm has the support vectors of each class together. For classes a < b, row b - 1 of the
 * coefficients holds those of the vectors of a against b, and row a those of the vectors of b against a.
 */
import type { MachinePart } from '../plan.js';
import { refusal } from '../refusal.js';
import { argument, argumentsOf } from './parameters.js';
import { attribute, matrixAttribute, type StepCode } from './step-code.js';

/** Throws InputError `not-exportable` where libsvm has no such model. */
export function machineCode(part: MachinePart, classes: readonly string[]): StepCode {
  const { step, params, pairs, inputs, unit, votes } = part;
  const k = classes.length;
  if (pairs.length !== (k * (k - 1)) / 2) {
    throw refusal(step, 'a class had no sample in the training', ['onnx', 'c']);
  }
  const gamma = part.gamma * unit * unit;
  const { order, counts } = vectorsByClass(part);
  const coefficients = coefficientsOf(part, order);
  const intercepts = Float64Array.from(pairs, ({ intercept }) => -intercept);
  const curves = pairs.flatMap(({ curve }) => (curve ? [curve] : []));
  const sign = k === 2 ? '-' : '';
  const isOwn = k === 2 && curves.length > 0;
  return {
    className: step,
    imports: isOwn ? [] : ['from sklearn.svm import SVC'],
    helpers: isOwn ? ['svc'] : [],
    args: [
      ...argumentsOf(step, params, classes, ['decision_function_shape', 'break_ties']),
      ...(k > 2 && !votes ? [argument('break_ties', true)] : []),
    ],
    lines: [
      'step.classes_ = CLASSES',
      'step._sparse = False',
      'step._gamma = of["_gamma"][0]',
      matrixAttribute('support_vectors_', inputs),
      '# Which samples the vectors were is not kept.',
      'step.support_ = numpy.full(len(step.support_vectors_), -1, numpy.int32)',
      attribute('_n_support'),
      `step._dual_coef_ = of["_dual_coef_"].reshape(${k - 1}, -1)`,
      attribute('_intercept_'),
      `step.dual_coef_, step.intercept_ = ${sign}step._dual_coef_, ${sign}step._intercept_`,
      attribute('_probA'),
      attribute('_probB'),
      `step.class_weight_ = numpy.ones(${k})`,
      'step.fit_status_ = 0',
      `step.shape_fit_ = (0, ${inputs})`,
    ],
    numbers: {
      _gamma: Float64Array.of(gamma),
      support_vectors_: vectorRows(part, order),
      _n_support: counts,
      _dual_coef_: coefficients,
      _intercept_: intercepts,
      _probA: Float64Array.from(curves, ({ slope }) => slope),
      _probB: Float64Array.from(curves, ({ offset }) => offset),
    },
  };
}

/** The places of the support vectors, those of each class together, and how many each class has. */
function vectorsByClass({ pairs, vectorCount, classes }: MachinePart): {
  order: Int32Array;
  counts: Int32Array;
} {
  const classOf = new Int32Array(vectorCount).fill(-1);
  for (const { first, second, support, coefficients } of pairs) {
    support.forEach((place, s) => (classOf[place] = coefficients[s] > 0 ? second : first));
  }
  const order = Int32Array.from(classOf.keys()).sort((a, b) => classOf[a] - classOf[b] || a - b);
  const counts = new Int32Array(classes);
  for (const code of classOf) counts[code]++;
  return { order, counts };
}

/** (classes - 1) x vectors, row-major. */
function coefficientsOf({ pairs, vectorCount, classes }: MachinePart, order: Int32Array): Float64Array {
  const rankOf = new Int32Array(vectorCount);
  order.forEach((place, rank) => (rankOf[place] = rank));
  const dual = new Float64Array((classes - 1) * vectorCount);
  for (const { first, second, support, coefficients } of pairs) {
    support.forEach((place, s) => {
      const row = coefficients[s] > 0 ? first : second - 1;
      dual[row * vectorCount + rankOf[place]] = -coefficients[s];
    });
  }
  return dual;
}

/** The support vectors as they were before they were centered and scaled, row by row. */
function vectorRows(
  { vectors, vectorCount, inputs, unit, center }: MachinePart,
  order: Int32Array,
): Float64Array {
  const rows = new Float64Array(vectors.length);
  order.forEach((place, rank) => {
    for (let j = 0; j < inputs; j++) {
      rows[rank * inputs + j] = vectors[j * vectorCount + place] / unit + (center?.[j] ?? 0);
    }
  });
  return rows;
}
