/** Trees of DecisionTreeClassifier, RandomForestClassifier and ExtraTreesClassifier as code of Python. */
import type { ForestPart } from '../plan.js';
import { refusal } from '../refusal.js';
import { argumentsOf } from './parameters.js';
import type { StepCode } from './step-code.js';

/** The class of the trees in a forest. */
const MEMBERS: { [step: string]: string } = {
  RandomForestClassifier: 'DecisionTreeClassifier',
  ExtraTreesClassifier: 'ExtraTreeClassifier',
};

/** Throws InputError `not-exportable` for trees that do not compare numbers of f32, as scikit-learn's do. */
export function forestCode(part: ForestPart, classes: readonly string[]): StepCode {
  const { step, params, trees, leaf, shares } = part;
  if (!trees.singles || trees.rule !== '<=') {
    const why = 'its engine compares values as f64, and scikit-learn rounds them to f32 first';
    throw refusal(step, why, ['c']);
  }
  const { roots, feature, threshold, left } = trees;
  const member = MEMBERS[step];
  const start = {
    className: step,
    args: argumentsOf(step, params, classes),
    // Thresholds are numbers of f32, and the right child follows the left one.
    numbers: {
      roots,
      feature,
      threshold: Float32Array.from(threshold),
      left,
      leaf,
      shares,
    },
    helpers: ['grown'] as const,
  };
  const lines = ['step.classes_ = CLASSES', `step.n_classes_, step.n_outputs_ = ${classes.length}, 1`];
  if (!member) {
    return {
      ...start,
      imports: [`from sklearn.tree import ${step}`],
      lines: [...lines, `step.tree_ = grown(of, ${part.inputs})[0]`],
    };
  }
  return {
    ...start,
    imports: [`from sklearn.ensemble import ${step}`, `from sklearn.tree import ${member}`],
    lines: [
      ...lines,
      'options = {name: getattr(step, name) for name in step.estimator_params}',
      'step.estimators_ = []',
      `for tree in grown(of, ${part.inputs}):`,
      `    member = ${member}(**options)`,
      `    member.tree_, member.n_features_in_ = tree, ${part.inputs}`,
      `    member.classes_ = numpy.arange(${classes.length})`,
      `    member.n_classes_, member.n_outputs_ = ${classes.length}, 1`,
      '    step.estimators_.append(member)',
    ],
  };
}
