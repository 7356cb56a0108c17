/**
 * Trains configs again without a log and without fs-ext, for processors that have no build of it. Reads a file of
 * configs in JSON, and prints, for each, one line of JSON: its id, its digest and its scores.
 *
 *   node dist/support/rebuild-all.js FOLDER-OF-PREPARED-DATA CONFIGS.json
 */
import { readFileSync } from 'node:fs';
import type { Config } from '../src/base/config.js';
import { readPrepared } from '../src/data/store.js';
import { evaluate, ready } from '../src/ml/evaluate.js';

const [prepared, file] = process.argv.slice(2);
const configs: Config[] = JSON.parse(readFileSync(file, 'utf8'));
for (const config of configs) {
  await ready(config.steps);
  const { digest, scores } = evaluate(config, readPrepared(prepared, config.data));
  console.log(JSON.stringify({ config: config.id, digest, scores }));
}
