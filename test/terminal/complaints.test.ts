/** Errors as a person reads them: within the width of a terminal, and with their place. */
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { explain } from '../../src/terminal/complaints.js';
import { makeSearch, smallConfig, smallTables } from '../../support/search.js';

const Complaints = suite('complaints');

Complaints('an error fits the width of a terminal, below its own indent', () => {
  const words = 'a word '.repeat(30).trim();
  const error = new InputError('x', words, { value: 'short', expected: words, hint: words });
  const lines = explain(error, 60).lines.join('\n').split('\n');
  assert.ok(lines.length > 9 && lines.every(line => line.length <= 60));
  assert.ok(lines.every((line, i) => line.startsWith(i === 0 ? 'spt: a' : '       ')));
  assert.is(explain(error).lines.length, 4, 'without a terminal, a sentence is one line');
});

Complaints('a metric that cannot score the classes has its place in config.yaml', async () => {
  const search = makeSearch({ config: smallConfig.replace('positive: sick\n', '') });
  const three = smallTables().metadata.replace(/^(r\d*[05]),\w+/gm, '$1,other');
  search.write('data/metadata.csv', three);
  const { code, err } = await search.sptHere('enqueue', '--splits', 'A1', '--cv', '--validate');
  assert.is(code, 2);
  assert.match(err, /config\.yaml:11:10: roc_auc is a metric for two classes, and the target has 3/);
  search.remove();
});

Complaints('a file that is called - is refused', async () => {
  const search = makeSearch();
  const { code, err } = await search.sptHere('report', '-o', '-');
  assert.is(code, 2);
  assert.match(err, /- is not the name of a file/);
  assert.not.ok(existsSync('-'));
  search.remove();
});

Complaints.run();
