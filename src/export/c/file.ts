/** A model as one file of C99: its tables, its functions, and a self-test. */
import type { ExportPlan, LastPart, TransformPart } from '../plan.js';
import { flatten, type FlatArray } from '../flat.js';
import type { About } from '../writer.js';
import { machineCode } from './machine.js';
import { mathText } from './math.js';
import { neighborsCode, networkCode } from './network.js';
import { gaussianCode, linearCode } from './scores.js';
import { commentWord, cString, hexFloat, table } from './text.js';
import { transformCode, type Code } from './transforms.js';
import { boostedCode, forestCode } from './trees.js';

function lastCode(part: LastPart): Code {
  switch (part.kind) {
    case 'linear':
      return linearCode(part);
    case 'machine':
      return machineCode(part);
    case 'forest':
      return forestCode(part);
    case 'boosted':
      return boostedCode(part);
    case 'network':
      return networkCode(part);
    case 'neighbors':
      return neighborsCode(part);
    case 'gaussian':
      return gaussianCode(part);
  }
}

/** How many numbers `spt_predict` writes: a probability for each class, or the decisions where there are none. */
function outputsOf({ last, classes }: ExportPlan): {
  count: number;
  are: 'probabilities' | 'decisions';
} {
  const hasProbabilities =
    last.kind === 'linear'
      ? last.link !== 'none'
      : last.kind !== 'machine' || last.pairs.every(({ curve }) => curve);
  if (hasProbabilities) return { count: classes.length, are: 'probabilities' };
  return { count: classes.length === 2 ? 1 : classes.length, are: 'decisions' };
}

const constant = (value: string | number): string => {
  if (typeof value === 'string') return cString(value);
  const text = Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? String(value) : hexFloat(value);
  return text.startsWith('-') ? `(${text})` : text;
};

/** The values of a part under names that begin with `p`, and its function. Tables that it does not read are absent. */
function partText(part: TransformPart | LastPart, p: string, { text }: Code): string {
  const values = [...flatten(part)];
  const defines = values
    .filter((one): one is [string, string | number] => typeof one[1] !== 'object')
    .map(([name, value]) => `#define ${p}_${name} ${constant(value)}`);
  const tables = values
    .filter((one): one is [string, FlatArray] => typeof one[1] === 'object')
    .filter(([name]) => new RegExp(`\\b${p}_${name}\\b`).test(text))
    .map(([name, array]) => table(`${p}_${name}`, array));
  return [`/* ---- ${part.step} ---- */`, ...defines, ...tables, text].join('\n');
}

const LARGEST = `/* The place of the largest of k values, the first among equals. */
static int largest_of(const double *v, int k) {
  int best = 0;
  for (int c = 1; c < k; c++) if (v[c] > v[best]) best = c;
  return best;
}`;

const TAKES = `/* Whether a step takes these values: no infinite ones, and missing ones only where it says so. */
static int takes(const double *x, int count, int missing) {
  for (int j = 0; j < count; j++) if (isinf(x[j]) || (!missing && isnan(x[j]))) return 0;
  return 1;
}`;

/** The function that the user calls: the parts in their order. */
function predictText({ transforms, last, features }: ExportPlan, outputs: number): string {
  const widest = Math.max(features.length, ...transforms.map(part => part.outputs));
  const lines: string[] = [];
  let from = 'x';
  transforms.forEach((part, at) => {
    const to = at % 2 === 0 ? 'a' : 'b';
    lines.push(
      `  if (!takes(${from}, ${part.inputs}, ${Number(part.missing)}) || !t${at}(${from}, ${to})) return -1;`,
    );
    from = to;
  });
  lines.push(`  if (!takes(${from}, ${last.inputs}, ${Number(last.missing)})) return -1;`);
  const buffers = ['a', 'b'].slice(0, transforms.length).map(name => `${name}[${widest}]`);
  return `int spt_predict(const double *x, double *out) {
${buffers.length > 0 ? `  double ${buffers.join(', ')};\n` : ''}${lines.join('\n')}
  int label = last(${from}, out);
  if (label < 0) return -1;
  for (int k = 0; k < ${outputs}; k++) if (isnan(out[k])) return -1;
  return label;
}`;
}

