import { createRequire } from 'node:module';
import type { Matrix } from '../../base/dataset.js';
import { Failure, InputError } from '../../base/errors.js';
import { checkNewData, checkProblem, refuseWeights } from '../checks.js';
import { codesOfProba } from '../algebra/matrix.js';
import { codingOf } from '../targets/coding.js';
import type { Classifier } from '../types.js';
import { firstDifference, type Engine } from './engine.js';

/**
 * The npm package ml-xgboost behind XGBClassifier: XGBoost 0.7 compiled to WebAssembly by Emscripten. All of its
 * arithmetic, exp and log included, is inside that module, so its models are the same bits everywhere.
 *
 * The package needs care in five places:
 * - It loads asynchronously, so `loadMlXgboost` has to be awaited before a fit or a prediction.
 * - While it loads, it tries fetch, fails and prints that, and it adds a listener to uncaughtException. Both are
 *   undone here.
 * - It takes -1 for a missing value and aborts on NaN. So NaN becomes -1, and a real -1 becomes the next f32 towards
 *   zero.
 * - It passes the matrix on a stack of 5 MiB, and crashes past the end of that stack.
 * - It frees memory only by free(). So a model lives as its own bytes, and is in the module only while it is used.
 */

/** The parameters of XGBClassifier that this engine looks at. */
export interface MlXgboostParameters {
  n_estimators: number;
  learning_rate: number;
  max_depth: number;
  max_leaves: number;
  max_bin: number;
  grow_policy: string;
  tree_method: string;
  gamma: number;
  min_child_weight: number;
  max_delta_step: number;
  subsample: number;
  colsample_bytree: number;
  colsample_bylevel: number;
  colsample_bynode: number;
  reg_alpha: number;
  reg_lambda: number;
  scale_pos_weight: number;
  base_score: number;
  early_stopping_rounds: number | null;
}

interface Booster {
  train(x: number[][], y: number[]): void;
  predict(x: number[][]): (number | number[])[];
  toJSON(): { model: number[] };
  free(): void;
}

interface XgboostModule {
  new (options: object): Booster;
  load(model: { name: 'ml-xgboost'; model: number[]; options: object }): Booster;
}

const STACK_BYTES = 4.75 * 1024 * 1024;
/** The f32 next to -1 towards zero. */
const ALMOST_MISSING = -1 + 1 / 16777216;

let xgboost: XgboostModule | undefined;
let loading: Promise<void> | undefined;

/** Loads the package; needed once in each thread before the engine is used. */
export function loadMlXgboost(): Promise<void> {
  loading ??= requireQuietly().then(loaded => {
    xgboost = loaded;
  });
  return loading;
}

/** Requires the package without fetch and without a console, and removes the listener that it leaves. */
function requireQuietly(): Promise<XgboostModule> {
  const webAssembly = Reflect.get(globalThis, 'WebAssembly') as { instantiateStreaming?: unknown };
  const { instantiateStreaming } = webAssembly;
  const { log, warn } = console;
  const listeners = new Set(process.listeners('uncaughtException'));
  const silence = (): void => {};
  try {
    webAssembly.instantiateStreaming = undefined;
    Object.assign(console, { log: silence, warn: silence });
    return createRequire(import.meta.url)('ml-xgboost') as Promise<XgboostModule>;
  } finally {
    webAssembly.instantiateStreaming = instantiateStreaming;
    Object.assign(console, { log, warn });
    for (const listener of process.listeners('uncaughtException')) {
      if (!listeners.has(listener)) process.removeListener('uncaughtException', listener);
    }
  }
}

function loadedModule(): XgboostModule {
  if (xgboost) return xgboost;
  throw new Failure(
    'engine-not-loaded',
    'ml-xgboost was used before it was loaded',
    'Await `ready` before the fit.',
  );
}

type XgbDocument = { classes: number; features: number; booster: Uint8Array };

export const mlXgboost: Engine<MlXgboostParameters> = {
  refuses: params =>
    params.max_depth === 0
      ? ['max_depth', 'grows trees to a depth of at least 1']
      : firstDifference(params, { colsample_bynode: 1, early_stopping_rounds: null }),

  fit(problem, params, { rng }) {
    const { x, y, classes } = problem;
    checkProblem(problem, { missing: true });
    refuseWeights(problem);
    if (x.data.length * 4 + y.length * 4 > STACK_BYTES) {
      throw new InputError(
        'too-large',
        `${x.rows} x ${x.columns} values are too many for engine ml-xgboost`,
        {
          expected: `at most ${Math.floor(STACK_BYTES / 4)} values`,
          hint: 'Use another engine.',
        },
      );
    }
    const booster = new (loadedModule())(boosterOptions(params, classes, rng.uint32() >>> 1));
    try {
      booster.train(rowsFor(x), Array.from(y));
      return boosterModel({ classes, features: x.columns, booster: Uint8Array.from(booster.toJSON().model) });
    } finally {
      booster.free();
    }
  },

  load: document => boosterModel(document as XgbDocument),
};

function boosterOptions(params: MlXgboostParameters, classes: number, seed: number): object {
  const objective = codingOf(classes).binary
    ? { objective: 'binary:logistic' }
    : { objective: 'multi:softprob', num_class: classes };
  return {
    ...objective,
    booster: 'gbtree',
    iterations: params.n_estimators,
    eta: params.learning_rate,
    max_depth: params.max_depth,
    max_leaves: params.max_leaves,
    max_bin: params.max_bin,
    grow_policy: params.grow_policy,
    tree_method: params.tree_method === 'auto' ? 'exact' : params.tree_method,
    gamma: params.gamma,
    min_child_weight: params.min_child_weight,
    max_delta_step: params.max_delta_step,
    subsample: params.subsample,
    colsample_bytree: params.colsample_bytree,
    colsample_bylevel: params.colsample_bylevel,
    alpha: params.reg_alpha,
    lambda: params.reg_lambda,
    scale_pos_weight: params.scale_pos_weight,
    base_score: params.base_score,
    seed,
    silent: 1,
  };
}

/** The rows, with NaN and -1 as the package needs them. */
function rowsFor(x: Matrix): number[][] {
  return Array.from({ length: x.rows }, (_, i) =>
    Array.from({ length: x.columns }, (_, j) => {
      const value = Math.fround(x.data[j * x.rows + i]);
      if (Number.isNaN(value)) return -1;
      return value === -1 ? ALMOST_MISSING : value;
    }),
  );
}

function boosterModel(document: XgbDocument): Classifier {
  const { classes, features } = document;
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features, { missing: true });
    const booster = loadedModule().load({
      name: 'ml-xgboost',
      model: Array.from(document.booster),
      options: {},
    });
    try {
      return probabilities(x.rows === 0 ? [] : booster.predict(rowsFor(x)), classes);
    } finally {
      booster.free();
    }
  };
  return {
    classes,
    proba,
    singles: true,
    predict: x => codesOfProba(proba(x), classes),
    // The package gives only the bytes of its trees.
    size: () => ({ features, bytes: document.booster.length }),
    serialize: () => document,
  };
}

/** m x k probabilities in f32. For two classes, the package gives only those of class 1. */
function probabilities(predicted: (number | number[])[], classes: number): Float64Array {
  const filled = new Float64Array(predicted.length * classes);
  predicted.forEach((given, i) => {
    const row = typeof given === 'number' ? [1 - given, given] : given;
    row.forEach((value, c) => (filled[i * classes + c] = Math.fround(value)));
  });
  return filled;
}
