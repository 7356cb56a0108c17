/** The command line of spt: its commands, and its help. */
import { Command } from 'commander';
import { VERSION } from './package.js';

/**
 * The commands by name, in the order of the help. A command is loaded only when it is used: `spt replay` needs no
 * learner.
 */
const COMMANDS: { [name: string]: () => Promise<Command> } = {
  init: async () => (await import('./init.js')).init(),
  enqueue: async () => (await import('./enqueue.js')).enqueue(),
  work: async () => (await import('./work.js')).work(),
  status: async () => (await import('./status.js')).status(),
  replay: async () => (await import('./replay.js')).replay(),
  results: async () => (await import('./results.js')).results(),
  show: async () => (await import('./show.js')).show(),
  predictions: async () => (await import('./predictions.js')).predictions(),
  explain: async () => (await import('./explain.js')).explain(),
  select: async () => (await import('./select.js')).select(),
  compare: async () => (await import('./compare.js')).compare(),
  ensemble: async () => (await import('./ensemble.js')).ensemble(),
  report: async () => (await import('./report.js')).report(),
  rebuild: async () => (await import('./rebuild.js')).rebuild(),
  predict: async () => (await import('./predict.js')).predict(),
  export: async () => (await import('./export.js')).exportCommand(),
  retry: async () => (await import('./retry.js')).retry(),
  serve: async () => (await import('./serve.js')).serve(),
  check: async () => (await import('./check.js')).check(),
  doctor: async () => (await import('./doctor.js')).doctor(),
  merge: async () => (await import('./merge.js')).merge(),
  audit: async () => (await import('./audit.js')).audit(),
  steps: async () => (await import('./steps.js')).steps(),
  metrics: async () => (await import('./metrics.js')).metrics(),
  schema: async () => (await import('./schema.js')).schema(),
  completion: async () => (await import('./completion/completion.js')).completion(() => program([])),
  slurm: async () => (await import('./slurm/slurm.js')).slurm(),
};

const AFTER_HELP = `
A search in four commands, in the folder that holds configs/:
  spt enqueue --splits A1 B2 --cv --validate
      fills the queue with everything that is to be trained
  spt work -j 2
      trains it; start as many workers as you like, on any machine
  spt replay --summary
      shows how far the search is, and what is best
  spt rebuild --best --split A1
      trains the best config again, and proves that the model is the same

Exit codes: 0 done; 1 the work failed; 2 wrong usage or bad input. After a 2,
nothing was written to the log.`;

/** The command line for these arguments. An error of usage is printed, and then thrown as CommanderError. */
export async function program(args: readonly string[]): Promise<Command> {
  const root = new Command('spt')
    .description(
      'The superparallel trainer: hyper-parameter searches on any number of machines that share a file system.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(spt help lists the commands)')
    .addHelpText('after', AFTER_HELP)
    .configureHelp({ showGlobalOptions: false })
    .exitOverride();
  const asked = args[0] !== undefined && Object.hasOwn(COMMANDS, args[0]) ? [args[0]] : Object.keys(COMMANDS);
  for (const name of asked) {
    const command = await COMMANDS[name]();
    root.addCommand(command.exitOverride().showHelpAfterError(`(spt ${name} --help shows its options)`));
  }
  return root;
}
