/** Every suite runs, and the README names every step and every metric. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { registry } from '../../../src/ml/registry.js';
import { metrics } from '../../../src/ml/scoring/metrics.js';
import { isIn, sourceOf, sources } from '../../../support/house.js';
import { silentSuites } from '../../../support/rules.js';
import { root } from '../../../support/root.js';

const Suites = suite('suites');

Suites('every suite runs, and nothing that is not a suite is called one', () => {
  assert.equal(silentSuites(sources.filter(isIn('test'))), []);
});

Suites('a suite that says nothing is found', () => {
  // The words are put together here, so that this file does not offend.
  const made = 'const Made = suite' + "('made');";
  const complaintsOf = (path: string, text: string) => silentSuites([sourceOf(path, text)]);
  assert.equal(complaintsOf('test/a.test.ts', `${made}\nMade.run();`), []);
  assert.equal(complaintsOf('test/a.test.ts', made), ['test/a.test.ts: Made never runs']);
  assert.equal(complaintsOf('test/a.ts', `${made}\nMade.run();`), ['test/a.ts has a suite and is not run']);
  assert.equal(complaintsOf('test/a.test.ts', 'run();'), ['test/a.test.ts has no suite']);
  const hook = `${made}\nMade.${'before'}(f);\nMade.run();`;
  assert.equal(complaintsOf('test/a.test.ts', hook), ['test/a.test.ts: a hook that throws would pass']);
  const only = `${made}\nMade.${'only'}('x', f);\nMade.run();`;
  assert.equal(complaintsOf('test/a.test.ts', only), ['test/a.test.ts leaves tests out']);
});

Suites('the README names every metric', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  // The README shows two averages for all of them.
  const names = [...metrics.keys()].filter(name => !/_(macro|weighted|micro)$/.test(name));
  assert.equal(
    names.filter(name => !readme.includes(`\`${name}\``)),
    [],
  );
});

Suites('the README names every step', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  assert.equal(
    [...registry.keys()].filter(name => !readme.includes(name)),
    [],
  );
});

Suites.run();
