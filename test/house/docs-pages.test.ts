/** The pages that are made of the schemas say what the schemas say. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keysOf } from '../../src/config/complaints.js';
import { configPage, stepsPage } from '../../src/config/reference.js';
import { registry } from '../../src/ml/registry.js';
import { root } from '../../support/root.js';

const read = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');

const Pages = suite('pages of the schemas');

Pages('docs/config.md is what the schemas of the two files give', () => {
  assert.is(read('config.md'), configPage(), 'run `npm run docs`');
});

Pages('docs/steps.md is what the schemas of the steps give', () => {
  assert.is(read('steps.md'), stepsPage(), 'run `npm run docs`');
});

Pages('every step and each of its parameters stands on the page, with bounds and default', () => {
  const page = stepsPage();
  for (const { name, params } of registry.values()) {
    const section = page.slice(page.indexOf(`### ${name}\n`)).split('\n### ')[0];
    for (const parameter of keysOf(params))
      assert.ok(section.includes(`\`${parameter}\``), `${name}.${parameter}`);
  }
  assert.match(page, '| `C` | a number above 0 | `1` |');
  assert.match(
    page,
    '| `max_samples` | a whole number of at least 1, or a share above 0 and up to 1.0 or `null` |',
  );
  assert.match(page, 'The engine `ml-svm` refuses some values of `probability`');
});

Pages('every key of config.yaml stands on the page, and says which failures are tried again', () => {
  const page = configPage();
  for (const key of [
    'data.features',
    'index',
    'target',
    'positive',
    'missing',
    'splits',
    'cv.group',
    'worker.losses',
  ])
    assert.ok(page.includes(`| \`${key}\` |`), key);
  assert.match(
    page,
    /`worker\.attempts` \| a whole number of at least 1 and of at most 100 \| `3` \| .*a reason that may pass/,
  );
});

Pages.run();
