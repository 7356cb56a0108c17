/** What `spt schema` promises, and the schemas that `spt init` writes for editors. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { here, makeSearch } from '../../support/search.js';
import { root } from '../../support/root.js';

const Schema = suite('schema');

const folder = mkdtempSync(join(tmpdir(), 'spt-schema-'));
Schema.after(() => rmSync(folder, { recursive: true, force: true }));
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');

Schema('init writes a schema for each file, where the first line of the file names it', async () => {
  const { code, out } = await here(folder, ['init', 'mine']);
  assert.is(code, 0);
  assert.match(out, /configs\/ \(config\.yaml, pipe_configs\.yaml\)/);
  assert.equal(readdirSync(join(folder, 'mine/configs/.schema')).sort(), [
    'config.json',
    'pipe_configs.json',
  ]);
  for (const name of ['config', 'pipe_configs']) {
    const text = read('mine/configs', `${name}.yaml`);
    const [, file] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)!;
    const schema = read('mine/configs', file);
    assert.is(schema, (await here(folder, ['schema', name])).out);
    const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(schema));
    assert.ok(validate(parse(text)), JSON.stringify(validate.errors));
    assert.not(validate({ ...parse(text), strange: 1 }));
    const shipped = readFileSync(join(root, 'configs', `${name}.yaml`), 'utf8');
    assert.is(text, `# yaml-language-server: $schema=${file}\n${shipped}`);
  }
});

Schema('the line changes no config', async () => {
  const search = makeSearch();
  const ids = async (): Promise<string[]> => {
    rmSync(join(search.root, 'log'), { recursive: true, force: true });
    const { code, err } = await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'lasso');
    assert.is(code, 0, err);
    return search
      .events()
      .map(({ config }) => config.id)
      .sort();
  };
  const before = await ids();
  assert.is(before.length, 3);
  for (const name of ['config', 'pipe_configs']) {
    const path = `configs/${name}.yaml`;
    search.write(path, `# yaml-language-server: $schema=.schema/${name}.json\n${search.read(path)}`);
  }
  assert.equal(await ids(), before);
  search.remove();
});

Schema('a file that there is not', async () => {
  const { code, err } = await here(folder, ['schema', 'splits']);
  assert.is(code, 2);
  assert.match(err, /Allowed choices are config, pipe_configs/);
});

Schema.run();
