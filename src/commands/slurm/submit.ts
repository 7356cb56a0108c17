/** `spt slurm submit`, and the parts that `spt slurm scale` shares. Everything is checked before sbatch takes a job. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { Failure, InputError } from '../../base/errors.js';
import { shellWord } from '../../base/shell.js';
import { counted } from '../../base/listing.js';
import { configsOf } from '../../config/enumerate.js';
import { resolveSplits } from '../../config/splits.js';
import type { Runner } from '../../slurm/runner.js';
import { outputOf } from '../../slurm/runner.js';
import {
  type Site,
  type Submission,
  commandLine,
  managerSubmission,
  scriptOf,
  submit,
  tryOut,
  workersSubmission,
} from '../../slurm/submit.js';
import { parseSlurmTime } from '../../slurm/time.js';
import { safeJson } from '../../terminal/printable.js';
import { duration } from '../../terminal/units.js';
import { openLog } from '../journal.js';
import { PACKAGE_ROOT } from '../package.js';
import { type PlaceOptions, experiment, folders } from '../place.js';
import { type SubmitOptions, withJobOptions } from './options.js';
import { positiveInteger } from '../values.js';
import { work } from '../work.js';

const CLI = fileURLToPath(new URL('../../cli.js', import.meta.url));

const DETAILS = `
The manager runs first, and the workers start when it has ended well. It takes
the options of spt enqueue:
  spt slurm submit --workers 100 --time 4:00:00 --splits A1 B2 --cv --validate
Without --splits, it enqueues what the last line of slurm/manager.sbatch says.
When the queue is filled already:
  spt slurm submit --workers 100 --no-manager
Write whatever else your cluster needs (modules, the partition) into the two
scripts, once.`;

export function submitCommand(run: Runner): Command {
  const command = new Command('submit')
    .summary('submit the manager, and an array of workers')
    .description(
      'Submits the manager (spt enqueue), and an array of workers that starts when the manager has ended well.',
    )
    .requiredOption('--workers <n>', 'number of workers', positiveInteger)
    .option('--splits <names...>', 'the splits to enqueue, as with spt enqueue')
    .option('--pipelines <names...>', 'the pipelines to train (default: all)')
    .option('--cv', 'compute cross-validated scores')
    .option('--validate', 'also score on the validation split')
    .option('--no-manager', 'submit only workers, because the queue is filled already')
    .option('--at-once', 'let workers start before the manager ends, because the queue holds configs already')
    .addHelpText('after', DETAILS);
  return withJobOptions(command).action(options => submitBoth(run, options));
}

async function submitBoth(run: Runner, options: SubmitOptions): Promise<void> {
  if (options.mem !== undefined && options.memPerCpu !== undefined)
    throw new InputError('two-limits', '--mem and --mem-per-cpu cannot be used together', {
      expected: 'one of them',
    });
  if (!options.manager) return submitWorkers(run, await workersPlan(options.workers!, options), options);
  const manager = managerPlan(options);
  if (options.atOnce) await refuseEmptyQueue(options);
  const site = siteOf(options);
  const workers = (after?: string) => workersOf(options.workers!, options, after);
  const rehearsal = workers();
  if (options.dryRun) return show(options, [manager, workers(options.atOnce ? undefined : 'MANAGER')], site);
  tryOut(run, manager, site);
  tryOut(run, rehearsal, site);
  const first = submit(run, manager, site);
  try {
    const second = submit(run, workers(options.atOnce ? undefined : first.job), site);
    tell(options, { manager: first.job, workers: second.job }, [first.warnings, second.warnings]);
  } catch (error) {
    outputOf(run, 'scancel', [first.job]);
    throw new Failure('slurm', `${(error as Error).message}; the manager, job ${first.job}, was cancelled`);
  }
}

/** The workers alone. Throws InputError if the queue is empty, because they would have nothing to do. */
export async function workersPlan(workers: number, options: SubmitOptions): Promise<Submission> {
  experiment(options);
  await refuseEmptyQueue(options);
  return workersOf(workers, options);
}

export function submitWorkers(run: Runner, plan: Submission, options: SubmitOptions): void {
  const site = siteOf(options);
  if (options.dryRun) return show(options, [plan], site);
  tryOut(run, plan, site);
  const { job, warnings } = submit(run, plan, site);
  tell(options, { workers: job }, [warnings]);
}

