/**
 * The parameters of every step beside those of its peer: names, defaults, and which values are taken, 1 and 1.0 apart.
 * Every difference has its reason here.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../src/base/config.js';
import { keysOf } from '../../src/config/complaints.js';
import { PipelineReader } from '../../src/config/pipeline.js';
import { pipelinesSchema } from '../../src/config/schema.js';
import { parseYaml } from '../../src/config/yaml.js';
import { holdsSteps, traitsOf } from '../../src/ml/definition.js';
import { registry } from '../../src/ml/registry.js';
import { fixture } from '../../support/fixture.js';

interface Parameter {
  default: Json;
  /** Values in YAML that the peer takes, and those that it refuses. */
  taken: string[];
  refused: string[];
}
interface Fixture {
  steps: { [step: string]: { base: { [name: string]: Json }; parameters: { [name: string]: Parameter } } };
}
const { steps }: Fixture = fixture('parameters');

/** A difference, `step parameter` or `step parameter value`, and why it is there. */
type Reason = [difference: RegExp, why: string];

const MISSING_HERE: Reason[] = [
  [
    /^(\w+Imputer|MissingIndicator) missing_values$|^XGB(Classifier|Regressor) missing$/,
    'config.yaml says which cells are missing',
  ],
  [
    /^SimpleImputer verbose$|^RobustScaler unit_variance$/,
    'the peer is about to drop the one; the other is to come',
  ],
  [/ dtype$/, 'all features are f64'],
  [/^AdaBoostClassifier (base_)?estimator$/, 'the trees are decision trees, and max_depth says how deep'],
];

const EXTRA_HERE: Reason[] = [
  [/ engine$/, 'which implementation trains'],
  [
    /^Select(KBest|Percentile) random_state$/,
    'the peer has it in mutual_info_classif, which is a function there',
  ],
  [/^XGBRegressor (huber_slope|quantile_alpha)$/, 'the peer takes them beside those of its signature'],
  [/^XGB(Classifier|Regressor) validation_fraction$/, 'the peer is given the held-out samples themselves'],
  [/^AdaBoostClassifier max_depth$/, 'the peer has it in its `estimator`'],
];

const OTHER_DEFAULT: Reason[] = [
  [/^OrdinalEncoder encoded_missing_value /, 'YAML has no numpy.nan, so the word nan stands for it'],
  [/^IterativeImputer (min|max)_value /, 'null is no limit'],
  [/^KBinsDiscretizer subsample /, "the peer's `warn` is null with a warning"],
  [
    /^(RandomForest|ExtraTrees)Regressor max_features /,
    'the share of all, which is 1.0 there; JSON has one number 1',
  ],
  [/^(Bernoulli|Multinomial)NB force_alpha true/, 'the peer warns of the default that it is about to have'],
];

const TAKEN_HERE_ONLY: Reason[] = [
  [/ -?\d+\.0$/, 'a whole number may be written with a point where it can mean nothing else'],
  [/^MLP(Class|Regress)\w+ random_state -1$/, 'any whole number seeds'],
  [/^XGBClassifier objective multi:softprob$/, 'the peer refuses it for two classes and takes it for three'],
  [
    /^XGB(Classifier|Regressor) max_depth 0$/,
    'the peer finds splits exactly in a table of this size, and that needs a depth',
  ],
  [/^XGB(Classifier|Regressor) early_stopping_rounds /, 'the peer has to be given the held-out samples'],
];

const BOOLEANS =
  'copy|add_indicator|keep_empty_features|with_mean|with_std|clip|with_centering|with_scaling|unit_variance|' +
  'standardize|' +
  'whiten|dual|fit_intercept|warm_start|shrinking|probability|break_ties|bootstrap|oob_score|shuffle|' +
  'nesterovs_momentum|early_stopping|store_covariance|copy_X|positive|precompute|sparse|sparse_output|' +
  'error_on_new|interaction_only|include_bias|ignore_implicit_zeros|skip_complete|force_alpha|fit_prior';

