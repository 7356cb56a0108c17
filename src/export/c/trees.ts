/** Forests and boosted trees in C. */
import type { BoostedPart, BoostedValuePart, ForestPart, ForestValuePart, TreeTable } from '../plan.js';
import { HEAD } from './scores.js';
import type { Code } from './transforms.js';

/** The leaf that a sample falls into. Values are rounded to float first, where the thresholds are. */
function walkText({ singles, missingLeft, rule }: TreeTable): string {
  const missing = missingLeft ? 'isnan(value) ? last_trees_missingLeft[at] : ' : '';
  const value = singles
    ? 'float value = (float)x[last_trees_feature[at]];'
    : 'double value = x[last_trees_feature[at]];';
  const threshold = singles ? '(float)last_trees_threshold[at]' : 'last_trees_threshold[at]';
  return `static int leaf_of(int at, const double *x) {
  while (last_trees_feature[at] >= 0) {
    ${value}
    int left = ${missing}value ${rule} ${threshold};
    at = left ? last_trees_left[at] : last_trees_right[at];
  }
  return at;
}`;
}

/** Refuses values that are infinite as a float. */
function sizeText({ singles }: TreeTable, inputs: number): string {
  if (!singles) return '';
  return `  for (int j = 0; j < ${inputs}; j++) if (fabs(x[j]) >= 0x1.ffffffp+127) return -1;\n`;
}

export function forestCode({ trees, inputs, classes }: ForestPart): Code {
  const count = trees.roots.length;
  return {
    text: `${walkText(trees)}
${HEAD}
${sizeText(trees, inputs)}  for (int c = 0; c < ${classes}; c++) out[c] = 0;
  for (int t = 0; t < ${count}; t++) {
    const double *shares = last_shares + (size_t)last_leaf[leaf_of(last_trees_roots[t], x)] * ${classes};
    for (int c = 0; c < ${classes}; c++) out[c] += shares[c];
  }
  for (int c = 0; c < ${classes}; c++) out[c] /= ${count};
  return largest_of(out, ${classes});
}`,
    math: [],
  };
}

/** Sigmoid and softmax in float, as XGBoost rounds them. */
const SINGLE_SIGMOID = `  float odds = -margins[0] < 88.7f ? -margins[0] : 88.7f;
  float p = 1.0f / ((float)exp_of(odds) + 1.0f);
  out[0] = 1.0f - p;
  out[1] = p;`;

function singleSoftmax(classes: number): string {
  return `  float largest = -INFINITY, sum;
  double total = 0;
  for (int c = 0; c < ${classes}; c++) if (margins[c] > largest) largest = margins[c];
  for (int c = 0; c < ${classes}; c++) {
    margins[c] = (float)exp_of(margins[c] - largest);
    total += margins[c];
  }
  sum = (float)total;
  for (int c = 0; c < ${classes}; c++) out[c] = margins[c] / sum;`;
}

export function boostedCode({ trees, inputs, outputs, classes }: BoostedPart): Code {
  return {
    text: `${walkText(trees)}
${HEAD}
  float margins[${outputs}];
${sizeText(trees, inputs)}  for (int k = 0; k < ${outputs}; k++) margins[k] = (float)last_base;
  for (int t = 0; t < ${trees.roots.length}; t++) {
    margins[t % ${outputs}] += last_value[leaf_of(last_trees_roots[t], x)];
  }
${outputs === 1 ? SINGLE_SIGMOID : singleSoftmax(classes)}
  return largest_of(out, ${classes});
}`,
    math: ['exp'],
  };
}

/** The value is no class, so the function returns 0. */
export function forestValueCode({ trees, inputs }: ForestValuePart): Code {
  const count = trees.roots.length;
  return {
    text: `${walkText(trees)}
${HEAD}
${sizeText(trees, inputs)}  out[0] = 0;
  for (int t = 0; t < ${count}; t++) out[0] += last_leaves[last_leaf[leaf_of(last_trees_roots[t], x)]];
  out[0] /= ${count};
  return 0;
}`,
    math: [],
  };
}

/** As forestValueCode, in float. */
export function boostedValueCode({ trees, inputs, link }: BoostedValuePart): Code {
  return {
    text: `${walkText(trees)}
${HEAD}
${sizeText(trees, inputs)}  float margin = (float)last_base;
  for (int t = 0; t < ${trees.roots.length}; t++) margin += last_value[leaf_of(last_trees_roots[t], x)];
  out[0] = ${link === 'exp' ? '(float)exp_of(margin)' : 'margin'};
  return 0;
}`,
    math: link === 'exp' ? ['exp'] : [],
  };
}