/** The job of the manager. Its splits and pipelines are checked against configs/ at once. The tables are not read. */
function managerPlan(options: SubmitOptions): Submission {
  const { splits, pipelines, cv = false, validate = false } = options;
  const search = experiment(options, pipelines);
  if (!splits && (pipelines || cv || validate))
    throw new InputError('no-splits', 'the manager needs the names of the splits', {
      expected: '--splits',
      hint: 'Without these options, it enqueues what the last line of slurm/manager.sbatch says.',
    });
  if (splits) {
    const names = resolveSplits(search, { splits, validate });
    configsOf(
      search,
      { pipelines },
      names.map(split => ({ ...split, data: '' })),
    );
  }
  const args = splits ? ['--splits', ...splits] : [];
  if (pipelines) args.push('--pipelines', ...pipelines);
  if (cv) args.push('--cv');
  if (validate) args.push('--validate');
  // Arguments replace those of the script, so a place without splits would leave the manager without work.
  const script = scriptOf('manager', [folders(options).root, PACKAGE_ROOT]);
  if (splits) return managerSubmission(script, options, [...args, ...placeArguments(options)]);
  if (placeArguments(options).length > 0)
    throw new InputError('no-splits', '--config, --pipe-configs and --log need --splits beside them', {
      expected: '--splits',
    });
  return managerSubmission(script, options, []);
}

function workersOf(workers: number, options: SubmitOptions, after?: string): Submission {
  const script = scriptOf('workers', [folders(options).root, PACKAGE_ROOT]);
  const args = [...workArguments(options.work ?? ''), ...placeArguments(options)];
  return workersSubmission(script, workers, options, args, after);
}

/** The options for `spt work`. Throws InputError if `spt work` does not know them. */
function workArguments(text: string): string[] {
  const words = text.split(/\s+/).filter(word => word !== '');
  const rehearsal = work()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .action(() => undefined);
  try {
    rehearsal.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new InputError(
      'bad-work-options',
      error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '),
      {
        value: text,
        expected: 'options of spt work',
        hint: 'spt work --help shows them.',
      },
    );
  }
  return words;
}

/** The options that name files elsewhere, as absolute paths, because the jobs run in the root. */
function placeArguments({ config, pipeConfigs, log }: PlaceOptions): string[] {
  return Object.entries({ '--config': config, '--pipe-configs': pipeConfigs, '--log': log }).flatMap(
    ([name, path]) => (path === undefined ? [] : [name, resolve(path)]),
  );
}

async function refuseEmptyQueue(options: SubmitOptions): Promise<void> {
  const { journal } = await openLog(folders(options).log);
  const isSubmit = options.manager !== undefined;
  if (journal.state.count('queued') + journal.state.count('claimed') > 0) return;
  throw new InputError('nothing-queued', 'nothing is queued, so workers would end at once', {
    value: folders(options).log,
    expected: 'a log with queued configs',
    hint: isSubmit
      ? 'Leave out --no-manager and --at-once, or run spt enqueue first.'
      : 'Run spt enqueue first, or spt slurm submit, whose manager enqueues.',
  });
}

/** The jobs run in the root, with the node and the spt of this process, unless $SPT names another. */
function siteOf(options: PlaceOptions): Site {
  const own = `${shellWord(process.execPath)} ${shellWord(CLI)}`;
  return { folder: folders(options).root, environment: { SPT: process.env.SPT ?? own } };
}

function show({ json }: SubmitOptions, submissions: Submission[], { folder, environment }: Site): void {
  const texts = submissions.map(submission => ({
    script: submission.script,
    content: readFileSync(submission.script, 'utf8'),
    command: commandLine(submission),
  }));
  if (json) {
    console.log(safeJson({ dryRun: true, folder, environment, submissions: texts }));
    return;
  }
  for (const { script, content } of texts) console.log(`# ${script}\n${content}`);
  console.log('# These commands would submit them:');
  console.log(`cd ${shellWord(folder)}\nexport SPT=${shellWord(environment.SPT)}`);
  for (const { command } of texts) console.log(command);
}

function tell(
  { workers, time, json }: SubmitOptions,
  jobs: { [role: string]: string },
  warnings: string[],
): void {
  const warning = warnings.filter(text => text !== '').join('\n');
  if (warning !== '') console.error(warning);
  if (json) {
    console.log(safeJson(jobs));
    return;
  }
  const parts = Object.entries(jobs).map(([role, job]) => `${role}: job ${job}`);
  // Slurm reads 4:00 as four minutes, so the limit is told in words.
  const limit = time === undefined ? '' : ` of ${duration(parseSlurmTime(time)!)}`;
  if (workers !== undefined) parts.push(`${counted(workers, 'worker')}${limit}`);
  console.log(`Submitted. ${parts.join(', ')}.\nNext: spt slurm status, tail -f log/status.log`);
}
