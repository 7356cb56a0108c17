/** What can be completed on the command line, as data: read from the commands themselves. */
import type { Argument, Command, Option } from 'commander';
import { registry } from '../../ml/registry.js';
import { metrics } from '../../ml/scoring/metrics.js';

/** Where the values of an option or an argument come from. */
export type Source =
  /** These words. */
  | { kind: 'words'; words: readonly string[] }
  /** Names or ids that the shell reads from the search's files. */
  | { kind: 'pipelines' | 'splits' | 'ids' }
  | { kind: 'files' | 'folders' }
  /** A value of the user's own: nothing is offered. */
  | { kind: 'own' };

export interface CompletedOption {
  /** `--split`, `-j`. */
  names: string[];
  about: string;
  /** How many values follow. */
  takes: 'none' | 'one' | 'many';
  values: Source;
}

export interface CompletedCommand {
  /** The words that lead to it: `slurm submit`; empty for spt itself. */
  path: string;
  about: string;
  options: CompletedOption[];
  /** What stands where no option is: names of subcommands, or values of the arguments. */
  operands: Source;
}

/** The commands with all their subcommands, spt itself first. */
export function completedCommands(root: Command): CompletedCommand[] {
  return completedUnder(root, '');
}

function completedUnder(command: Command, path: string): CompletedCommand[] {
  const subcommands = command.commands.filter(one => one.name() !== 'help');
  const names = subcommands.map(one => one.name());
  const help: CompletedOption = {
    names: ['-h', '--help'],
    about: 'show the help',
    takes: 'none',
    values: OWN,
  };
  const operands = names.length > 0 ? words(path === '' ? [...names, 'help'] : names) : operandsOf(command);
  return [
    {
      path,
      about: command.summary() || command.description(),
      options: [...command.options.filter(({ hidden }) => !hidden).map(completedOption), help],
      operands,
    },
    ...subcommands.flatMap(one => completedUnder(one, path === '' ? one.name() : `${path} ${one.name()}`)),
  ];
}

const OWN: Source = { kind: 'own' };
const words = (list: readonly string[]): Source => ({ kind: 'words', words: list });

function completedOption(option: Option): CompletedOption {
  const { short, long, description, variadic, required, optional, argChoices } = option;
  const takes = variadic ? 'many' : required || optional ? 'one' : 'none';
  const values = argChoices ? words(argChoices) : (VALUES[long ?? ''] ?? byPlaceholder(option.flags));
  return {
    names: [short, long].filter(name => name !== undefined),
    about: description,
    takes,
    values: takes === 'none' ? OWN : values,
  };
}

/** Where the values of options come from, by the option's name. */
const VALUES: { [option: string]: Source } = {
  '--split': { kind: 'splits' },
  '--splits': { kind: 'splits' },
  '--pipelines': { kind: 'pipelines' },
  '--scoring': words([...metrics.keys()]),
};

/** What the placeholder of an option says: `<file>`, `<dir>`. */
function byPlaceholder(flags: string): Source {
  if (/<(file|path)\b/.test(flags)) return { kind: 'files' };
  return /<(dir|folder)\b/.test(flags) ? { kind: 'folders' } : OWN;
}

function operandsOf({ registeredArguments }: Command): Source {
  const [first] = registeredArguments;
  if (!first) return OWN;
  if (first.argChoices) return words(first.argChoices);
  return OPERANDS[first.name()] ?? byName(first);
}

const IDS: Source = { kind: 'ids' };
const OPERANDS: { [argument: string]: Source } = {
  configId: IDS,
  configIds: IDS,
  ids: IDS,
  steps: words([...registry.keys()]),
};

function byName(argument: Argument): Source {
  const name = argument.name();
  return /folder|dir|logs?$/.test(name) ? { kind: 'folders' } : /file/.test(name) ? { kind: 'files' } : OWN;
}
