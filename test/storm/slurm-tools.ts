/** What the checks with a real Slurm share: the private cluster, searches that last, and what their logs tell. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readPrepared } from '../../src/data/store.js';
import { evaluate, ready } from '../../src/ml/evaluate.js';
import { type Search, makeSearch, smallConfig } from '../../support/search.js';
import { root } from '../../support/root.js';

const folder = mkdtempSync(join(tmpdir(), 'spt-slurm-'));
export const leaseSeconds = 10;
/** The exit status where something cannot be had (automake's status of a skipped test). */
const skipped = 77;

export function cluster(what: string, ...more: string[]): string {
  const script = join(root, 'test/storm/slurm-cluster.sh');
  const { status, stdout } = spawnSync(script, [what, folder, ...more], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === skipped) {
    console.log('skipped: no private Slurm can be had here (root, namespaces, and the packages are needed)');
    process.exitCode = 0;
    throw new Skip();
  }
  assert.is(status, 0, `slurm-cluster.sh ${what}`);
  return stdout;
}

export class Skip extends Error {}

/** One of Slurm's commands; what it prints. */
export function slurm(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  assert.is(status, 0, `${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** spt in the search; what it prints as JSON. */
export function spt(search: Search, ...args: string[]): any {
  const { code, out, err } = search.spt(...args, '--json');
  assert.is(code, 0, `spt ${args.join(' ')}: ${err}`);
  return JSON.parse(out);
}

/** A search of networks, each of which trains for about this number of seconds on one free core. */
export async function searchOf(configs: number, seconds: number): Promise<Search> {
  return makeSearch({
    config: smallConfig.replace('lease: 3s', `lease: ${leaseSeconds}s`),
    pipes: networks(configs, Math.max(1, Math.round(seconds * (await iterationsPerSecond())))),
  });
}

/** Pipelines of networks that differ in their penalty only, which is `from` at least. */
export function networks(configs: number, iterations: number, from = 0.1): string {
  const alpha = `{ linspace: [${from}, ${from + 0.1}, ${configs}] }`;
  return `
nn:
  - StandardScaler
  - MLPClassifier:
      hidden_layer_sizes: [[20]]
      alpha: ${alpha}
      max_iter: [${iterations}]
      tol: 0
      n_iter_no_change: [${iterations}]
`;
}

let measured: number | undefined;

/** Measured by processor time, so that other programs on the machine do not matter. */
export async function iterationsPerSecond(): Promise<number> {
  if (measured !== undefined) return measured;
  const search = makeSearch({ pipes: networks(1, 5000) });
  spt(search, 'enqueue', '--splits', 'train_A1');
  const { config } = search.events()[0];
  const data = readPrepared(join(search.root, 'data/.prepared'), config.data);
  await ready(config.steps);
  evaluate(config, data);
  const before = process.cpuUsage();
  evaluate(config, data);
  const { user, system } = process.cpuUsage(before);
  search.remove();
  return (measured = (5000 * 1e6) / (user + system));
}

export const submission = (workers: number, ...more: string[]): string[] => [
  ...['slurm', 'submit', '--workers', String(workers), '--cpus', '2'],
  ...(more.includes('--work') ? more : [...more, '--work', '-j 1']),
];

/** Whether no job of the search waits or runs. */
export function hasEnded({ root }: Search): boolean {
  return !slurm('squeue', '--noheader', '--format=%Z').split('\n').includes(realpathSync(root));
}

export const at = (event: { at: string }): number => Date.parse(event.at) / 1000;
export const pause = (seconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, seconds * 1000));

/**
 * Demands that every config has finished exactly once in effect. Gives the number of ignored reports of ended claims.
 */
export function checkOutcome(search: Search, configs: number): number {
  const summary = spt(search, 'replay', '--summary');
  assert.equal([summary.configs, summary.finished, summary.running], [configs, configs, 0]);
  const { code, out } = search.spt('audit');
  assert.is(code, 0, out);
  return summary.troubles.ignored;
}

/** The claims of a worker, by its epoch. */
export function claimsOf(events: any[]): Map<number, any> {
  return new Map(events.filter(({ type }) => type === 'claimed').map(event => [event.n, event]));
}

export type Line = [string, string];

/** How each of an array's tasks has ended, and after which time. */
export function endsOf(job: string): string[] {
  const shown = slurm('scontrol', '--oneliner', 'show', 'job', job);
  const found = [...shown.matchAll(/ JobState=(\w+).* ExitCode=(\S+) (?:.* )?RunTime=(\S+)/g)];
  return found.map(([, state, code, time]) => `${state} ${code} after ${time.slice(3)}`);
}

export const states = (job: string): string => [...new Set(endsOf(job))].join(', ');

/** What is claimed now: configs by epoch, of the workers that `whose` selects. */
export function held(search: Search, whose: (worker: any) => boolean = () => true): Map<number, Set<string>> {
  const claims = new Map<number, Set<string>>();
  const epochs = new Map<string, number>();
  for (const event of search.events()) {
    if (event.type === 'claimed') {
      if (whose(event.worker)) claims.set(event.n, new Set());
      for (const config of event.configs) epochs.set(config, event.n);
    } else if (event.claim !== undefined) {
      const over = event.config ? [event.config] : (event.configs ?? []);
      for (const config of over) if (epochs.get(config) === event.claim) epochs.delete(config);
    }
  }
  for (const [config, n] of epochs) claims.get(n)?.add(config);
  return new Map([...claims].filter(([, configs]) => configs.size > 0));
}

export function cleanUp(): void {
  if (process.env.SLURM_CONF?.startsWith(folder)) cluster('down');
  rmSync(folder, { recursive: true, force: true });
}
