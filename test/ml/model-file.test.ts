/** Model files: what is written is read back, old files are read, and what cannot be trusted is refused. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { numberColumns, type SplitData } from '../../src/base/dataset.js';
import { InputError } from '../../src/base/errors.js';
import { countOutside, predictionsOf } from '../../src/ml/apply.js';
import { ready, refit } from '../../src/ml/evaluate.js';
import type { ModelColumn } from '../../src/ml/model-columns.js';
import { modelOf, modelText, readModel, type Model } from '../../src/ml/model-file.js';
import { fromRows } from '../../src/ml/algebra/matrix.js';
import { slopes, splitOfValues } from '../../support/datasets.js';
import { makeConfig } from '../../support/log-helpers.js';
import { root } from '../../support/root.js';
import { saidOfClasses } from '../../support/tasks.js';

const Files = suite('model files');

const folder = join(root, 'test/fixtures/models');
const versions = ['0.1.0', '0.2.0', '0.3.0', '0.5.0'];

const rows = readFileSync(join(folder, 'features.csv'), 'utf8').trim().split('\n').slice(1);
const x = fromRows(rows.map(row => row.split(',').slice(1).map(Number)));
const names = ['height', 'weight', 'noise', 'width'];
const data: SplitData = {
  columns: numberColumns(names),
  target: { kind: 'classes', names: ['well', 'sick'] },
  train: {
    index: rows.map(row => row.split(',')[0]),
    x,
    target: { kind: 'classes', codes: Int32Array.from(rows, (_, i) => i % 2), k: 2 },
  },
};

async function someModel(): Promise<Model> {
  const config = makeConfig(1, {
    steps: [{ SimpleImputer: {} }, { StandardScaler: {} }, { LogisticRegression: { penalty: 'l1' } }],
  });
  await ready(config.steps);
  const table = { index: 'Run', orientation: 'samples' as const, missing: ['', 'NA'] };
  return modelOf(config, data, refit(config, data), { versions: { spt: '9.9.9' }, table });
}

const versionIn = (model: Model): number => JSON.parse(modelText(model)).version;

const refusal = async (text: string): Promise<InputError> => {
  try {
    await readModel(text);
  } catch (error) {
    assert.instance(error, InputError);
    return error as InputError;
  }
  throw new Error('the text was read as a model');
};

Files('a file gives back the model, bit for bit', async () => {
  const written = await someModel();
  const text = modelText(written);
  const read = await readModel(text);
  const { pipeline: before, ...about } = written;
  const { pipeline: after, ...found } = read;
  assert.equal({ ...about, format: 0, version: 0, check: 0 }, { ...found, format: 0, version: 0, check: 0 });
  assert.equal(after.serialize(), before.serialize());
  assert.equal(predictionsOf(after, x, names), predictionsOf(before, x, names));
  assert.is(modelText(read), text);
});

Files('a file has the oldest version whose readers predict the same', async () => {
  const model = await someModel();
  assert.is(versionIn(model), 1);
  assert.is(versionIn({ ...model, threshold: { of: 'probability', value: 0.3, rule: '0.3' } }), 2);
  assert.is(versionIn({ ...model, table: { ...model.table!, index: null } }), 3);
  const [first, ...others] = model.columns;
  const site: ModelColumn = { ...first, kind: 'category', levels: ['a', 'b'], smallest: null, largest: null };
  assert.is(versionIn({ ...model, columns: [site, ...others] }), 3);
  const values = splitOfValues(slopes(30, 4));
  const config = makeConfig(1, { steps: [{ Ridge: {} }], scoring: 'r2' });
  const written = modelOf(config, values, refit(config, values), { versions: { spt: '9' } });
  assert.is(versionIn(written), 3);
  const read = await readModel(modelText(written));
  assert.equal(read.classes, []);
  assert.equal(
    predictionsOf(read.pipeline, values.train.x, ['f0', 'f1', 'f2', 'f3']),
    predictionsOf(written.pipeline, values.train.x, ['f0', 'f1', 'f2', 'f3']),
  );
});

Files('the ranges are those of the training samples, and values outside them are counted', async () => {
  const { columns } = await someModel();
  const values = names.map((_, j) => rows.map(row => Number(row.split(',')[j + 1])));
  assert.equal(
    columns.map(({ name, smallest, largest }) => [name, smallest, largest]),
    names.map((name, j) => [name, Math.min(...values[j]), Math.max(...values[j])]),
  );
  const [low, high] = [columns.map(one => one.smallest!), columns.map(one => one.largest!)];
  const probes = [low, high, low.map(value => value - 1e-9), [NaN, NaN, high[2] + 1, high[3]]];
  assert.equal([...countOutside(columns, fromRows(probes))], [0, 0, 4, 1]);
  const unknown = columns.map(one => ({ ...one, smallest: null, largest: null }));
  assert.equal([...countOutside(unknown, fromRows(probes))], [0, 0, 0, 0]);
});

Files('a feature whose training values are all missing has no range', async () => {
  const gaps = {
    ...data,
    train: {
      ...data.train,
      x: fromRows([
        [NaN, -0, 2, 3],
        [NaN, -0, NaN, 4],
      ]),
    },
  };
  const config = makeConfig(1, { steps: [{ GaussianNB: {} }] });
  const fitted = refit(config, data);
  const { columns } = await readModel(modelText(modelOf(config, gaps, fitted, { versions: { spt: '1' } })));
  assert.equal(
    columns.map(({ smallest, largest }) => [smallest, largest]),
    [
      [null, null],
      [0, 0],
      [2, 2],
      [3, 4],
    ],
  );
});

const isNear = (found: Float64Array, expected: number[], distance: number): boolean =>
  found.length === expected.length && found.every((value, i) => Math.abs(value - expected[i]) <= distance);

for (const version of versions) {
  const expected = JSON.parse(readFileSync(join(folder, version, 'predictions.json'), 'utf8'));
  const files = readdirSync(join(folder, version)).filter(name => name !== 'predictions.json');
  Files(`files of ${version} are read, and predict what they predicted then`, async () => {
    assert.is(files.length, 11);
    for (const name of files) {
      const model = await readModel(readFileSync(join(folder, version, name), 'utf8'));
      assert.is(model.versions.spt, version);
      assert.equal(
        model.columns.map(column => column.name),
        names,
      );
      const { codes, proba, decision } = saidOfClasses(predictionsOf(model.pipeline, x, names));
      const then = expected[name.replace('.json', '')];
      assert.equal([...codes], then.codes, name);
      // Since 0.2.0, XGBClassifier rounds its probabilities as xgboost does.
      const exact = name !== 'boosting.json' || version !== '0.1.0';
      if (proba) assert.ok(isNear(proba, then.proba, exact ? 0 : 1e-7), name);
      if (decision) assert.ok(isNear(decision, then.decision, 0), name);
      assert.ok(proba || decision, name);
      assert.equal([...codes], [...model.pipeline.predict(x)], name);
    }
  });
}

Files('what is no model file is refused', async () => {
  const text = modelText(await someModel());
  for (const other of ['', '[]', 'null', '{}', '{"format": "onnx"}', text.slice(0, -10)]) {
    assert.is((await refusal(other)).code, 'bad-model', other.slice(0, 20));
  }
  assert.match((await refusal('{"format": "onnx"}')).message, /not the model file of spt/);
  assert.match((await refusal(text.replace('"version": 1,', ''))).message, /has no version/);
  assert.match((await refusal(text.replace('"classes"', '"klasses"'))).message, /incomplete: classes/);
});

Files(
  'a newer file is refused with the version that wrote it, also where its numbers are of an unknown kind',
  async () => {
    const text = modelText(await someModel());
    const newer = text.replace('"version": 1', '"version": 4').replaceAll('$f64', '$f16');
    const error = await refusal(newer);
    assert.is(error.code, 'newer-model');
    assert.match(error.complaint.hint!, /spt 9\.9\.9 wrote it/);
  },
);

Files('a changed number is found, wherever it stands', async () => {
  const text = modelText(await someModel());
  const learned = /"coef": \{"\$f64": \[(-?[\d.e-]+)/.exec(text)!;
  assert.ok(learned);
  const digit = learned[0].replace(/.$/, last => (last === '1' ? '2' : '1'));
  assert.match((await refusal(text.replace(learned[0], digit))).message, /learned numbers are not those/);
  assert.match((await refusal(text.replace(learned[1], '"nan"'))).message, /"nan" where a number belongs/);
  assert.match(
    (await refusal(text.replace('"well"', '"ill"'))).message,
    /beside the learned numbers has changed/,
  );
  const range = /"largest": ([\d.]+)/.exec(text)!;
  assert.match((await refusal(text.replace(range[0], '"largest": 1e9'))).message, /beside the learned/);
});

Files('every changed character of a file is found, or changes nothing', async () => {
  const text = modelText(await someModel());
  let found = 0;
  for (let at = 0; at < text.length; at += 7) {
    const other = text[at] === '7' ? '8' : '7';
    const spoilt = text.slice(0, at) + other + text.slice(at + 1);
    try {
      // White space and digits beyond the precision of a double mean nothing.
      assert.ok(modelText(await readModel(spoilt)) === text, `character ${at}`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      found++;
    }
  }
  assert.ok(found > text.length / 20, `${found} of ${Math.ceil(text.length / 7)}`);
});

Files('a member that a later program adds is let through', async () => {
  const model = await someModel();
  const text = modelText({ ...model, versions: { spt: '9', later: [1] } as unknown as Model['versions'] });
  assert.equal((await readModel(text)).versions, { spt: '9', later: [1] });
});

Files.run();
