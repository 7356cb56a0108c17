/**
 * The files of `spt results` in the hands of their readers: values, types and nulls come back as they were. hyparquet
 * is always there. pandas, R's data.table and DuckDB read where they can be had, and the suite says which could not.
 * The lines that docs/results.md shows are the lines that run here.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell } from '../../src/base/cells.js';
import { oddLog } from '../../support/odd-log.js';
import { cli, root } from '../../support/root.js';
import { makeSearch } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Readers = suite('readers of results');

type Values = { [column: string]: Cell };

const search = makeSearch();
let expected: Values[] = [];
const page = readFileSync(join(root, 'docs/results.md'), 'utf8');

/** The code blocks of the page in a language. */
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(match => match[1]);
const blockWith = (language: string, word: string): string =>
  blocks(language).find(block => block.includes(word))!;

/** What a program prints when it runs in the folder of the files; undefined, with a word, where it is not there. */
function run(name: string, probe: [string, string[]], program: [string, string[]]): string | undefined {
  const options = { cwd: search.root, encoding: 'utf8' } as const;
  if (spawnSync(...probe, options).status !== 0) {
    console.log(`passed over: ${name} is not here`);
    return undefined;
  }
  const { status, stdout, stderr } = spawnSync(...program, options);
  assert.is(status, 0, stderr);
  return stdout;
}

Readers('the files are written', async () => {
  writeLog(search, oddLog());
  for (const file of ['results.csv', 'results.parquet'])
    assert.is((await search.sptHere('results', '-o', file)).code, 0);
  expected = JSON.parse((await search.sptHere('results', '--json')).out);
  assert.is(expected.length, 13);
});

const KINDS = {
  'SVC.C': 'DOUBLE',
  'SVC.gamma': 'DOUBLE',
  'SVC.gamma.word': 'VARCHAR',
  'SVC.shrinking': 'BOOLEAN',
  'RandomForestClassifier.n_estimators': 'BIGINT',
  'MLPClassifier.hidden_layer_sizes.length': 'BIGINT',
  'cv.f1': 'DOUBLE',
  'cv.roc_auc.fold1': 'DOUBLE',
  finished_at: 'TIMESTAMP',
  rank: 'BIGINT',
  this_search: 'BOOLEAN',
} as const;

Readers('hyparquet: every value, every null, and the metadata', async () => {
  const file = await asyncBufferFromFile(join(search.root, 'results.parquet'));
  const { schema, key_value_metadata: metadata } = await parquetMetadataAsync(file);
  const rows = await parquetReadObjects({ file });
  const plain = rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? Number(value) : value instanceof Date ? value.toISOString() : value,
      ]),
    ),
  );
  assert.equal(plain, expected);
  const types = {
    DOUBLE: 'DOUBLE',
    VARCHAR: 'BYTE_ARRAY',
    BOOLEAN: 'BOOLEAN',
    BIGINT: 'INT64',
    TIMESTAMP: 'INT64',
  };
  for (const [name, kind] of Object.entries(KINDS))
    assert.is(schema.find(element => element.name === name)?.type, types[kind], name);
  const { manifest } = JSON.parse((await search.sptHere('audit', '--json')).out);
  const about = Object.fromEntries((metadata ?? []).map(({ key, value }) => [key, value]));
  assert.is(about['spt.manifest'], `sha256:${manifest}`);
  assert.is(about['spt.n'], String(oddLog().length));
  assert.match(about['spt.version']!, /^\d+\.\d+\.\d+/);
});

/** The values of a CSV as a reader should have them: texts that a spreadsheet would run have an apostrophe. */
function ofCsv(rows: readonly Values[]): Values[] {
  return rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value,
      ]),
    ),
  );
}

const PANDAS = `
import json, sys
for name in results.columns:
    kind = str(results[name].dtype)
    print(json.dumps([name, kind, [None if v is None or v != v else v for v in results[name].tolist()]]))
`;

Readers("pandas: docs' line for CSV gives every value and every null", () => {
  const python = '/usr/bin/python3';
  const code = blockWith('python', 'pd.read_csv') + PANDAS;
  const out = run('pandas', [python, ['-c', 'import pandas']], [python, ['-c', code]]);
  if (out === undefined) return;
  const columns = out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.is(columns.length, Object.keys(expected[0]).length);
  const told = ofCsv(expected);
  for (const [name, kind, values] of columns) {
    // A column of booleans with nulls is a column of objects in pandas, and their values are booleans.
    assert.equal(
      values,
      told.map(row => row[name]),
      name,
    );
    if (typeof expected.find(row => row[name] !== null)?.[name] === 'number')
      assert.match(kind, /^(int|float)64$/, name);
  }
});