function selfTest(
  { examples: { x, answers } }: About,
  { are, count }: ReturnType<typeof outputsOf>,
  features: number,
): string {
  const rows = Float64Array.from({ length: x.rows * x.columns }, (_, at) => {
    return x.data[(at % x.columns) * x.rows + Math.floor(at / x.columns)];
  });
  return `/* cc -std=c99 -O2 -DSPT_SELF_TEST FILE.c -lm && ./a.out */
#ifdef SPT_SELF_TEST
#include <stdio.h>
${table('test_rows', rows)}
${table('test_labels', answers.labels)}
${table('test_out', answers[are]!)}
int main(void) {
  int wrong = 0;
  double largest = 0;
  for (int i = 0; i < ${x.rows}; i++) {
    double out[${count}];
    if (spt_predict(test_rows + (size_t)i * ${features}, out) != test_labels[i]) wrong++;
    for (int k = 0; k < ${count}; k++) {
      double expected = test_out[(size_t)i * ${count} + k];
      double size = fabs(expected) > 1 ? fabs(expected) : 1;
      double difference = out[k] == expected ? 0 : fabs(out[k] - expected) / size;
      if (!(difference <= largest)) largest = difference;
    }
  }
  printf("${x.rows} rows: %d labels differ, largest difference %g\\n", wrong, largest);
  return wrong == 0 && largest <= 1e-9 ? 0 : 1;
}
#endif`;
}

function headText(plan: ExportPlan, about: About, { count, are }: ReturnType<typeof outputsOf>): string {
  const { features, classes } = plan;
  const most = classes.length - 1;
  const [version, config, digest] = [about.spt, about.config, about.digest].map(commentWord);
  const missing = plan.transforms[0]?.missing ?? plan.last.missing;
  const values =
    are === 'probabilities'
      ? 'the probability of each class, in the order of spt_classes'
      : count === 1
        ? 'the decision, which is above 0 for class 1'
        : 'the decision of each class, in the order of spt_classes';
  return `/*
 * A model of spt ${version}: the config ${config}, digest ${digest}.
 *
 * int spt_predict(const double *x, double *out);
 *
 * x     ${features.length} values: the features of one sample, in the order of spt_features.
 *       ${missing ? 'NAN is a missing value.' : 'No value may be missing.'}
 * out   ${count} ${count === 1 ? 'value' : 'values'}: ${values}.
 * It returns the class, from 0 to ${most}: its name is spt_classes[class]. It returns -1 for a sample that
 * the model has no answer for: a value is infinite or too large, or missing where no step takes that.
 *
 * It needs C99 and -lm, keeps no state, and may run in many threads. Values of double and float are IEEE 754, and
 * products and sums must not be fused (-ffp-contract=off, which -std=c99 implies in gcc).
 */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "This file needs exact arithmetic and missing values: compile it without -ffast-math."
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

int spt_predict(const double *x, double *out);

extern const char *const spt_features[${features.length}];
const char *const spt_features[${features.length}] = {
${features.map(name => `  ${cString(name)},`).join('\n')}
};

extern const char *const spt_classes[${classes.length}];
const char *const spt_classes[${classes.length}] = {
${classes.map(name => `  ${cString(name)},`).join('\n')}
};`;
}

/** The text of the file. */
export function fileText(plan: ExportPlan, about: About): string {
  const outputs = outputsOf(plan);
  const codes = plan.transforms.map((part, at) => transformCode(part, `t${at}`));
  const own = lastCode(plan.last);
  const parts = [
    ...plan.transforms.map((part, at) => partText(part, `t${at}`, codes[at])),
    partText(plan.last, 'last', own),
  ];
  const sections = [
    headText(plan, about, outputs),
    mathText([...codes, own].flatMap(({ math }) => math)),
    own.text.includes('largest_of(') ? LARGEST : '',
    TAKES,
    ...parts,
    predictText(plan, outputs.count),
    selfTest(about, outputs, plan.features.length),
  ];
  return `${sections.filter(text => text !== '').join('\n\n')}\n`;
}
