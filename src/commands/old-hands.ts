/**
 * Answers words that people know from other tools: words of the Python trainer that `spt` follows (`train.py manage
 * --pipeline_names lasso --cv True`), and commands of other tools. Each answer has the line to write.
 */
import { InputError } from '../base/errors.js';
import { shellWord } from '../base/shell.js';

/** Options of the Python trainer, and the options of spt with the same meaning. */
const RENAMED: { [old: string]: string } = {
  '--pipeline_names': '--pipelines',
  '--pipeline-names': '--pipelines',
  '--pipeline_name': '--pipelines',
  '--split_names': '--splits',
  '--split-names': '--splits',
  '--split_name': '--splits',
};

/** Options without a value. */
const SWITCHES: ReadonlySet<string> = new Set(['--cv', '--validate']);
const YES = /^(true|yes|on|1)$/i;
const NO = /^(false|no|off|0|none)$/i;

/** For a command of another tool: what it does, and the command of spt that does it. */
const POINTERS: { [command: string]: { does: string; command: string } } = Object.fromEntries(
  [
    {
      names: ['progress', 'info', 'eta', 'stat'],
      does: 'how far the search is, who works, and how long it will take',
      line: 'status',
    },
    {
      names: ['watch', 'top', 'monitor'],
      does: 'how far the search is, drawn again every 2 s',
      line: 'status --watch',
    },
    {
      names: ['scores', 'table', 'leaderboard'],
      does: 'the best configs, and all of them with all scores as a table',
      line: 'results',
    },
    {
      names: ['ls', 'list', 'log', 'logs', 'history'],
      does: 'every config with its status and scores',
      line: 'replay',
    },
    { names: ['best'], does: 'the best config, trained again', line: 'rebuild --best' },
    {
      names: ['save', 'model'],
      does: 'the best model, written as readable JSON',
      line: 'rebuild --best --out model.json',
    },
    {
      names: ['score', 'apply'],
      does: 'predictions of the best model for new samples',
      line: 'predict --help',
    },
    {
      names: ['run', 'train', 'worker', 'start', 'resume', 'fit'],
      does: 'a worker, which trains what is queued',
      line: 'work',
    },
    { names: ['queue', 'add', 'create', 'prepare'], does: 'what is to be trained', line: 'enqueue' },
    {
      names: ['validate'],
      does: 'a check of both YAML files and of the data, which writes nothing',
      line: 'enqueue --dry-run',
    },
    { names: ['reset', 'requeue'], does: 'failed configs, back into the queue', line: 'retry --all' },
    {
      names: ['submit', 'sbatch'],
      does: 'the manager and the workers as jobs of Slurm',
      line: 'slurm submit --help',
    },
  ].flatMap(({ names, does, line }) => names.map(name => [name, { does, command: `spt ${line}` }])),
);

/** Refuses words of other tools whose meaning is known. Throws InputError with the line to write. */
export function refuseForeignWords(args: readonly string[]): void {
  const line = translated(args);
  if (line !== undefined) {
    throw new InputError('old-words', 'these are words of the Python trainer', {
      hint: 'Write this:',
      commands: [line],
    });
  }
  const [name] = args;
  if (name === undefined || !Object.hasOwn(POINTERS, name)) return;
  const { does, command } = POINTERS[name];
  throw new InputError('unknown-command', `there is no command ${name}`, {
    hint: `${does[0].toUpperCase()}${does.slice(1)}:`,
    commands: [command],
  });
}

/** The line of spt that means the same as these words of `train.py`; undefined if there are none. */
function translated(args: readonly string[]): string | undefined {
  const start = args.findIndex(word => !/^(python3?|(.*\/)?train\.py)$/.test(word));
  const own = start < 0 ? [] : args.slice(start);
  const words: string[] = [];
  for (let i = 0; i < own.length; i++) {
    const [name, given] = split(own[i]);
    if (i === 0 && name === 'manage') words.push('enqueue');
    else if (Object.hasOwn(RENAMED, name)) words.push(RENAMED[name], ...(given === undefined ? [] : [given]));
    else if (SWITCHES.has(name)) {
      const value = given ?? own[i + 1] ?? '';
      if (!YES.test(value) && !NO.test(value)) words.push(own[i]);
      else {
        if (YES.test(value)) words.push(name);
        if (given === undefined) i++;
      }
    } else words.push(own[i]);
  }
  const isSame = words.length === args.length && words.every((word, i) => word === args[i]);
  return isSame ? undefined : ['spt', ...words.map(shellWord)].join(' ');
}

/** The name and the value of `--name=value`. */
function split(word: string): [name: string, value?: string] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
