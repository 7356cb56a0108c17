/** The completion scripts, run by the shells themselves. zsh and fish are asked where they are installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program } from '../../src/commands/program.js';
import { registry } from '../../src/ml/registry.js';
import { metrics } from '../../src/ml/scoring/metrics.js';
import { claim, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { makeSearch } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Completion = suite('completion');

const search = makeSearch();
Completion.after(() => search.remove());
const SHELLS = ['bash', 'zsh', 'fish'];
for (const shell of SHELLS) search.write(`spt.${shell}`, (await search.sptHere('completion', shell)).out);
writeLog(search, [
  { type: 'enqueued', config: makeConfig(1, { pipeline: '"config":"$(touch x)"' }) },
  { type: 'enqueued', config: makeConfig(2) },
  claim('w1', 2),
  finish(2, 3),
]);

/** What a shell prints for a script. */
function run(shell: string, script: string): string {
  writeFileSync(join(search.root, `run.${shell}`), script);
  const { status, stdout, stderr } = spawnSync(shell, [`run.${shell}`], {
    cwd: search.root,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  assert.is(stderr, '');
  return stdout;
}

const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const single = (word: string): string => `'${word}'`;

/** What the Tab key offers after these words, the last of which is being typed. */
const OFFERS: { [shell: string]: (words: string[]) => string[] } = {
  bash: words =>
    run(
      'bash',
      `source spt.bash; COMP_WORDS=(spt ${words.map(single).join(' ')}); COMP_CWORD=${words.length}; _spt
printf '%s\\n' "\${COMPREPLY[@]}"`,
    ).split('\n'),
  fish: words =>
    run('fish', `source spt.fish; complete -C ${single(`spt ${words.join(' ')}`)}`)
      .split('\n')
      .map(line => line.split('\t')[0]),
  // The completion system of zsh needs a terminal. Its two functions are replaced by ones that print.
  zsh: words =>
    run(
      'zsh',
      `compdef() { : }
_describe() { local name="\${@[-1]}"; print -rl -- "\${(@P)name}" }
compadd() { local name="\${@[-1]}"; print -rl -- "\${(@P)name}" }
_files() { print -rl -- *(N) }
source spt.zsh; words=(spt ${words.map(single).join(' ')}); CURRENT=${words.length + 1}; _spt`,
    )
      .split('\n')
      .map(line => line.replace(/:.*/, ''))
      .filter(line => line.startsWith(words.at(-1)!)),
};

const commands = (await program([])).commands;
const optionsOf = (name: string): string[] =>
  commands.find(one => one.name() === name)!.options.map(({ long }) => long!);

const CASES: [words: string[], offered: string[]][] = [
  [[''], [...commands.map(one => one.name()), 'help']],
  [['repl'], ['replay']],
  [
    ['slurm', ''],
    ['submit', 'status', 'scale', 'cancel'],
  ],
  [['slurm', 'submit', '--dr'], ['--dry-run']],
  [
    ['enqueue', '--'],
    [...optionsOf('enqueue'), '--help'],
  ],
  [
    ['enqueue', '--pipelines', ''],
    ['lasso', 'nn'],
  ],
  [['enqueue', '--root', '.', '--pipelines', 'l'], ['lasso']],
  [['enqueue', '--splits', 'B'], ['B2']],
  [
    ['enqueue', '--splits', 'train'],
    ['train_A1', 'train_B2'],
  ],
  [['rebuild', '--scoring', ''], [...metrics.keys()]],
  [['steps', 'Nothing'], []],
  [['steps', ''], [...registry.keys()]],
  [
    ['schema', ''],
    ['config', 'pipe_configs'],
  ],
  [['retry', '--kind', 't'], ['timeout']],
  [
    ['show', ''],
    [idOf(1), idOf(2)],
  ],
  [['show', idOf(2).slice(0, 9)], [idOf(1), idOf(2)].filter(id => id.startsWith(idOf(2).slice(0, 9)))],
  [['work', '-j', ''], []],
];

for (const shell of SHELLS) {
  if (shell !== 'bash' && !isThere(shell)) continue;
  Completion(`${shell}: commands, options, and names from the files of the search`, () => {
    for (const [words, offered] of CASES) {
      const found = OFFERS[shell](words).filter(word => word !== '' && word !== '-h');
      assert.equal(found.sort(), [...offered].sort(), `${shell}: spt ${words.join(' ')}`);
    }
  });
}

Completion('bash: several values, a value after =, files, and the end of an option with one value', () => {
  const offers = OFFERS.bash;
  const names = (words: string[]): string[] => offers(words).filter(word => word !== '');
  assert.equal(names(['enqueue', '--splits', 'train_A1', 'B']), ['B2']);
  assert.equal(names(['enqueue', '--pipelines', '=', 'n']), ['nn']);
  assert.equal(names(['rebuild', '--out', 'spt.b']), ['spt.bash']);
  assert.equal(names(['rebuild', '--config', 'con']), ['configs']);
  assert.equal(names(['rebuild', '--out', 'x.json', idOf(1)]), [idOf(1)]);
  assert.equal(names(['enqueue', '--root', 'nowhere', '--pipelines', '']), []);
});

Completion('a name in the log is never run', () => {
  assert.match(search.logBytes(), /touch x/);
  assert.not(existsSync(join(search.root, 'x')));
});

Completion('a shell that there is not', async () => {
  const { code, err } = await search.sptHere('completion', 'tcsh');
  assert.is(code, 2);
  assert.match(err, /Allowed choices are bash, zsh, fish/);
});

Completion.run();
