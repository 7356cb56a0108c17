/** The configuration against the steps and metrics that really are there, and the search that is shipped. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputErrors, type InputError } from '../../src/base/errors.js';
import { keysOf } from '../../src/config/complaints.js';
import { loadExperiment } from '../../src/config/load.js';
import { registry } from '../../src/ml/registry.js';
import { enumerationOf } from '../../support/configs.js';
import { root } from '../../support/root.js';

const Shipped = suite('the real steps');

/** The errors of a pipeline of that step, written in flow style so that its parameters stand at a known column. */
function errorsOf(step: string, parameters: string): readonly InputError[] {
  const folder = mkdtempSync(join(tmpdir(), 'spt-shipped-'));
  mkdirSync(join(folder, 'configs'));
  const config =
    'data: {features: x.csv, metadata: y.csv}\nindex: a\ntarget: b\nsplits: {all: {where: {}}}\n';
  writeFileSync(join(folder, 'configs', 'config.yaml'), config);
  writeFileSync(join(folder, 'configs', 'pipe_configs.yaml'), `p:\n- ${step}: ${parameters}\n`);
  try {
    loadExperiment(folder);
    return [];
  } catch (error) {
    if (error instanceof InputErrors) return error.errors;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Not of the pipeline as a whole, and not of another parameter that is required. */
const isOfParameter = ({ code }: InputError): boolean => code !== 'no-classifier' && code !== 'missing-key';

Shipped('every parameter of every step refuses nonsense where it stands, and says what it expects', () => {
  let parameters = 0;
  for (const [name, { params }] of registry) {
    for (const parameter of keysOf(params)) {
      parameters++;
      // Any word may be the name of a class.
      if (name === 'DummyClassifier' && parameter === 'constant') continue;
      const errors = errorsOf(name, `{ ${parameter}: nonsense }`).filter(isOfParameter);
      const what = `${name}.${parameter}: ${errors.map(error => error.message).join('; ')}`;
      assert.is(errors.length, 1, what);
      const { place, expected, value } = errors[0].complaint;
      assert.is(value, 'nonsense', what);
      assert.equal(place!.column, 3 + name.length + 2 + 2 + parameter.length + 2, what);
      assert.is(place!.line, 2, what);
      assert.ok(expected, what);
      assert.not.match(expected!, /invalid|undefined|expected/, what);
    }
  }
  assert.ok(parameters > 60, `${parameters} parameters`);
});

Shipped('every step knows its parameters, and refuses others by name', () => {
  for (const name of registry.keys()) {
    const [error] = errorsOf(name, '{ bogus: 1 }').filter(isOfParameter);
    assert.is(error.code, 'unknown-key', name);
    assert.is(error.complaint.place!.column, 3 + name.length + 2 + 2, name);
  }
});

Shipped('the shipped search has six pipelines on two splits, small enough for a first try', () => {
  const experiment = loadExperiment(root);
  assert.equal([...experiment.pipelines.keys()], ['lasso', 'enet', 'svc', 'xgb', 'rf', 'nn']);
  assert.equal([...experiment.splits.keys()], ['train_A1', 'validate_A1', 'train_B2', 'validate_B2']);
  const digests = new Map([
    ['A1', 'a'],
    ['B2', 'b'],
  ]);
  const { total } = enumerationOf(experiment, { splits: ['A1', 'B2'], cv: true, validate: true }, digests);
  assert.ok(total >= 50 && total <= 150, `${total}`);
});

/** A Python that has the peers; undefined where there is none. */
const python = ['python3', '/usr/bin/python3'].find(
  name => spawnSync(name, ['-c', 'import sklearn, xgboost, yaml']).status === 0,
);

(python ? Shipped : Shipped.skip)(
  'scikit-learn runs the shipped pipelines as they are (skipped where Python lacks scikit-learn, xgboost or PyYAML)',
  () => {
    const script = join(root, 'test', 'fixtures', 'run_shipped.py');
    const env: NodeJS.ProcessEnv = { ...process.env, OMP_NUM_THREADS: '1' };
    delete env.OPENBLAS_CORETYPE;
    delete env.OPENBLAS_L2_SIZE;
    const { status, stdout, stderr } = spawnSync(python!, [script, root], { encoding: 'utf8', env });
    assert.is(status, 0, stderr);
    const fitted = stdout
      .trim()
      .split('\n')
      .map(line => line.split(' ')[0]);
    assert.equal([...new Set(fitted)], [...loadExperiment(root).pipelines.keys()]);
  },
);

Shipped.run();
