/** `--to xgboost`: the model file of XGBoost in JSON, for XGBClassifier behind selections and imputers. */
import type { Matrix } from '../../base/dataset.js';
import { evaluatePlan } from '../evaluate/plan.js';
import { askPython, findPython } from '../python.js';
import { plainPlan } from '../refusal.js';
import type { Runner, WrittenFile, Writer } from '../writer.js';
import { foldedTrees } from './fold.js';
import { hasPlainNames, modelJson } from './json.js';
import { readModelJson } from './reader.js';

const SCRIPT = `
import xgboost
booster = xgboost.Booster({"nthread": 1})
booster.load_model(sys.argv[1])
p = booster.predict(xgboost.DMatrix(x, feature_names=booster.feature_names or None))
probabilities = numpy.stack([1 - p, p], axis=1) if p.ndim == 1 else p
labels = (p > 0.5) if p.ndim == 1 else p.argmax(axis=1)
`;

const xgboost: Runner = {
  name: 'xgboost',
  version: () => findPython('xgboost')?.version,
  run: (folder, [{ name }], x) => askPython(findPython('xgboost')!, folder, SCRIPT, x, [name]),
};

const own: Runner = {
  name: 'spt',
  version: () => 'its own evaluator of the file; no xgboost was at hand',
  run: (_folder: string, [{ bytes }]: readonly WrittenFile[], x: Matrix) =>
    evaluatePlan({ transforms: [], last: readModelJson(Buffer.from(bytes).toString('utf8')) }, x),
};

const UNNAMED =
  'The file has no names of features, because xgboost takes no empty or equal names and none with [, ] or <. It ' +
  'knows the features by their order in the table of the search.';

const UNCOVERED =
  'The file has no gains and no covers, so importances and SHAP values of xgboost mean nothing. spt explain and ' +
  'spt predict --explain have them.';

export const xgboostJson: Writer = {
  to: 'xgboost',
  extension: '.json',
  what: 'a model file of XGBoost in JSON',
  files: (plan, about) => {
    const trees = foldedTrees(plainPlan(plan, 'xgboost'));
    const text = modelJson(trees, plan.features, plan.classes, about);
    return [{ name: about.file, bytes: Buffer.from(text) }];
  },
  notes: ({ features }) => (hasPlainNames(features) ? [UNCOVERED] : [UNNAMED, UNCOVERED]),
  runners: [xgboost, own],
};
