/** Examples of what `spt predict` refuses: model files, new tables, and samples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, type Example } from './gallery.js';
import { root } from './root.js';

const model = (name: string): string =>
  readFileSync(join(root, 'test/fixtures/models/0.3.0', `${name}.json`), 'utf8');
const logistic = model('logistic');
const table = 'Run,height,weight,noise,width\na,1,2,3,4\n';
const predicts = ['predict', '--model', 'model.json', '--data', 'new.csv'];

/** A model file and a table, and a command on them. */
const on = (code: string, written: string, text: string, rows = table, args: string[] = []): Example =>
  files(code, written, { 'model.json': text, 'new.csv': rows }, [...predicts, ...args]);

const later = JSON.stringify({ format: 'spt-model', version: 4, versions: { spt: '7.0.0' } });

export const ofPredict: Example[] = [
  on('bad-model', '(a file of another program)', '{"format": "onnx"}'),
  on('bad-model', '(a learned number has changed)', logistic.replace(/"scale": \{"\$f64": \[\d/, '$&9')),
  on('bad-model', '(a member is gone)', logistic.replace('"classes"', '"klasses"')),
  on('newer-model', '"version": 4', later),
  on('feature-count', '(a name was taken out of an old model file)', logistic.replace('"height",', '')),
  on('no-index', '$ spt predict --root data --model model.json --data new.csv', logistic, table, [
    '--root',
    'data',
  ]),
  on('no-decision', '$ spt predict --decision', model('forest'), table, ['--decision']),
  on('not-explained', '(a network) $ spt predict --explain', model('network'), table, ['--explain']),
  on('no-training', '(a file of 0.3.0) $ spt predict --explain', logistic, table, ['--explain']),
  on('missing-features', 'Run,hieght,weight,width', logistic, 'Run,hieght,weight,width\na,1,2,3\n'),
  on('no-prediction', 'a,1,,3,4', logistic, table.replace('2', '')),
  on('no-prediction', 'a,1e308,..', model('forest'), table.replaceAll(/[1-4]/g, '1e308')),
];
