/**
 * Random configs of a search are trained by a worker, and then predicted again. The scores of these predictions must be
 * those of the log, bit for bit: in every fold, for every metric, and on the validation samples.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/base/config.js';
import type { SplitData } from '../../src/base/dataset.js';
import { Rng } from '../../src/base/rng.js';
import { openLog } from '../../src/commands/journal.js';
import { readPrepared } from '../../src/data/store.js';
import type { Draft, Finished } from '../../src/events/format/event.js';
import { ready } from '../../src/ml/evaluate.js';
import { firstDifference, heldOut, outOfFold } from '../../src/ml/predictions.js';
import { StageCache } from '../../src/ml/stages.js';
import { linesOf } from '../../support/random-log.js';
import { cli } from '../../support/root.js';

export interface Reproduction {
  /** The folder of the search. Its log is not touched. */
  root: string;
  splits: string[];
  /** How many configs are drawn; all where there are fewer. */
  count: number;
  seed: string;
  /** Whether the splits have validation samples. */
  validate: boolean;
}

export interface Reproduced {
  drawn: number;
  /** How many have finished; the others failed. */
  finished: number;
  /** How many gave the scores and the digest of the log. */
  equal: number;
  /** How many scores were compared. */
  scores: number;
  pipelines: string[];
  /** What differs, a line for each config. */
  differing: string[];
}

export async function reproduce(asked: Reproduction): Promise<Reproduced> {
  const folder = mkdtempSync(join(tmpdir(), 'spt-reproduce-'));
  try {
    const [all, drawn] = ['all', 'drawn'].map(name => join(folder, name));
    const { root, splits, validate } = asked;
    spt(
      'enqueue',
      '--root',
      root,
      '--log',
      all,
      '--splits',
      ...splits,
      '--cv',
      ...(validate ? ['--validate'] : []),
    );
    const configs = await drawFrom(all, asked);
    writeQueue(drawn, configs);
    spt('work', '--root', root, '--log', drawn, '-j', '2', '--quiet');
    return await predictAgain(drawn, root);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function spt(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`spt ${args.join(' ')} failed: ${stderr}`);
}

async function drawFrom(log: string, { count, seed }: Reproduction): Promise<Config[]> {
  const { journal } = await openLog(log);
  const order = Rng.from('reproduce', seed).permutation(journal.state.size);
  const configs: Config[] = [];
  for (const row of order.slice(0, count)) configs.push(await journal.readConfig(row));
  return configs;
}

/** A log in which these configs wait. */
function writeQueue(log: string, configs: readonly Config[]): void {
  const events = configs.map((config): Draft => ({ type: 'enqueued', config }));
  const at = new Date(0).toISOString();
  mkdirSync(log);
  const lines = linesOf(events, i => ({ id: `event${i}`, at, by: 'here:1' }));
  writeFileSync(join(log, 'events-000001.jsonl'), Buffer.concat(lines));
}

async function predictAgain(log: string, root: string): Promise<Reproduced> {
  const { journal } = await openLog(log);
  const shelves = new Map<string, { data: SplitData; cache: StageCache }>();
  const found: Reproduced = {
    drawn: journal.state.size,
    finished: 0,
    equal: 0,
    scores: 0,
    pipelines: [],
    differing: [],
  };
  const pipelines = new Set<string>();
  for (let row = 0; row < journal.state.size; row++) {
    const config = await journal.readConfig(row);
    const outcome = (await journal.readOutcome(row))?.event;
    if (outcome?.type !== 'finished') continue;
    const data = readPrepared(join(root, 'data', '.prepared'), config.data);
    const shelf = shelves.get(config.data) ?? { data, cache: new StageCache() };
    shelves.set(config.data, shelf);
    await ready(config.steps);
    const difference = differenceOf(config, outcome, shelf);
    found.finished++;
    found.scores += countScores(outcome.scores);
    pipelines.add(config.pipeline);
    if (difference === undefined) found.equal++;
    else found.differing.push(`${config.id} ${config.pipeline}: ${difference}`);
  }
  return { ...found, pipelines: [...pipelines].sort() };
}

function differenceOf(
  config: Config,
  { scores, digest }: Finished,
  { data, cache }: { data: SplitData; cache: StageCache },
): string | undefined {
  const cv = outOfFold(config, data, { cache })!.scores;
  const held = heldOut(config, data, { cache, train: true });
  const here = { cv, validate: held.validate?.scores, train: held.train!.scores };
  const different = firstDifference(here, scores);
  if (different) return JSON.stringify(different);
  return held.digest === digest ? undefined : `digest ${held.digest} instead of ${digest}`;
}

/** How many numbers the scores of a config hold. */
function countScores(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countScores(member), 0);
}
