/** Kept predictions: they are a cache that proves itself, and a worker that cannot keep them trains as before. */
import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { readPrepared } from '../../src/data/store.js';
import type { Finished } from '../../src/events/format/event.js';
import { evaluate } from '../../src/ml/evaluate.js';
import { heldOut, ofClasses as foldsOfClasses, outOfFold } from '../../src/ml/predictions.js';
import { readKept, sizeOfKept, sweepKept, writeKept } from '../../src/predictions/kept.js';
import { Keeper } from '../../src/predictions/keeper.js';
import { foldsOf, validationOf } from '../../src/predictions/proven.js';
import { makeConfig } from '../../support/log-helpers.js';
import { blobs, splitOf } from '../../support/datasets.js';
import { makeSearch, smallConfig } from '../../support/search.js';
import { ofClasses } from '../../support/tasks.js';

const Kept = suite('kept predictions');

const folder = mkdtempSync(join(tmpdir(), 'spt-kept-'));
const data = splitOf(blobs(45, 6, 3, 1), blobs(18, 6, 3, 1, 2));
const config: Config = makeConfig(1, {
  steps: [{ StandardScaler: {} }, { LogisticRegression: { penalty: 'l1' } }],
  cv: { folds: 3, shuffle: true, repeats: 2 },
  scoring: 'accuracy',
  metrics: ['log_loss'],
});

/** What the log has of a config, and the same predictions in the folder. */
function trainedAndKept(of: Config): Finished {
  const keeper = new Keeper();
  const { scores, digest } = evaluate(of, data, { onUnseen: keeper.add });
  assert.is(keeper.write(folder, of.id, digest), undefined);
  return { type: 'finished', config: of.id, claim: 1, seconds: 1, digest, scores, versions: {} };
}

const finished = trainedAndKept(config);
const path = join(folder, config.id.slice(0, 2), config.id);
/** Fits that were made again have warnings, kept ones have not. */
const wasFitted = (found: object | undefined): boolean => 'warnings' in found!;

Kept('what was kept is what the fits give, bit for bit', async () => {
  const folds = await foldsOf(config, finished, data, { kept: folder });
  const validation = await validationOf(config, finished, data, { kept: folder });
  assert.is(wasFitted(folds), false);
  assert.is(wasFitted(validation), false);
  const { folds: expected, scores } = outOfFold(config, data)!;
  const plain = (found: typeof expected): object =>
    foldsOfClasses(found).map(fold => ({
      ...fold,
      outputs: { ...fold.outputs, singles: fold.outputs.singles === true },
    }));
  assert.equal(plain(folds!.folds), plain(expected));
  assert.equal(folds!.scores, scores);
  assert.is(validation.digest, finished.digest);
  const { proba } = ofClasses(validation.validate!.outputs);
  assert.equal(proba, ofClasses(heldOut(config, data).validate!.outputs).proba);
});

Kept('only the user can read the files', () => {
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(statSync(join(path, '..')).mode & 0o777, 0o700);
  assert.equal(sizeOfKept(folder), { files: 1, bytes: statSync(path).size });
});

Kept('a file with another byte, of another config or cut off is of no use', async () => {
  const bytes = readFileSync(path);
  for (const at of [0, 70, 100, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] ^= 1;
    writeFileSync(path, changed);
    assert.is(readKept(folder, config.id), undefined, `byte ${at}`);
  }
  writeFileSync(path, bytes.subarray(0, 500));
  assert.is(wasFitted(await foldsOf(config, finished, data, { kept: folder })), true);
  const other = makeConfig(2).id;
  mkdirSync(join(folder, other.slice(0, 2)), { recursive: true });
  writeFileSync(join(folder, other.slice(0, 2), other), bytes);
  assert.is(readKept(folder, other), undefined);
  writeFileSync(path, bytes);
  assert.is(wasFitted(await foldsOf(config, finished, data, { kept: folder })), false);
});

