/** `spt doctor`: checks the log, the configs that cannot finish, and the promises of the file system. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from '../base/config.js';
import { InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { readPrepared } from '../data/store.js';
import { examineSearch, examineShared, WATCH_MS } from '../log/check/doctor.js';
import { isWell, type Finding } from '../log/check/findings.js';
import type { LogHealth } from '../log/check/log.js';
import type { FileSystemHealth } from '../log/check/system.js';
import { nodeHost } from '../log/node-host.js';
import { planSteps } from '../ml/pipeline.js';
import { sizeOfKept } from '../predictions/kept.js';
import { EXIT_CODES } from '../terminal/complaints.js';
import { printable, safeJson } from '../terminal/printable.js';
import { hanging, screenOf } from '../terminal/screen.js';
import { existingLog } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';
import { milliseconds } from './values.js';

interface Options extends PlaceOptions {
  probe?: string;
  wait: number;
  watch: number;
  json?: boolean;
}

/** How many findings of one kind are shown to people; --json lists more. */
const MOST_SHOWN = 20;
/** How many configs of one finding are named to people; --json names all. */
const MOST_NAMED = 20;
const DETAILS = `
  spt doctor                    checks the log of this search, its configs, its
                                workers, and the file system under it
  spt doctor --probe /shared    on two machines at once: tries whether locks and
                                appends hold between the two

A test on one machine proves nothing about a file system that several machines
share. Run --probe once for each file system.

A "problem" is wrong and needs you: the exit code is 1. A "warning" may be
wrong: its second line says how to find out, or how to be safe. A "note" is good
to know.`;

