/**
 * Wrong input of every kind, as a user would meet it: one clear error, exit code 2, and not a byte more in the log.
 * Each case changes one file or one argument of a search that works.
 */
import { closeSync, existsSync, openSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../src/terminal/complaints.js';
import { makeSearch, smallConfig, smallPipes, smallTables } from '../../support/search.js';

interface Case {
  name: string;
  /** Files that differ from the search that works. */
  files?: { [path: string]: string | Buffer };
  args?: string[];
  /** What standard error must say. */
  says: RegExp[];
}

const enqueue = ['enqueue', '--splits', 'A1', '--cv', '--validate'];
const { features, metadata } = smallTables();
const config = 'configs/config.yaml';
const pipes = 'configs/pipe_configs.yaml';

/** The config with one piece of text in it changed. */
const configWith = (from: string, to: string) => {
  if (!smallConfig.includes(from)) throw new Error(`the config has no ${from}`);
  return { [config]: smallConfig.replace(from, to) };
};
const pipesOf = (text: string) => ({ [pipes]: text });
const featuresOf = (text: string | Buffer) => ({ 'data/features.csv': text });
const metadataOf = (text: string) => ({ 'data/metadata.csv': text });
const classifier = '  - LogisticRegression: { C: 1 }\n';

const cases: Case[] = [
  // ---- the command line
  { name: 'an unknown command', args: ['enqeue'], says: [/unknown command 'enqeue'/, /enqueue/] },
  {
    name: 'an unknown option',
    args: [...enqueue, '--vaildate'],
    says: [/unknown option '--vaildate'/, /--validate/],
  },
  {
    name: 'no split',
    args: ['enqueue'],
    says: [/no split was asked for/, /train_A1, validate_A1, train_B2/, /With --validate: one of A1, B2/],
  },
  { name: 'a worker with no threads', args: ['work', '-j', '0'], says: [/a whole number of at least 1/] },
  { name: 'a time-out without a unit', args: ['work', '--timeout', '60'], says: [/--timeout/, /90s/] },
  {
    name: 'a root that is not there',
    args: [...enqueue, '--root', 'nowhere'],
    says: [/no folder .*nowhere/, /--root/],
  },
  {
    name: 'a word in the place of a moment',
    args: ['replay', '--at', 'yesterday'],
    says: [/2026-01-31T12:00:00Z/],
  },
  { name: 'a day that does not exist', args: ['replay', '--at', '2026-02-30'], says: [/--at/, /2026-02-30/] },
  {
    name: 'a past moment to follow',
    args: ['replay', '--at', '5', '--follow'],
    says: [/--follow.*cannot be used with.*--at/],
  },
  {
    name: 'a log that is a file',
    args: [...enqueue, '--log', 'data/features.csv'],
    says: [/features\.csv is a file/],
  },
  { name: 'a log without a name', args: [...enqueue, '--log', ''], says: [/--log is empty/] },
  { name: 'a root without a name', args: [...enqueue, '--root', ''], says: [/--root/] },
  { name: 'an init onto a file', args: ['init', 'data/features.csv'], says: [/features\.csv is a file/] },
  {
    name: 'a model for no folder',
    args: ['rebuild', '--best', '--out', 'none/model.json'],
    says: [/no folder .*none/],
  },
  {
    name: 'a model that is a folder',
    args: ['rebuild', '--best', '--out', 'data'],
    says: [/not the name of a file/],
  },
  { name: 'a rebuild of nothing', args: ['rebuild'], says: [/--best/] },
  {
    name: 'a rebuild of an unknown id',
    args: ['rebuild', 'ffffffff'],
    says: [/no config has the id ffffffff/],
  },
  {
    name: 'a path in the place of an id',
    args: ['rebuild', '../../etc/passwd'],
    says: [/no config has the id/],
  },
  { name: 'an ambiguous id', args: ['rebuild', ''], says: [/no config has the id|several configs/] },
  { name: 'a retry of nothing', args: ['retry'], says: [/--all/] },
  { name: 'a merge of nothing', args: ['merge'], says: [/missing required argument 'logs'/] },
  { name: 'a merge of what is no log', args: ['merge', 'data'], says: [/data is not the folder of a log/] },
  { name: 'a merge of a search', args: ['merge', '.'], says: [/Did you mean log\?/] },
  {
    name: 'a merge into what is there',
    args: ['merge', '--out', 'data', 'log'],
    says: [/data exists already/, /an empty folder, or the name of a new one/],
  },
  { name: 'an audit of no log', args: ['audit', '--log', 'nowhere'], says: [/no log .*nowhere/] },
  { name: 'a doctor for no log', args: ['doctor', '--log', 'nowhere'], says: [/no log .*nowhere/] },
  { name: 'a probe of no folder', args: ['doctor', '--probe', 'nowhere'], says: [/no folder nowhere/] },
  { name: 'a wait without a unit', args: ['doctor', '--wait', '30'], says: [/--wait/, /90s/] },
  { name: 'an init where something is', args: ['init'], says: [/has configs\/ and data\/ already/] },
  {
    name: 'an unknown pipeline',
    args: [...enqueue, '--pipelines', 'laso'],
    says: [/laso/, /did you mean.*lasso/i],
  },
  { name: 'an unknown split', args: ['enqueue', '--splits', 'A2', '--validate'], says: [/A2/] },
  {
    name: 'a split without --validate',
    args: ['enqueue', '--splits', 'A1'],
    says: [/A1/, /train_A1|--validate/],
  },

  // ---- config.yaml
  { name: 'no config', args: [...enqueue, '--config', 'configs/none.yaml'], says: [/none\.yaml/] },
  { name: 'an empty config', files: { [config]: '' }, says: [/config\.yaml/, /empty/] },
  {
    name: 'text that is not YAML',
    files: { [config]: 'data: [1, 2\nindex: Run\n' },
    says: [/config\.yaml:\d+:\d+/],
  },
  {
    name: 'an unknown key',
    files: configWith('index:', 'indx:'),
    says: [/config\.yaml:3:1/, /indx/, /index/],
  },
  {
    name: 'a value of another type',
    files: configWith('seed: 7', 'seed: seven'),
    says: [/config\.yaml:14:7/, /seven/],
  },
  { name: 'a negative seed', files: configWith('seed: 7', 'seed: -1'), says: [/config\.yaml:14:7/] },
  { name: 'one fold', files: configWith('folds: 3', 'folds: 1'), says: [/config\.yaml:11:14/] },
  {
    name: 'an unknown metric',
    files: configWith('roc_auc', 'roc_auk'),
    says: [/config\.yaml:12:10/, /roc_auc/],
  },
  {
    name: 'an unknown operator',
    files: configWith('gte: 2', 'atleast: 2'),
    says: [/config\.yaml:9:\d+/, /atleast/],
  },
  {
    name: 'a lease that nobody can keep',
    files: configWith('lease: 3s', 'lease: 1ms'),
    says: [/config\.yaml:\d+:\d+/, /lease is too short/, /at least 1s/],
  },
  {
    name: 'a lease without a unit',
    files: configWith('lease: 3s', 'lease: 3'),
    says: [/config\.yaml:15:18/],
  },
  {
    name: 'a key that is given twice',
    files: configWith('seed: 7', 'seed: 7\nseed: 8'),
    says: [/config\.yaml:15:1/],
  },
  {
    name: 'an alias bomb',
    files: {
      [config]: `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`)
        .join('\n')}\n`,
    },
    says: [/config\.yaml/, /alias/i],
  },
  {
    name: 'a __proto__ key',
    files: configWith('seed: 7', '__proto__: { seed: 7 }'),
    says: [/config\.yaml:14:1/, /__proto__/],
  },
  {
    name: 'a split whose name is a path',
    files: configWith('train_A1:', '"../../train_A1":'),
    says: [/config\.yaml:7:3/],
  },
  {
    name: 'no positive class of that name',
    files: configWith('positive: sick', 'positive: ill'),
    says: [/ill/, /sick/],
  },
  {
    name: 'a target that is no column',
    files: configWith('target: Condition', 'target: Conditon'),
    says: [/Conditon/, /Condition/],
  },
  { name: 'an index that is no column', files: configWith('index: Run', 'index: run'), says: [/Run/] },
  { name: 'a filter on no column', files: configWith('Batch: 4', 'Bacth: 4'), says: [/Bacth/, /Batch/] },
  { name: 'a filter that nothing meets', files: configWith('Batch: 4', 'Batch: 9'), says: [/validate_A1/] },
  {
    name: 'splits that overlap',
    files: configWith('Batch: 4', 'Batch: [3, 4]'),
    says: [/both train_A1 and validate_A1/],
  },
  { name: 'no table of features', files: configWith('features.csv', 'feature.csv'), says: [/feature\.csv/] },

  // ---- pipe_configs.yaml
  {
    name: 'an unknown step',
    files: pipesOf('a:\n  - StandardScalar\n' + classifier),
    says: [/pipe_configs\.yaml:2:5/, /StandardScaler/],
  },
  {
    name: 'an unknown parameter',
    files: pipesOf('a:\n  - LogisticRegression: { c: 1 }\n'),
    says: [/pipe_configs\.yaml:2:27/, /C/],
  },
  {
    name: 'a parameter out of range',
    files: pipesOf('a:\n  - LogisticRegression: { C: -1 }\n'),
    says: [/pipe_configs\.yaml:2:30/, /-1/],
  },
  {
    name: 'one bad value in a list',
    files: pipesOf('a:\n  - LogisticRegression: { C: [1, 2, oops] }\n'),
    says: [/pipe_configs\.yaml:2:37/, /oops/],
  },
  {
    name: 'a pipeline without a classifier',
    files: pipesOf('a:\n  - StandardScaler\n'),
    says: [/pipe_configs\.yaml/, /classifier/],
  },
  {
    name: 'a classifier in the middle',
    files: pipesOf('a:\n' + classifier + '  - StandardScaler\n'),
    says: [/pipe_configs\.yaml/],
  },
  { name: 'an empty pipeline', files: pipesOf('a: []\n'), says: [/pipe_configs\.yaml:1:\d+/] },
  {
    name: 'a distribution in a grid',
    files: pipesOf('a:\n  - LogisticRegression: { C: { uniform: [0, 1] } }\n'),
    says: [/pipe_configs\.yaml:2:\d+/, /random/],
  },
  {
    name: 'a logspace of nothing',
    files: pipesOf('a:\n  - LogisticRegression: { C: { logspace: [0, 1, 0] } }\n'),
    says: [/pipe_configs\.yaml:2:\d+/],
  },
  {
    name: 'a pipeline whose name is a path',
    files: pipesOf('../a:\n' + classifier),
    says: [/pipe_configs\.yaml:1:1/],
  },
  {
    name: 'a name that repaints the terminal',
    files: pipesOf('"\\e[2J\\e[31m":\n' + classifier),
    says: [/pipe_configs\.yaml:1:1/],
  },
  {
    name: 'a space that is too large',
    files: pipesOf(
      `a:\n  - LogisticRegression: { C: { linspace: [1, 2, 100000] }, tol: { linspace: [0.1, 0.2, 100000] } }\n`,
    ),
    says: [/pipe_configs\.yaml/],
  },

  // ---- the tables
  {
    name: 'text in a numeric column',
    files: featuresOf(features.replace(/r3,[^,]*/, 'r3,tall')),
    says: [/features\.csv:5:/, /tall/, /height/],
  },
  {
    name: 'a row that is too short',
    files: featuresOf(features.replace(/r4,[^,]*,/, 'r4,')),
    says: [/features\.csv:6/],
  },
  {
    name: 'an id that comes twice',
    files: featuresOf(features.replace('r5,', 'r4,')),
    says: [/features\.csv:7:/, /r4/],
  },
  {
    name: 'a column that comes twice',
    files: featuresOf(features.replace('weight', 'height')),
    says: [/features\.csv:1:/, /height/],
  },
  {
    name: 'an id that is missing',
    files: featuresOf(features.replace('r6,', ',')),
    says: [/features\.csv:8:/],
  },
  { name: 'an empty table', files: featuresOf(''), says: [/features\.csv/, /empty/] },
  { name: 'a table with only a header', files: featuresOf('Run,height\n'), says: [/features\.csv/] },
  { name: 'a sample without features', files: featuresOf(features.replace(/r7,.*\n/, '')), says: [/r7/] },
  {
    name: 'an infinity',
    files: featuresOf(features.replace(/r8,[^,]*/, 'r8,Infinity')),
    says: [/features\.csv:10:/],
  },
  {
    name: 'a table that is gzip by mistake',
    files: featuresOf(gzipSync(features)),
    says: [/features\.csv/, /gz/i],
  },
  {
    name: 'a target that is missing',
    files: metadataOf(metadata.replace('r0,well', 'r0,')),
    says: [/metadata\.csv/, /Condition/],
  },
  { name: 'one class only', files: metadataOf(metadata.replaceAll('sick', 'well')), says: [/well|sick/] },
  {
    name: 'fewer members than folds',
    files: configWith('folds: 3', 'folds: 35'),
    says: [/config\.yaml:11:14/, /folds/],
  },
];

const BadInput = suite('bad input');

for (const { name, files = {}, args = enqueue, says } of cases) {
  BadInput(name, async () => {
    const search = makeSearch();
    search.write('log/events-000001.jsonl', '');
    for (const [path, content] of Object.entries(files)) search.write(path, content);
    const { code, err, out } = await search.sptHere(...args);
    for (const pattern of says) assert.match(err, pattern);
    assert.is(code, 2, err);
    assert.is(search.logBytes(), '', 'nothing is appended');
    assert.not.match(err + out, /\n    at /, 'no stack for what a user can mend');
    assert.not.match(
      err + out,
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/,
      'nothing that repaints a terminal',
    );
    search.remove();
  });
}

BadInput('the process exits with the same code and the same words', () => {
  const search = makeSearch();
  search.write(config, smallConfig.replace('seed: 7', 'seed: seven'));
  const { code, err, out } = search.spt(...enqueue);
  assert.equal([code, out], [2, '']);
  assert.match(err, /config\.yaml:14:7/);
  assert.is(search.logBytes(), '');
  search.remove();
});

BadInput('--json tells wrong usage to a program, too', async () => {
  const search = makeSearch();
  const { code, out } = await search.sptHere('work', '--json', '-j', 'many');
  assert.is(code, 2);
  assert.is(JSON.parse(out).errors[0].code, 'usage');
  search.remove();
});

BadInput('what the machine refuses is no error of the program', () => {
  const { lines, code } = explain(
    Object.assign(new Error('ENOSPC: no space left on device, copyfile'), {
      code: 'ENOSPC',
      syscall: 'copyfile',
      path: '/full/x',
    }),
  );
  assert.equal(lines, ['spt: no space is left on the device: copyfile /full/x (ENOSPC)']);
  assert.is(code, 1);
  assert.match(explain(new TypeError('x is undefined')).lines[0], /should not happen/);
});

BadInput('output that cannot be written is a failure', () => {
  if (!existsSync('/dev/full')) return;
  const search = makeSearch();
  search.spt('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  const full = openSync('/dev/full', 'w');
  const { code, err } = search.sptInto(full, 'replay', '--json');
  closeSync(full);
  assert.is(code, 1);
  assert.match(err, /could not be written/);
  search.remove();
});

BadInput('a search that is right passes the same way', () => {
  const search = makeSearch({ config: smallConfig, pipes: smallPipes });
  assert.is(search.spt(...enqueue).code, 0);
  assert.ok(search.logBytes().length > 0);
  search.remove();
});

BadInput.run();
