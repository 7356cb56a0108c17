/** The configs that a text of pipelines gives with the real steps, on one split without tables. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, CrossValidation } from '../src/base/config.js';
import { InputErrors, type InputError } from '../src/base/errors.js';
import { configsOf, crossValidation, type Enumeration, type Selection } from '../src/config/enumerate.js';
import { loadExperiment, type Experiment } from '../src/config/load.js';
import { resolveSplits } from '../src/config/splits.js';

const FRAME = 'data: {features: x.csv, metadata: y.csv}\nindex: a\ntarget: b\nsplits: {all: {where: {}}}\n';

export function experimentOf(pipes: string): Experiment {
  const folder = mkdtempSync(join(tmpdir(), 'spt-configs-'));
  try {
    mkdirSync(join(folder, 'configs'));
    writeFileSync(join(folder, 'configs', 'config.yaml'), FRAME);
    writeFileSync(join(folder, 'configs', 'pipe_configs.yaml'), pipes);
    return loadExperiment(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function configsFrom(pipes: string): Config[] {
  const selection = { splits: ['all'], cv: true, validate: false };
  return [...enumerationOf(experimentOf(pipes), selection, new Map([['all', '0']])).iterate()];
}

/** What a command line asks for. */
export interface Asked extends Selection {
  splits: readonly string[];
  cv: boolean;
  validate: boolean;
}

/** The configs that a command line asks for; `digests` has the digest of the data of each split. */
export function enumerationOf(
  experiment: Experiment,
  asked: Asked,
  digests: ReadonlyMap<string, string>,
): Enumeration {
  const splits = resolveSplits(experiment, asked);
  const cv = asked.cv ? { cv: crossValidation(experiment) as CrossValidation } : {};
  return configsOf(
    experiment,
    asked,
    splits.map(names => ({ ...names, data: digests.get(names.split)!, ...cv })),
  );
}

/** What is wrong with the pipelines. */
export function errorsOf(pipes: string): readonly InputError[] {
  try {
    experimentOf(pipes);
    return [];
  } catch (error) {
    if (error instanceof InputErrors) return error.errors;
    throw error;
  }
}