export function doctor(): Command {
  const command = new Command('doctor')
    .summary('check the log, what can never finish, and the file system')
    .description(
      'Checks the log line by line, its snapshots, the configs that can never finish, the workers that are gone, and ' +
        'the file system under it: the options of the mount and the free space. Tries locks and appends of several ' +
        'processes for real.',
    )
    .option(
      '--probe <path>',
      'meet another machine in that folder, and try locks and appends between the two',
    )
    .addOption(
      new Option('--wait <time>', 'how long to wait for the other machine')
        .argParser(milliseconds)
        .default(30_000, '30s'),
    )
    .addOption(
      new Option('--watch <time>', 'how long to watch workers that hold configs and show no sign of life')
        .argParser(milliseconds)
        .default(WATCH_MS, `${WATCH_MS / 1000}s`),
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', DETAILS);
  return withPlace(command, 'log').action(run);
}

async function run(options: Options): Promise<void> {
  const findings = options.probe === undefined ? await examine(options) : await probe(options.probe, options);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  process.exitCode = problems > 0 ? EXIT_CODES.failed : EXIT_CODES.done;
  if (options.json) return;
  for (const line of findingLines(findings)) console.log(line);
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const parts = [problems > 0 && counted(problems, 'problem'), warnings > 0 && counted(warnings, 'warning')];
  const text = parts.filter(part => part !== false).join(', ');
  console.log(text === '' ? 'All is well.' : `${text}.`);
}

// ---- one machine ---------------------------------------------------------------------------------------------------

async function examine(options: Options): Promise<Finding[]> {
  const { log: folder, prepared, kept } = folders(options);
  // The snapshots are checked, so the state must come from the log alone.
  const { host } = await existingLog(folder, { snapshots: false });
  const trainability = {
    refusalOf,
    dataComplaintOf: (digest: string) => dataComplaintOf(prepared, digest),
  };
  const { log, fileSystem, findings } = await examineSearch(folder, host, trainability, {
    watchMs: options.watch,
    onWait: quiet =>
      console.error(
        `Watching ${counted(quiet, 'worker')} for a sign of life, ${options.watch / 1000} s at most ...`,
      ),
  });
  const predictions = sizeOfKept(kept);
  const facts = { log: logFacts(log), fileSystem: systemFacts(fileSystem), predictions };
  const lines = [logLine(log), ...keptLines(predictions, kept), systemLine(fileSystem)];
  console.log(options.json ? json(findings, facts) : lines.join('\n'));
  return findings;
}

/** Why this version refuses to train a config. A log may hold anything. */
function refusalOf({ steps }: Config): string | undefined {
  try {
    planSteps(steps);
    return undefined;
  } catch (error) {
    return error instanceof InputError ? error.message : 'its steps do not have the form of a pipeline';
  }
}

function dataComplaintOf(prepared: string, digest: string): string | undefined {
  try {
    readPrepared(prepared, digest);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function logFacts({ survey: { segments }, state, counts }: LogHealth): object {
  return { segments, records: state.n, configs: state.size, counts };
}

function logLine({ survey: { segments }, state }: LogHealth): string {
  const records = `${counted(state.n, 'record')} in ${counted(segments.length, 'segment')}`;
  return `log          ${counted(state.size, 'config')}, ${records}`;
}

/** What `worker: { keep: predictions }` takes on the disk; nothing where it takes nothing. */
function keptLines({ files, bytes }: { files: number; bytes: number }, folder: string): string[] {
  if (files === 0) return [];
  const size = `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  return [
    `predictions  ${size} of ${counted(files, 'config')} in ${printable(folder)}, which may be deleted`,
  ];
}

function systemFacts({ mount, freeBytes, appendsPerSecond }: FileSystemHealth): object {
  return { mount, freeBytes, appendsPerSecond };
}

function systemLine({ mount, freeBytes, appendsPerSecond }: FileSystemHealth): string {
  const parts = [mount ? `${mount.type} at ${mount.point} (${mount.options.join(',')})` : 'of unknown type'];
  if (freeBytes !== undefined) parts.push(`${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`);
  if (appendsPerSecond !== undefined)
    parts.push(`${appendsPerSecond.toFixed(0)} locked appends/s by 4 processes`);
  return hanging('file system  ', printable(parts.join(', '), 400), screenOf(process.stdout).width);
}

// ---- two machines --------------------------------------------------------------------------------------------------

async function probe(path: string, options: Options): Promise<Finding[]> {
  const folder = resolve(path);
  if (!existsSync(folder)) {
    throw new InputError('no-such-folder', `there is no folder ${printable(path)}`, {
      value: path,
      expected: 'a folder that both machines see',
      hint: 'Name a folder that is there. It may have another path on the other machine.',
    });
  }
  if (!options.json)
    console.log(`Waiting for spt doctor --probe on another machine in ${printable(folder)} ...`);
  const { meeting, mount, findings } = await examineShared(folder, await nodeHost(), options.wait);
  const { here, there, appends, excludes } = meeting;
  if (options.json) {
    console.log(json(findings, { here, there, excludes, appends, mount }));
  } else {
    const { expected, found, seconds } = appends;
    console.log(`${printable(here)} and ${printable(there)} met.`);
    console.log(`locks    ${excludes ? 'one machine keeps the other out' : 'do not exclude'}`);
    console.log(`appends  ${found} of ${expected} found, ${(expected / seconds).toFixed(0)} per second`);
  }
  return findings;
}

// ---- for people and for programs -----------------------------------------------------------------------------------

function json(findings: Finding[], more: object): string {
  return safeJson({ isWell: isWell(findings), ...more, findings });
}

function findingLines(findings: readonly Finding[]): string[] {
  const shown = new Map<string, number>();
  const lines: string[] = [];
  const { width } = screenOf(process.stdout);
  const indent = ' '.repeat(9);
  for (const { level, kind, message, place, advice, excerpt, configs } of findings) {
    const times = (shown.get(kind) ?? 0) + 1;
    shown.set(kind, times);
    if (times > MOST_SHOWN) continue;
    const where = place ? `${whereText(place)}: ` : '';
    lines.push(hanging(level.padEnd(9), `${printable(kind)}: ${where}${printable(message, 500)}`, width));
    if (excerpt) lines.push(hanging(indent, printable(excerpt, 120), width));
    if (configs) lines.push(...nameLines(configs));
    if (advice) lines.push(hanging(indent, printable(advice, 300), width));
  }
  for (const [kind, times] of shown)
    if (times > MOST_SHOWN) lines.push(`         and ${times - MOST_SHOWN} more: ${printable(kind)}`);
  return lines;
}

/** The ids of configs, four a line. */
function nameLines(configs: readonly string[]): string[] {
  const lines: string[] = [];
  const named = configs.slice(0, MOST_NAMED);
  for (let i = 0; i < named.length; i += 4) lines.push(`         ${named.slice(i, i + 4).join(' ')}`);
  const rest = configs.length - named.length;
  if (rest > 0) lines.push(`         and ${rest} more: spt doctor --json names all`);
  return lines;
}

function whereText({ file, line, offset }: NonNullable<Finding['place']>): string {
  const at = line === undefined ? file : `${file}:${line}`;
  return offset === undefined ? at : `${at} (byte ${offset})`;
}
