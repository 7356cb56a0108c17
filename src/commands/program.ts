import { Command } from 'commander';
import { enqueue } from './enqueue.js';
import { init } from './init.js';
import { rebuild } from './rebuild.js';
import { replay } from './replay.js';
import { retry } from './retry.js';
import { version } from './version.js';
import { work } from './work.js';

const afterHelp = `
A search in four commands, in the folder that holds configs/:
  spt enqueue --splits A1 B2 --cv --validate    what is to be trained
  spt work -j 2                                 train it; start as many workers as you like, anywhere
  spt replay --summary                          how far it is, and what is best
  spt rebuild --best                            the best model, trained again and proven the same

Exit codes: 0 done, 1 the work failed, 2 wrong usage or bad input (then nothing was written to the log).`;

/** The whole command line. Errors of usage are thrown as CommanderError, after their message was printed. */
export function program(): Command {
  const root = new Command('spt')
    .description(
      'The superparallel trainer: hyper-parameter searches on any number of machines that share a file system.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(spt help shows what there is)')
    .addHelpText('after', afterHelp)
    .configureHelp({ showGlobalOptions: false })
    .exitOverride();
  for (const command of [init(), enqueue(), work(), replay(), rebuild(), retry()]) {
    root.addCommand(
      command.exitOverride().showHelpAfterError(`(spt ${command.name()} --help shows its options)`),
    );
  }
  return root;
}