Kept('predictions that do not give the scores of the log, or of another model, are not taken', async () => {
  const kept = readKept(folder, config.id)!;
  const keptFolds = kept.folds.map(fold => ofClasses(fold));
  const turned = (outputs: (typeof keptFolds)[0]): (typeof keptFolds)[0] => ({
    ...outputs,
    labels: outputs.labels.map(code => (code + 1) % 3),
  });
  const others = [
    { ...kept, folds: keptFolds.map(turned) },
    { ...kept, folds: kept.folds.slice(1) },
    { ...kept, folds: keptFolds.map(fold => ({ ...fold, labels: fold.labels.map(() => 7) })) },
    { ...kept, digest: '0'.repeat(32) },
  ];
  for (const other of others) {
    writeKept(folder, other);
    assert.is(wasFitted(await foldsOf(config, finished, data, { kept: folder })), true);
  }
  writeKept(folder, { ...kept, validate: turned(ofClasses(kept.validate!)) });
  assert.is(wasFitted(await validationOf(config, finished, data, { kept: folder })), true);
  writeKept(folder, kept);
});

Kept('what a killed writer left is removed after an hour', () => {
  const [old, fresh] = ['.writing-a', '.writing-b'].map(name => join(folder, name));
  writeFileSync(old, '');
  writeFileSync(fresh, '');
  utimesSync(old, 0, 0);
  sweepKept(folder);
  assert.equal(
    readdirSync(folder).filter(name => name.startsWith('.')),
    ['.writing-b'],
  );
  rmSync(fresh);
});

Kept('troubles of keeping fail no config, and are told', () => {
  const keeper = new Keeper();
  keeper.add('fold', () => {
    throw new Error('no memory');
  });
  assert.is(keeper.write(folder, config.id, 'd'), 'no memory');
  const other = new Keeper();
  other.add('fold', () => outOfFold(config, data)!.folds[0].outputs);
  assert.ok(other.seconds > 0);
  assert.match(other.write(path, config.id, 'd')!, /ENOTDIR|EEXIST/);
});

Kept('a worker keeps them, and the log is the same as without', async () => {
  const logs = ['', ', keep: predictions'].map(keep => {
    const search = makeSearch({ config: smallConfig.replace('lease: 3s', `lease: 3s${keep}`) });
    search.spt('enqueue', '--splits', 'A1', '--cv', '--validate');
    const { code, err } = search.spt('work', '-j', '1', '-q');
    assert.is(code, 0, err);
    return search;
  });
  const outcomes = logs.map(search =>
    search
      .events()
      .flatMap(event => (event.type === 'finished' ? [[event.config, event.digest, event.scores]] : []))
      .sort(),
  );
  assert.equal(outcomes[1], outcomes[0]);
  const [without, keeping] = logs;
  const kept = join(keeping.root, 'data/.predictions');
  assert.is(sizeOfKept(kept).files, outcomes[0].length);
  assert.is(sizeOfKept(join(without.root, 'data/.predictions')).files, 0);
  for (const event of keeping.events()) {
    if (event.type !== 'finished') continue;
    const enqueued = keeping.events().find(one => one.config?.id === event.config).config;
    const prepared = readPrepared(join(keeping.root, 'data/.prepared'), enqueued.data);
    assert.is(wasFitted(await foldsOf(enqueued, event, prepared, { kept })), false);
    assert.is(wasFitted(await validationOf(enqueued, event, prepared, { kept })), false);
  }
  const [id] = outcomes[0][0];
  const { out } = await without.sptHere('predictions', id, '--oof', '--json');
  assert.is((await keeping.sptHere('predictions', id, '--oof', '--json')).out, out);
  assert.match((await keeping.sptHere('doctor')).out, /^predictions {2}0\.0 MiB of 4 configs in /m);
  for (const search of logs) search.remove();
});

Kept('a worker that cannot keep them says so once, and trains all', () => {
  const search = makeSearch({ config: smallConfig.replace('lease: 3s', 'lease: 3s, keep: predictions') });
  search.spt('enqueue', '--splits', 'train_A1', '--cv');
  search.write('data/.predictions', 'a file where a folder should be');
  const { out, err, code } = search.spt('work', '-j', '1');
  assert.is(code, 0, err);
  assert.is(out.match(/not kept {2}predictions: /g)!.length, 1);
  assert.match(out, /4 configs finished, 0 failed/);
  search.remove();
});

Kept.after(() => rmSync(folder, { recursive: true }));
Kept.run();
