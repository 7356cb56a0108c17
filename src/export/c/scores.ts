/** Linear models and Gaussian naive Bayes in C. `last` writes its values to `out` and returns the class, or -1. */
import { gaussianConstants } from '../evaluate/scores.js';
import type { GaussianPart, LinearPart, LinearValuePart } from '../plan.js';
import { table } from './text.js';
import type { Code } from './transforms.js';

/** The first line of the function of a last part. */
export const HEAD = 'static int last(const double *x, double *out) {';

/** What turns the score, or the scores, of a linear model in `out` into probabilities. */
function linkText(link: LinearPart['link'], classes: number): { text: string; math: string[] } {
  const pair = (score: string, zero: string): string =>
    `  {\n    double score = ${score};\n    out[1] = sigmoid_of(score);\n    out[0] = ${zero};\n  }\n`;
  switch (link) {
    case 'none':
      return { text: '', math: [] };
    case 'sigmoid':
      return { text: pair('out[0]', 'sigmoid_of(-score)'), math: ['sigmoid'] };
    case 'sigmoid-twice':
      return { text: pair('2 * out[0]', 'sigmoid_of(-score)'), math: ['sigmoid'] };
    case 'sigmoid-rest':
      return { text: pair('out[0]', '1 - out[1]'), math: ['sigmoid'] };
    case 'softmax':
      return { text: `  softmax(out, ${classes});\n`, math: ['softmax'] };
    case 'sigmoid-shared':
      return {
        text: `  double total = 0;
  for (int c = 0; c < ${classes}; c++) total += out[c] = sigmoid_of(out[c]);
  for (int c = 0; c < ${classes}; c++) out[c] = total > 0 ? out[c] / total : 1.0 / ${classes};\n`,
        math: ['sigmoid'],
      };
  }
}

export function linearCode({ inputs, intercept, classes, link }: LinearPart): Code {
  const outputs = intercept.length;
  const { text, math } = linkText(link, classes);
  const label = outputs === 1 ? 'out[0] > 0' : `largest_of(out, ${classes})`;
  return {
    text: `${HEAD}
  for (int k = 0; k < ${outputs}; k++) {
    double sum = 0;
    for (int j = 0; j < ${inputs}; j++) sum += x[j] * last_coef[(size_t)k * ${inputs} + j];
    out[k] = sum + last_intercept[k];
  }
  int label = ${label};
${text}  return label;
}`,
    math,
  };
}

/** The value is no class, so the function returns 0. */
export function linearValueCode({ inputs }: LinearValuePart): Code {
  return {
    text: `${HEAD}
  double sum = 0;
  for (int j = 0; j < ${inputs}; j++) sum += x[j] * last_coef[j];
  out[0] = sum + last_intercept;
  return 0;
}`,
    math: [],
  };
}

export function gaussianCode(part: GaussianPart): Code {
  const { inputs, classes } = part;
  return {
    text: `/* The logarithms of the priors and of the normalizers of the densities. */
${table('last_constants', gaussianConstants(part))}
${HEAD}
  for (int c = 0; c < ${classes}; c++) {
    out[c] = last_constants[c];
    for (int j = 0; j < ${inputs} && last_priors[c] > 0; j++) {
      double distance = x[j] * last_unit - last_mean[(size_t)c * ${inputs} + j];
      out[c] -= 0.5 * distance * distance / last_variance[(size_t)c * ${inputs} + j];
    }
  }
  softmax(out, ${classes});
  return largest_of(out, ${classes});
}`,
    math: ['softmax'],
  };
}
