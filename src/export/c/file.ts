/** A model as one file of C99: its tables, its functions, and a self-test. */
import { isMixture, pipelinesOf, type AnyPlan } from '../plan.js';
import { rowMajor } from '../row-major.js';
import type { About } from '../writer.js';
import { mathText } from './math.js';
import { mixtureCode } from './mixture.js';
import { outputsOf, pipelineCode, type Outputs } from './pipeline.js';
import { commentWord, cString, table } from './text.js';

/** The numbers that an answer of classes may have. */
type ClassNumbers = 'probabilities' | 'decisions';

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

function selfTest({ examples: { x, answers } }: About, { are, count }: Outputs, features: number): string {
  const said = answers.values
    ? `printf("${x.rows} rows: largest difference of values %g\\n", largest);`
    : `printf("${x.rows} rows: %d labels differ, largest difference %g\\n", wrong, largest);`;
  return `/* cc -std=c99 -O2 -DSPT_SELF_TEST FILE.c -lm && ./a.out */
#ifdef SPT_SELF_TEST
#include <stdio.h>
${table('test_rows', rowMajor(x))}
${table('test_labels', answers.labels ?? new Int32Array(x.rows))}
${table('test_out', answers.values ?? answers[are as ClassNumbers]!)}
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
  ${said}
  return wrong == 0 && largest <= 1e-9 ? 0 : 1;
}
#endif`;
}

function headText(plan: AnyPlan, about: About, { count, are }: Outputs): string {
  const { features, classes } = plan;
  const [version, config, digest] = [about.spt, about.config, about.digest].map(commentWord);
  const missing = pipelinesOf(plan).every(({ transforms, last }) => (transforms[0] ?? last).missing);
  return `/*
 * A model of spt ${version}: the config ${config}, digest ${digest}.
 *
 * int spt_predict(const double *x, double *out);
 *
 * x     ${features.length} values: the features of one sample, in the order of spt_features.
 *       ${missing ? 'NAN is a missing value.' : 'No value may be missing.'}
${plan.levels ? LEVELS : ''} * out   ${count} ${count === 1 ? 'value' : 'values'}: ${meaningOf({ count, are })}.
 * It returns ${returnedOf(classes)}. It returns -1 for a sample that
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
};${levelsText(plan)}${classesText(classes)}`;
}

/** How a category is given. */
const LEVELS = ` *       A category of feature J is the place of its level in spt_levels_J. Any other level is the
 *       number of levels there.
`;

/** The levels of each feature of categories. */
function levelsText({ levels = [] }: AnyPlan): string {
  const texts = levels.map((own, j) =>
    own === null
      ? ''
      : `

extern const char *const spt_levels_${j}[${own.length}];
const char *const spt_levels_${j}[${own.length}] = {
${own.map(level => `  ${cString(level)},`).join('\n')}
};`,
  );
  return texts.join('');
}

/** What the values of `out` are. gcc.ts reads it. */
function meaningOf({ count, are }: Outputs): string {
  if (are === 'values') return 'the prediction';
  if (are === 'probabilities') return 'the probability of each class, in the order of spt_classes';
  return count === 1
    ? 'the decision, which is above 0 for class 1'
    : 'the decision of each class, in the order of spt_classes';
}

function returnedOf({ length }: readonly string[]): string {
  return length === 0 ? '0' : `the class, from 0 to ${length - 1}: its name is spt_classes[class]`;
}

/** The names of the classes; nothing where the model gives values. */
function classesText(classes: readonly string[]): string {
  if (classes.length === 0) return '';
  return `

extern const char *const spt_classes[${classes.length}];
const char *const spt_classes[${classes.length}] = {
${classes.map(name => `  ${cString(name)},`).join('\n')}
};`;
}

/** What the file gives for a sample. */
function outputsOfPlan(plan: AnyPlan): Outputs {
  return isMixture(plan) ? { count: plan.classes.length, are: 'probabilities' } : outputsOf(plan);
}

/** The text of the file. */
export function fileText(plan: AnyPlan, about: About): string {
  const outputs = outputsOfPlan(plan);
  const { text, math } = isMixture(plan) ? mixtureCode(plan) : pipelineCode(plan, 'int spt_predict');
  const sections = [
    headText(plan, about, outputs),
    mathText([...math]),
    text.includes('largest_of(') ? LARGEST : '',
    TAKES,
    text,
    selfTest(about, outputs, plan.features.length),
  ];
  return `${sections.filter(section => section !== '').join('\n\n')}\n`;
}
