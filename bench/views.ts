/**
 * What a look at a search costs: `npm run bench:views [-- [--tiny] [--huge] [--dir DIR]]`. For logs of 10^3, 10^4 and
 * 10^5 configs (with `--huge` also 10^6), all finished, with six metrics over five folds: the seconds of each command,
 * from the start of its process to its end, and its peak memory. The table of results is counted again. A report is
 * opened in headless Chromium, where there is one: until it shows something, and until all of it is made. Beside them
 * stands Optuna's `trials_dataframe` of 10^4 trials. A command that this version does not have is passed over.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { chromiumPath, paintTimes, startBrowser } from '../support/browser.js';
import { program } from '../src/commands/program.js';
import { table } from '../src/terminal/table.js';
import { makeLog } from './log/make-log.js';
import type { Measured } from './views/command.js';

const script = fileURLToPath(new URL('views/command.js', import.meta.url));
const peer = fileURLToPath(new URL('../../bench/peer_trials.py', import.meta.url));

/** What is measured: a command, and the file that it writes. */
const COMMANDS: { command: string; args: string[]; file?: string }[] = [
  { command: 'results', args: ['results', '-o'], file: 'results.parquet' },
  { command: 'results', args: ['results', '-o'], file: 'results.csv' },
  { command: 'results', args: ['results', '--top', '20'] },
  { command: 'replay', args: ['replay', '--summary'] },
  { command: 'status', args: ['status'] },
  { command: 'report', args: ['report', '-o'], file: 'report.html' },
];

/** The largest log for each command that is not measured with all of them. */
const LARGEST: { [command: string]: number } = { report: 100_000 };

const { values } = parseArgs({
  options: {
    tiny: { type: 'boolean', default: false },
    huge: { type: 'boolean', default: false },
    dir: { type: 'string', default: tmpdir() },
  },
});

/** Runs a command on the log of a folder; the median of several runs by time. */
function measure(folder: string, args: readonly string[], times: number): Measured {
  const runs = Array.from({ length: times }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args, '--root', folder], {
      encoding: 'utf8',
    });
    const measured = status === 0 ? (JSON.parse(stdout) as Measured) : undefined;
    if (measured?.code !== 0) throw new Error(`spt ${args.join(' ')}: ${stderr}`);
    return measured;
  });
  return runs.sort((a, b) => a.seconds - b.seconds)[times >> 1];
}

/** Throws unless a file of results has a row for each config. */
async function check(file: string, configs: number): Promise<void> {
  let rows = -1;
  if (file.endsWith('.parquet'))
    rows = Number((await parquetMetadataAsync(await asyncBufferFromFile(file))).num_rows);
  else if (file.endsWith('.csv'))
    for await (const part of createReadStream(file))
      for (const byte of part as Buffer) if (byte === 10) rows++;
  if (!file.endsWith('.html') && rows !== configs)
    throw new Error(`${file} has ${rows} rows, not ${configs}`);
}

/** How long a report takes in the browser: until it shows something, and until all of it is made. */
async function addPaint(file: string, configs: number): Promise<void> {
  const path = chromiumPath();
  if (path === undefined) return;
  const browser = await startBrowser(path);
  const { paintMs, readyMs } = await paintTimes(browser, file);
  await browser.close();
  rows.push(['report.html: first paint in Chromium', configs, (paintMs / 1000).toFixed(2), '', '']);
  rows.push(['report.html: all is made', configs, (readyMs / 1000).toFixed(2), '', '']);
}

/** Optuna's trials as a table, and that table as CSV; undefined where there is no Optuna. */
function optuna(folder: string, trials: number): { seconds: number; megabytes: number } | undefined {
  const python = process.env.PYTHON ?? '/usr/bin/python3';
  const { status, stdout, stderr } = spawnSync(python, [peer, join(folder, 'optuna'), String(trials)], {
    encoding: 'utf8',
  });
  if (status === null) return undefined;
  if (status !== 0) throw new Error(stderr);
  const told = JSON.parse(stdout);
  if (told.missing) return undefined;
  if (told.rows !== trials) throw new Error(`Optuna read ${told.rows} trials`);
  return told;
}

const [{ model }] = cpus();
console.log(`${cpus().length} x ${model}, Node ${process.versions.node}, ${values.dir}`);
const known = new Set((await program([])).commands.map(command => command.name()));
const sizes = values.tiny ? [100] : [1000, 10_000, 100_000, ...(values.huge ? [1_000_000] : [])];
const trials = values.tiny ? 100 : 10_000;
const rows: (string | number)[][] = [];
const add = (
  what: string,
  configs: number,
  { seconds, megabytes }: { seconds: number; megabytes: number },
  size = '',
) => rows.push([what, configs, seconds.toFixed(2), Math.round(megabytes), size]);
const folder = mkdtempSync(join(values.dir!, 'spt-bench-'));
try {
  for (const configs of sizes) {
    const root = join(folder, String(configs));
    makeLog(join(root, 'log'), { configs, finished: configs, perClaim: 4, isVaried: true }, true);
    // The first reader of a sealed segment leaves a snapshot, as in a search that goes on.
    measure(root, ['replay', '--summary'], 1);
    for (const { command, args, file } of COMMANDS) {
      if (!known.has(command) || configs > (LARGEST[command] ?? Infinity)) continue;
      const path = file === undefined ? [] : [join(root, file)];
      const measured = measure(root, [...args, ...path], values.tiny || configs > 10_000 ? 1 : 3);
      for (const written of path) await check(written, configs);
      const megabytes = path.map(written => (statSync(written).size / 1e6).toFixed(1)).join();
      if (file === 'report.html') await addPaint(join(root, file), configs);
      add(`spt ${args.join(' ')}${file === undefined ? '' : ` ${file}`}`, configs, measured, megabytes);
    }
    rmSync(root, { recursive: true });
  }
  const told = optuna(folder, trials);
  if (told) add('Optuna: load_study, trials_dataframe, to_csv', trials, told);
  else console.log('passed over: Optuna is not here');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const heads = ['configs', 'seconds', 'peak MB', 'file MB'].map(head => ({ head, right: true }));
console.log(`\n${table([{ head: 'what' }, ...heads], rows)}`);
