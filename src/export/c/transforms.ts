/** Transforms in C. A function `p` reads `x` and writes `y`. It returns 0 for a sample that the step refuses. */
import type {
  EncodePart,
  GroupsPart,
  NormPart,
  PowerPart,
  ScaleShiftPart,
  TransformPart,
} from '../plan-transforms.js';

/** Code of C, and the functions of ./math.ts that it calls. */
export interface Code {
  text: string;
  math: readonly string[];
}

/** Wraps the body of a function. */
function functionOf(p: string, body: string, math: readonly string[] = []): Code {
  return { text: `static int ${p}(const double *x, double *y) {\n${body}\n  return 1;\n}`, math };
}

/** The function `p` of a transform. Its tables have the names `p_kept`, `p_shift` and so on. */
export function transformCode(part: TransformPart, p: string): Code {
  switch (part.kind) {
    case 'select':
      return functionOf(p, `  for (int c = 0; c < ${part.outputs}; c++) y[c] = x[${p}_kept[c]];`);
    case 'impute':
      return functionOf(p, imputeBody(p, part.kept.length, part.marked.length));
    case 'shift-scale':
      return functionOf(
        p,
        `  for (int c = 0; c < ${part.outputs}; c++) y[c] = (x[c] - ${p}_shift[c]) / ${p}_scale[c];`,
      );
    case 'scale-shift':
      return functionOf(p, scaleShiftBody(part, p));
    case 'norm':
      return normCode(part, p);
    case 'power':
      return powerCode(part, p);
    case 'groups':
      return groupsCode(part, p);
    case 'encode':
      return functionOf(p, encodeBody(part, p));
    case 'project':
      return functionOf(
        p,
        `  for (int c = 0; c < ${part.outputs}; c++) {
    double sum = 0;
    for (int j = 0; j < ${part.inputs}; j++) {
      sum += (x[j] - ${p}_mean[j]) * ${p}_components[(size_t)c * ${part.inputs} + j];
    }
    y[c] = sum / ${p}_scale[c];
  }`,
      );
  }
}

/** Each inner part is a function of its own, whose names begin with its path in the part. */
function groupsCode({ groups, outputs }: GroupsPart, p: string): Code {
  const inner: Code[] = [];
  let first = 0;
  const bodies = groups.map(({ places, parts }, g) => {
    const lines = [`for (int c = 0; c < ${places.length}; c++) a[c] = x[${p}_groups_${g}_places[c]];`];
    let from = 'a';
    parts.forEach((part, at) => {
      const own = `${p}_groups_${g}_parts_${at}`;
      inner.push(transformCode(part, own));
      const to = from === 'a' ? 'b' : 'a';
      lines.push(
        `if (!takes(${from}, ${part.inputs}, ${Number(part.missing)}) || !${own}(${from}, ${to})) return 0;`,
      );
      from = to;
    });
    const count = parts.at(-1)?.outputs ?? places.length;
    lines.push(`for (int c = 0; c < ${count}; c++) y[${first} + c] = ${from}[c];`);
    first += count;
    return lines.map(line => `  ${line}`).join('\n');
  });
  const widths = groups.flatMap(({ places, parts }) => [places.length, ...parts.map(part => part.outputs)]);
  const widest = Math.max(1, outputs, ...widths);
  const buffers = inner.length > 0 ? `a[${widest}], b[${widest}]` : `a[${widest}]`;
  const whole = functionOf(p, [`  double ${buffers};`, ...bodies].join('\n'));
  return {
    text: [...inner.map(({ text }) => text), whole.text].join('\n'),
    math: inner.flatMap(({ math }) => math),
  };
}

function encodeBody({ inputs, refuses, widths }: EncodePart, p: string): string {
  const written = widths
    ? `for (int k = 0; k < ${p}_widths[j]; k++) y[at++] = k == place ? 1 : 0;`
    : 'y[j] = place;';
  return `${widths ? '  int at = 0;\n' : ''}  for (int j = 0; j < ${inputs}; j++) {
    double place = ${p}_others[j];
    int known = 0;
    for (int e = ${p}_starts[j]; e < ${p}_starts[j + 1] && !known; e++) {
      if (x[j] != ${p}_categories[e] && !(isnan(x[j]) && isnan(${p}_categories[e]))) continue;
      place = ${p}_places[e];
      known = 1;
    }
${refuses ? '    if (!known) return 0;\n' : ''}    ${written}
  }`;
}