const REFUSED_HERE_ONLY: Reason[] = [
  [/ (true|false)$/, 'Python has true as 1 and false as 0; here a number is a number'],
  [
    new RegExp(` (${BOOLEANS}) (-1|0|1|2)$`),
    'the peer takes numbers for true and false, and is about to stop that',
  ],
  [
    /^XGB(Classifier|Regressor) (use_label_encoder|importance_type|validate_parameters) /,
    'the peer does not look at it',
  ],
  [/^XGB(Classifier|Regressor) enable_categorical /, 'the peer takes what Python holds to be false'],
  [/^(MinMaxScaler feature_range|RobustScaler quantile_range) /, 'the peer refuses it later, in the fit'],
  [/^SimpleImputer fill_value nonsense$/, 'features are numbers'],
  [/^(SelectKBest k|SelectPercentile percentile|PCA n_components) 0(\.0)?$/, 'no feature would be left'],
  [
    /^PCA (n_components mle|svd_solver (arpack|randomized))$/,
    'there is one solver, the exact one, and no guess',
  ],
  [/ (tol|max_iter) 0(\.0)?$/, 'no solver ends within nothing'],
  [/^(Bernoulli|Multinomial)NB force_alpha warn$/, 'the peer says so until it has another default'],
  [/^LinearSVC multi_class crammer_singer$/, 'there is one-versus-rest only'],
  [/^(Lasso|ElasticNet) max_iter null$/, 'the peer fails later, in the fit'],
  [/^LinearSVR epsilon -/, 'the peer takes them, and an error cannot be below 0'],
  [
    /^(Ridge|RidgeClassifier) solver lbfgs$/,
    'the peer takes it in the fit only together with positive: true',
  ],
  [/ (kernel|metric) precomputed$/, 'features are not distances'],
  [/ min_samples_split 1$/, 'neither a share nor enough to split; later versions of the peer refuse it'],
  [/ max_features auto$/, 'later versions of the peer refuse it; sqrt is what it means'],
  [/^XGBClassifier objective /, 'a classifier has probabilities'],
  [/^XGBRegressor (objective binary|eval_metric (logloss|auc|\[))/, 'a regressor learns values'],
  [/^XGBRegressor scale_pos_weight /, 'the peer weighs the samples whose value is 1, which makes no sense'],
  [/^\w+Regressor criterion (absolute_error|poisson)$/, 'there are squared_error and friedman_mse'],
  [/^XGB(Classifier|Regressor) booster (gblinear|dart)$/, 'there are boosted trees only'],
  [/^XGB(Classifier|Regressor) tree_method approx$/, 'there are exact and hist'],
  [/^XGB(Classifier|Regressor) num_parallel_tree 2$/, 'there is one tree a round'],
  [/^XGB(Classifier|Regressor) max_cat_to_onehot -1$/, 'it makes no sense, and there are no categories'],
  [/^XGB(Classifier|Regressor) n_estimators (-1|0)$/, 'nothing would be learned'],
  [
    /^XGB(Classifier|Regressor) (learning_rate|subsample|colsample_\w+|scale_pos_weight) 0(\.0)?$/,
    'nothing would be learned',
  ],
  [/^XGB(Classifier|Regressor) random_state -1$/, 'seeds of trees are not negative'],
  [
    /^XGB(Classifier|Regressor) early_stopping_rounds 0(\.0)?$/,
    'the peer takes it for false; here that is null',
  ],
  [/^MLP(Class|Regress)\w+ validation_fraction 0(\.0)?$/, 'nothing would be held out'],
  [/^KNeighbors(Class|Regress)\w+ (n_neighbors|p) null$/, 'the peer fails later, in the prediction'],
  [/^KNeighbors(Class|Regress)\w+ p 0\.\d+$/, 'it would be no distance'],
  [/^OrdinalEncoder (unknown|encoded_missing)_value -?\d\.5$/, 'the peer takes any float where it means nan'],
  [/^OrdinalEncoder handle_unknown error$/, 'the peer refuses it later, in the fit, beside an unknown_value'],
  [/^OrdinalEncoder unknown_value null$/, 'the peer refuses it later, in the fit'],
  [/^KBinsDiscretizer subsample warn$/, 'null is what it means'],
  [/^PolynomialFeatures degree \[3, 2\]$/, 'the peer refuses it later, in the fit'],
  [/^QuantileTransformer subsample [12]$/, 'the peer refuses fewer samples than quantiles later, in the fit'],
  [/^KNeighbors(Class|Regress)\w+ metric /, 'the metrics here are those of Minkowski'],
  [/^KNNImputer weights null$/, 'the peer hides that it takes it; uniform is what it means'],
  [/^IterativeImputer sample_posterior -?\d$/, 'values are means'],
  [/^IterativeImputer n_nearest_features \d+$/, 'all features are used'],
];

/** Every difference has a reason, and every reason a difference. */
function explained(differences: string[], reasons: Reason[]): void {
  const without = differences.filter(one => !reasons.some(([pattern]) => pattern.test(one)));
  assert.equal(without, [], 'differences without a reason');
  const idle = reasons.filter(([pattern]) => !differences.some(one => pattern.test(one)));
  assert.equal(idle.map(String), [], 'reasons without a difference');
}

const Parameters = suite('parameters');

Parameters('every parameter of the peers is known, and no other', () => {
  // test/ml/compose has the parameters of steps that hold steps.
  const own = [...registry.values()].filter(({ params }) => !holdsSteps(params)).map(({ name }) => name);
  assert.equal(Object.keys(steps).sort(), own.sort());
  const missing: string[] = [];
  const extra: string[] = [];
  for (const [step, { parameters }] of Object.entries(steps)) {
    const [own, peer] = [keysOf(registry.get(step)!.params), Object.keys(parameters)];
    missing.push(...peer.filter(name => !own.includes(name)).map(name => `${step} ${name}`));
    extra.push(...own.filter(name => !peer.includes(name)).map(name => `${step} ${name}`));
  }
  explained(missing, MISSING_HERE);
  explained(extra, EXTRA_HERE);
});

Parameters('every default is the one of the peer', () => {
  const differences: string[] = [];
  for (const [step, { parameters }] of Object.entries(steps)) {
    const own = registry.get(step)!.params.parse({}) as { [name: string]: Json };
    for (const [name, { default: value }] of Object.entries(parameters)) {
      if (!(name in own) || JSON.stringify(own[name]) === JSON.stringify(value)) continue;
      differences.push(`${step} ${name} ${JSON.stringify(own[name])}, peer ${JSON.stringify(value)}`);
    }
  }
  explained(differences, OTHER_DEFAULT);
});

/** Whether a value, as it is written, is taken for a parameter. */
function takes(step: string, name: string, text: string): boolean {
  const kind = registry.get(step)!;
  const base = Object.entries(steps[step].base).filter(([other]) => other !== name);
  const written = [...base.map(([other, value]) => `${other}: [${value}]`), `${name}: [${text}]`];
  const rest = kind.kind === 'transform' ? ', GaussianNB' : '';
  const file = parseYaml('p', `p: [${step}: { ${written.join(', ')} }${rest}]\n`);
  const reader = new PipelineReader({ file, registry, seed: 0, needsProbabilities: false }, 'p');
  return reader.read(pipelinesSchema.parse(file.value).p) !== undefined;
}

Parameters('every value is taken that the peer takes, and every other refused', () => {
  const here: string[] = [];
  const there: string[] = [];
  for (const [step, { parameters }] of Object.entries(steps)) {
    const own = keysOf(registry.get(step)!.params);
    for (const [name, { taken, refused }] of Object.entries(parameters)) {
      if (!own.includes(name)) continue;
      here.push(...refused.filter(text => takes(step, name, text)).map(text => `${step} ${name} ${text}`));
      there.push(...taken.filter(text => !takes(step, name, text)).map(text => `${step} ${name} ${text}`));
    }
  }
  explained(here, TAKEN_HERE_ONLY);
  explained(there, REFUSED_HERE_ONLY);
});

Parameters('1 and 1.0 are two values wherever the peer tells them apart by more than refusing one', () => {
  const apart = Object.entries(steps).flatMap(([step, { parameters }]) =>
    Object.entries(parameters)
      // A whole number and a share below 1 are taken, and a fraction above it is not.
      .filter(([, { taken }]) => taken.includes('2') && taken.includes('0.5') && !taken.includes('1.5'))
      .map(([name]) => `${step} ${name}`),
  );
  assert.ok(apart.length > 10, `${apart.length}`);
  const own = [...registry].flatMap(([step, { params }]) =>
    (holdsSteps(params) ? [] : keysOf(params))
      .filter(name => traitsOf(params, name).countOrShare)
      .map(name => `${step} ${name}`),
  );
  assert.equal(own.sort(), apart.sort());
});

Parameters.run();
