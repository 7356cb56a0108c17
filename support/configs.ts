/** The configs that a text of pipelines gives with the real steps, on one split without tables. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../src/base/config.js';
import { InputErrors, type InputError } from '../src/base/errors.js';
import { configsOf } from '../src/config/enumerate.js';
import { loadExperiment, type Experiment } from '../src/config/load.js';

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
  return [...configsOf(experimentOf(pipes), selection, new Map([['all', '0']])).iterate()];
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