function imputeBody(p: string, kept: number, marked: number): string {
  const fill = `  for (int c = 0; c < ${kept}; c++) {
    double value = x[${p}_kept[c]];
    y[c] = isnan(value) ? ${p}_fill[c] : value;
  }`;
  if (marked === 0) return fill;
  return `${fill}\n  for (int c = 0; c < ${marked}; c++) y[${kept} + c] = isnan(x[${p}_marked[c]]) ? 1 : 0;`;
}

function scaleShiftBody({ outputs, clip }: ScaleShiftPart, p: string): string {
  const value = `x[c] * ${p}_factor[c] + ${p}_offset[c]`;
  if (!clip) return `  for (int c = 0; c < ${outputs}; c++) y[c] = ${value};`;
  const [low, high] = [`${p}_clip_low`, `${p}_clip_high`];
  return `  for (int c = 0; c < ${outputs}; c++) {
    double value = ${value};
    y[c] = value < ${low} ? ${low} : value > ${high} ? ${high} : value;
  }`;
}

const ADDED = {
  l1: 'size += fabs(x[c]);',
  l2: 'size += x[c] * x[c];',
  max: 'if (fabs(x[c]) > size) size = fabs(x[c]);',
};

/** Where the squares overflow, they are summed in a unit, a power of two, in which they do not. */
function rootOfSquares(count: number): string {
  return `  if (size < INFINITY) {
    size = sqrt(size);
  } else {
    double largest = 0, sum = 0;
    for (int c = 0; c < ${count}; c++) if (fabs(x[c]) > largest) largest = fabs(x[c]);
    int exponent = (int)((bits_of(largest) >> 52) & 0x7ff) - 1023;
    double unit = power_of_two(-(exponent > 1000 ? 1000 : exponent));
    for (int c = 0; c < ${count}; c++) sum += x[c] * unit * (x[c] * unit);
    size = sqrt(sum) / unit;
  }\n`;
}

function normCode({ norm, outputs }: NormPart, p: string): Code {
  const body = `  double size = 0;
  for (int c = 0; c < ${outputs}; c++) ${norm === 'max' ? `{ ${ADDED.max} }` : ADDED[norm]}
${norm === 'l2' ? rootOfSquares(outputs) : ''}  if (size < 10 * DBL_EPSILON) size = 1;
  for (int c = 0; c < ${outputs}; c++) y[c] = x[c] / size;`;
  return functionOf(p, body, norm === 'l2' ? ['powerOfTwo', 'bitsOf'] : []);
}

/** The power of one value, as src/ml/transforms/power-fit.ts computes it. */
function powerCode({ method, outputs }: PowerPart, p: string): Code {
  const isBoxCox = method === 'box-cox';
  const log = isBoxCox ? 'log_of' : 'log1p_of';
  const text = `static double ${p}_box_cox(double log_base, double exponent) {
  return exponent == 0 || log_base == 0 ? log_base : expm1_of(exponent * log_base) / exponent;
}
static double ${p}_changed(double value, double lambda, double reference) {
  double side = reference < 0 ? -1 : 1;
  double exponent = side > 0 ? lambda : 2 - lambda;
  double own = fabs(reference), log_own = ${log}(own), size = side * value;
  if (size < 0) {
    double other = ${p}_box_cox(log1p_of(-size), 2 - exponent) * exp_of(-exponent * log_own);
    return -side * (other + ${p}_box_cox(log_own, -exponent));
  }
  double quotient = (size - own) / (${isBoxCox ? 'own' : '1 + own'});
  double ratio = quotient > -0.5 && quotient < 1 ? log1p_of(quotient) : ${log}(size) - log_own;
  return side * ${p}_box_cox(ratio, exponent);
}`;
  const refuse = isBoxCox ? '    if (x[c] <= 0) return 0;\n' : '';
  const body = `  for (int c = 0; c < ${outputs}; c++) {
${refuse}    y[c] = (${p}_changed(x[c], ${p}_lambda[c], ${p}_reference[c]) - ${p}_shift[c]) / ${p}_scale[c];
  }`;
  const math = ['exp', 'expm1', 'log1p', ...(isBoxCox ? ['log'] : [])];
  const whole = functionOf(p, body, math);
  return { ...whole, text: `${text}\n${whole.text}` };
}
