/** Support vector machines in C. The order of sums is that of src/kernels. */
import { classesOfPairs, paddedCount } from '../evaluate/machine.js';
import type { MachinePart, PairOfClasses } from '../plan.js';
import { HEAD } from './scores.js';
import { listed, table } from './text.js';
import type { Code } from './transforms.js';

/** e^z for z <= 0, as src/kernels/assembly/svm-kernel.ts computes it. */
const DECAY = `static double decay(double z) {
  static const double EVEN[] = {1.0 / 3628800, 1.0 / 40320, 1.0 / 720, 1.0 / 24};
  static const double ODD[] = {1.0 / 362880, 1.0 / 5040, 1.0 / 120, 1.0 / 6};
  double cut = z > -708 ? z : -708;
  double k = cut * 1.442695040888963387 + 6755399441055744.0 - 6755399441055744.0;
  double r = cut - k * 6.9314718036912381649e-1 - k * 1.90821492927058770002e-10;
  double square = r * r, even = 1.0 / 479001600, odd = 1.0 / 39916800;
  for (int i = 0; i < 4; i++) {
    even = even * square + EVEN[i];
    odd = odd * square + ODD[i];
  }
  even = even * square + 0.5;
  return from_bits(bits_of(1 + (r + square * (even + r * odd))) + ((uint64_t)(int64_t)k << 52));
}
`;

const WHOLE_POWER = `static double whole_power(double base, int exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}
`;

/** The kernel of a vector and the sample, from their product, or for rbf their squared distance. */
function kernelText({ kernel }: MachinePart): string {
  const inner = 'last_gamma * u + last_coef0';
  if (kernel === 'rbf') return 'decay(-last_gamma * u)';
  return kernel === 'poly' ? `whole_power(${inner}, last_degree)` : `tanh_of(${inner})`;
}

/** For each pair a pointer to a table of its own. */
function pointers(name: string, of: string, pairs: readonly PairOfClasses[]): string {
  const tables = pairs.map((_, p) => `last_pairs_${p}_${of}`);
  const type = of === 'support' ? 'int' : 'double';
  return `static const ${type} *const ${name}[] = {${tables.join(', ')}};`;
}

/** A table of one value of each pair, which has a name of its own: `last_pairs_0_intercept`. */
function eachPair(name: string, type: 'int' | 'double', of: string, pairs: readonly PairOfClasses[]): string {
  const values = pairs.map((_, p) => `last_pairs_${p}_${of}`);
  return `static const ${type} ${name}[${pairs.length}] = {\n${listed(values)}\n};`;
}

/** Writes the margins of all pairs of the sample `z`, which is in the frame. */
function marginsByWeights({ pairs, inputs }: MachinePart): string {
  return `${pointers('pair_weights', 'weights', pairs)}
static void margins_of(const double *z, double *margins) {
  for (int p = 0; p < ${pairs.length}; p++) {
    double sum = 0;
    for (int j = 0; j < ${inputs}; j++) sum += z[j] * pair_weights[p][j];
    margins[p] = sum + pair_intercept[p];
  }
}`;
}

/** Sums run in eight lanes over the places of the vectors, as those of the kernels. */
function marginsByKernel(part: MachinePart): string {
  const { pairs, inputs, vectorCount, kernel } = part;
  const blocks = paddedCount(vectorCount) & ~7;
  const [norms, distance] =
    kernel === 'rbf'
      ? [
          `  double own = 0;\n  for (int j = 0; j < ${inputs}; j++) own += z[j] * z[j];\n`,
          '    u = own + norm - 2 * u;\n    if (!(u > 0)) u = 0;\n',
        ]
      : ['', ''];
  const [norm, sum] = kernel === 'rbf' ? [', norm = 0', '\n      norm += value * value;'] : ['', ''];
  const own = kernel === 'rbf' ? DECAY : kernel === 'poly' ? WHOLE_POWER : '';
  return `${own}${pointers('pair_support', 'support', pairs)}
${pointers('pair_coefficients', 'coefficients', pairs)}
${table(
  'pair_size',
  Int32Array.from(pairs, ({ support }) => support.length),
)}
static void margins_of(const double *z, double *margins) {
  static const size_t COUNT = ${vectorCount};
  double values[${Math.max(1, vectorCount)}];
${norms}  for (size_t v = 0; v < COUNT; v++) {
    double u = 0${norm};
    for (int j = 0; j < ${inputs}; j++) {
      double value = last_vectors[j * COUNT + v];
      u += value * z[j];${sum}
    }
${distance}    values[v] = ${kernelText(part)};
  }
  for (int p = 0; p < ${pairs.length}; p++) {
    double lane[8] = {0}, rest[4] = {0};
    for (int s = 0; s < pair_size[p]; s++) {
      int v = pair_support[p][s];
      double term = pair_coefficients[p][s] * values[v];
      if (v < ${blocks}) lane[v & 7] += term;
      else rest[v & 3] += term;
    }
    double sum = lane[0] + lane[2] + (lane[4] + lane[6]) + (lane[1] + lane[3] + (lane[5] + lane[7]));
    for (int v = 0; v < 4; v++) sum += rest[v];
    margins[p] = sum + pair_intercept[p];
  }
}`;
}

