/** `spt completion`: a script that completes commands, options and names in a shell. */
import { Argument, Command } from 'commander';
import { completedCommands, type CompletedCommand } from './model.js';
import { bashScript, fishScript, zshScript } from './scripts.js';

const SCRIPTS: { [shell: string]: (commands: readonly CompletedCommand[]) => string } = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const AFTER_HELP = `
Add the line to the file, and open a new shell:
  bash  ~/.bashrc    source <(spt completion bash)
  zsh   ~/.zshrc     source <(spt completion zsh)     (after compinit)
  fish  spt completion fish > ~/.config/fish/completions/spt.fish`;

/** @param everything makes the command line with all its commands */
export function completion(everything: () => Promise<Command>): Command {
  return new Command('completion')
    .summary('a script that completes commands, options and names with the Tab key')
    .description(
      'Prints a script for a shell. It completes commands and options, names of pipelines and splits from configs/, ' +
        'names of steps and metrics, and ids from the end of the log.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', AFTER_HELP)
    .action(async (shell: string) => {
      process.stdout.write(SCRIPTS[shell](completedCommands(await everything())));
    });
}