const R = `
for (name in names(results)) {
  column <- results[[name]]
  text <- if (is.numeric(column)) sprintf("%.17g", as.numeric(column)) else as.character(column)
  text[is.na(column)] <- NA
  cells <- ifelse(is.na(text), "NA", encodeString(text, quote = "\\""))
  cat(name, class(column)[1], paste(cells, collapse = "\\t"), sep = "\\t")
  cat("\\n")
}
`;

Readers("R: docs' line for CSV gives numbers, logicals, texts and NA", () => {
  const program = blockWith('r', 'fread') + R;
  const out = run(
    'R with data.table',
    ['Rscript', ['-e', 'library(data.table)']],
    ['Rscript', ['-e', program]],
  );
  if (out === undefined) return;
  const columns = out
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'));
  assert.is(columns.length, Object.keys(expected[0]).length);
  for (const [name, kind, ...values] of columns) {
    const own = expected.map(row => row[name]);
    assert.equal(
      values.map(value => value === 'NA'),
      own.map(value => value === null),
      `nulls of ${name}`,
    );
    const first = own.find(value => value !== null && value !== undefined);
    if (typeof first === 'number') {
      assert.match(kind, /^(integer|numeric)$/, name);
      // fread may round the last bit.
      values.forEach((value, i) => {
        if (value === 'NA') return;
        const number = Number(value.replaceAll('"', ''));
        assert.ok(
          Math.abs(number - (own[i] as number)) <= 4e-16 * Math.abs(own[i] as number),
          `${name}: ${value}`,
        );
      });
    } else if (typeof first === 'boolean') {
      assert.is(kind, 'logical', name);
      values.forEach(
        (value, i) => value === 'NA' || assert.is(value, `"${String(own[i]).toUpperCase()}"`, name),
      );
    } else if (first !== undefined) assert.match(kind, /^(character|POSIXct)$/, name);
  }
  const gamma = columns.find(([name]) => name === 'SVC.gamma.word')!;
  assert.equal(gamma.slice(2, 5), ['"scale"', 'NA', '"scale"']);
  assert.is(columns.find(([name]) => name === 'SVC.class_weight.word')![2], '"null"', 'None is not NA');
});

Readers('DuckDB: types, values and nulls of Parquet and CSV, and the lines of the docs', async () => {
  const duckdb = await import('@duckdb/node-api').catch(() => undefined);
  if (!duckdb) {
    console.log('passed over: DuckDB is not here');
    return;
  }
  const instance = await duckdb.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const ask = async (sql: string): Promise<any[]> => {
    const reader = await connection.runAndReadAll(sql.replaceAll("'results.", `'${search.root}/results.`));
    return reader.getRowObjectsJson();
  };
  const types = await ask("DESCRIBE SELECT * FROM 'results.parquet'");
  const byName = Object.fromEntries(types.map(one => [one.column_name, one.column_type]));
  for (const [name, kind] of Object.entries(KINDS)) assert.is(byName[name], kind, name);
  const plain = (rows: any[]): Values[] =>
    rows.map(row =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          const type = byName[name];
          if (value === null || type === 'VARCHAR') return [name, value as Cell];
          // JSON of DuckDB has large integers and times as texts, and times without zeros at their ends.
          if (type === 'TIMESTAMP')
            return [name, new Date(`${String(value).replace(' ', 'T')}Z`).toISOString()];
          return [name, typeof value === 'string' ? Number(value) : (value as Cell)];
        }),
      ),
    );
  assert.equal(plain(await ask("SELECT * FROM 'results.parquet'")), expected);
  const [best, csv] = blockWith('sql', 'read_csv').trim().split('\n');
  const byPipeline = await ask(best);
  assert.equal(Object.fromEntries(byPipeline.map(row => Object.values(row))), { svc: 0.9, rf: 0.75 });
  const told = ofCsv(expected);
  const fromCsv = await ask(csv);
  assert.is(fromCsv.length, 13);
  for (const name of [
    'config',
    'SVC.gamma',
    'SVC.gamma.word',
    'cv.roc_auc.fold0',
    'failure_message',
    'params',
  ])
    assert.equal(
      fromCsv.map(row => row[name]),
      told.map(row => row[name]),
      name,
    );
  connection.closeSync();
});

Readers('the lines of the page run in a shell', () => {
  const lines = blocks('sh').flatMap(block => block.trim().split('\n'));
  assert.ok(lines.length >= 7);
  for (const line of lines) {
    const program = `spt() { ${process.execPath} ${cli} "$@"; }; ${line}`;
    const { status, stderr } = spawnSync('sh', ['-c', program], { cwd: search.root, encoding: 'utf8' });
    assert.is(status, 0, `${line}: ${stderr}`);
  }
  search.remove();
});

Readers.run();