/** The probabilities of the classes from those of the pairs, as in src/ml/families/svm/probability.ts. */
function couplingText(k: number): string {
  return `static void couple(double r[${k}][${k}], double *p) {
  double q[${k}][${k}] = {{0}}, qp[${k}];
  for (int t = 0; t < ${k}; t++) {
    for (int j = 0; j < ${k}; j++) {
      if (j == t) continue;
      q[t][t] += r[j][t] * r[j][t];
      q[t][j] = -r[j][t] * r[t][j];
    }
    p[t] = 1.0 / ${k};
  }
  for (int iteration = 0; iteration < 100; iteration++) {
    double pqp = 0;
    int done = 1;
    for (int t = 0; t < ${k}; t++) {
      qp[t] = 0;
      for (int j = 0; j < ${k}; j++) qp[t] += q[t][j] * p[j];
      pqp += p[t] * qp[t];
    }
    for (int t = 0; t < ${k}; t++) done = done && fabs(qp[t] - pqp) < 0.005 / ${k};
    if (done) break;
    for (int t = 0; t < ${k}; t++) {
      double own = q[t][t], change = (pqp - qp[t]) / own, total = 1 + change;
      p[t] += change;
      pqp = (pqp + change * (change * own + 2 * qp[t])) / total / total;
      for (int j = 0; j < ${k}; j++) {
        qp[j] = (qp[j] + change * q[t][j]) / total;
        p[j] /= total;
      }
    }
  }
}
`;
}

function probabilityText({ pairs, classes }: MachinePart): {
  tables: string;
  coupling: string;
  text: string;
} {
  const present = classesOfPairs(pairs);
  const k = present.length;
  const places = Int32Array.from({ length: classes }, (_, c) => present.indexOf(c));
  const tables = `${eachPair('pair_slope', 'double', 'curve_slope', pairs)}
${eachPair('pair_offset', 'double', 'curve_offset', pairs)}
/* The classes that the pairs are made of, and for each class its place among them. */
${table('present', Int32Array.from(present))}
${table('place_of', places)}\n`;
  const solve = k === 2 ? '  p[0] = r[0][1];\n  p[1] = 1 - r[0][1];' : '  couple(r, p);';
  const text = `  double r[${k}][${k}], p[${k}];
  for (int i = 0; i < ${pairs.length}; i++) {
    int a = place_of[pair_first[i]], b = place_of[pair_second[i]];
    double first = sigmoid_of(-(pair_slope[i] * -margins[i] + pair_offset[i]));
    r[a][b] = first < 1e-7 ? 1e-7 : first > 1 - 1e-7 ? 1 - 1e-7 : first;
    r[b][a] = 1 - r[a][b];
  }
${solve}
  for (int c = 0; c < ${classes}; c++) out[c] = 0;
  for (int i = 0; i < ${k}; i++) out[present[i]] = p[i];
`;
  return { tables, coupling: k === 2 ? '' : couplingText(k), text };
}

/** Writes the decisions of more than two classes to `decisions`. */
function decisionText({ pairs, classes }: MachinePart): string {
  return `  double decisions[${classes}] = {0}, sums[${classes}] = {0};
  for (int p = 0; p < ${pairs.length}; p++) {
    int a = pair_first[p], b = pair_second[p];
    sums[a] -= margins[p];
    sums[b] += margins[p];
    decisions[margins[p] > 0 ? b : a]++;
  }
  for (int c = 0; c < ${classes}; c++) decisions[c] += sums[c] / (3 * (fabs(sums[c]) + 1));
`;
}

/** The class of most votes. */
function voteText({ pairs, classes }: MachinePart): string {
  return `  double votes[${classes}] = {0};
  for (int p = 0; p < ${pairs.length}; p++) votes[margins[p] < 0 ? pair_first[p] : pair_second[p]]++;
  int label = largest_of(votes, ${classes});
`;
}

export function machineCode(part: MachinePart): Code {
  const { pairs, classes, inputs, kernel, center } = part;
  const hasCurves = pairs.every(({ curve }) => curve);
  const curves = hasCurves ? probabilityText(part) : { tables: '', coupling: '', text: '' };
  const isBinary = classes === 2;
  const usesClasses = !isBinary || hasCurves;
  const value = center ? '(x[j] - last_center[j])' : 'x[j]';
  const copied = (from: string): string => `  for (int c = 0; c < ${classes}; c++) out[c] = ${from}[c];\n`;
  const label = isBinary
    ? '  int label = margins[0] > 0;\n'
    : part.votes
      ? voteText(part)
      : `  int label = largest_of(decisions, ${classes});\n`;
  const needsDecisions = !isBinary && (!part.votes || !hasCurves);
  const own = isBinary ? '  out[0] = margins[0];\n' : copied('decisions');
  const text = `${usesClasses ? classTables(pairs) : ''}${eachPair('pair_intercept', 'double', 'intercept', pairs)}
${curves.tables}${kernel === 'linear' ? marginsByWeights(part) : marginsByKernel(part)}
${curves.coupling}${HEAD}
  double z[${inputs}], margins[${pairs.length}];
  for (int j = 0; j < ${inputs}; j++) z[j] = ${value} * last_unit;
  margins_of(z, margins);
${needsDecisions ? decisionText(part) : ''}${label}${hasCurves ? curves.text : own}  return label;
}`;
  const math = [
    ...(hasCurves ? ['sigmoid'] : []),
    ...({ rbf: ['fromBits', 'bitsOf'], sigmoid: ['tanh'] }[kernel as string] ?? []),
  ];
  return { text, math };
}

function classTables(pairs: readonly PairOfClasses[]): string {
  return `${eachPair('pair_first', 'int', 'first', pairs)}\n${eachPair('pair_second', 'int', 'second', pairs)}\n`;
}
