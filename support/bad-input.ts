/**
 * What is wrong in the two files of a search: each kind with its code, its message and its place. The place is marked
 * in the text by ‹, which is taken out before the text is read.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputErrors, type InputError } from '../src/base/errors.js';
import { loadExperiment, type Vocabulary } from '../src/config/load.js';
import { vocabulary } from './vocabulary.js';

export const GOOD_CONFIG = `data: { features: x.csv, metadata: y.csv }
index: Run
target: Condition
splits:
  all: { where: {} }
`;
export const GOOD_PIPES = 'p: [SVC]\n';

/** The errors of a search made of two texts; `words` are the steps and metrics that it may name. */
export function errorsOf(config: string, pipes: string, words = vocabulary): readonly InputError[] {
  const root = mkdtempSync(join(tmpdir(), 'spt-bad-'));
  mkdirSync(join(root, 'configs'));
  writeFileSync(join(root, 'configs', 'config.yaml'), config);
  writeFileSync(join(root, 'configs', 'pipe_configs.yaml'), pipes);
  try {
    loadExperiment(root, {}, words);
    return [];
  } catch (error) {
    if (error instanceof InputErrors) return error.errors;
    throw error;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** A text without its mark, and the line and column of the mark. */
export function unmarked(text: string): { text: string; line: number; column: number } {
  const before = text.slice(0, text.indexOf('‹')).split('\n');
  return { text: text.replace('‹', ''), line: before.length, column: before.at(-1)!.length + 1 };
}

interface Told {
  code: string;
  message: string;
  value?: unknown;
  expected?: string;
  hint?: string;
}

/** Adds tests to a suite. Each has one piece of bad input, and checks that it gives exactly this one error. */
export function refusalsOf(suite: Test, words: Vocabulary = vocabulary) {
  return (name: string, which: 'config' | 'pipes', marked: string, told: Told): void =>
    suite(`${which}: ${name}`, () => refuse(which, marked, told, words));
}

function refuse(which: 'config' | 'pipes', marked: string, told: Told, words: Vocabulary): void {
  const { text, line, column } = unmarked(marked);
  const errors = which === 'config' ? errorsOf(text, GOOD_PIPES, words) : errorsOf(GOOD_CONFIG, text, words);
  assert.equal(
    errors.map(({ code }) => code),
    [told.code],
    errors.map(error => error.message).join('; '),
  );
  const { code, message, complaint } = errors[0];
  const { place, value, expected, hint } = complaint;
  assert.equal({ line: place!.line, column: place!.column }, { line, column }, message);
  assert.match(place!.file, which === 'config' ? /configs\/config\.yaml$/ : /configs\/pipe_configs\.yaml$/);
  const given = { code, message, value, expected, hint };
  assert.equal(
    Object.fromEntries(
      Object.entries(given).filter(([key, it]) => it !== undefined && (key in told || key === 'hint')),
    ),
    told,
  );
}

/** The good config with one line or more changed. */
export const config = (from: string, to: string): string => {
  assert.ok(GOOD_CONFIG.includes(from));
  return GOOD_CONFIG.replace(from, to);
};
export const more = (text: string): string => GOOD_CONFIG + text;
export const lr = (parameters: string): string =>
  `p:\n  - StandardScaler\n  - LogisticRegression: ${parameters}\n`;
/** A pipeline that draws. */
export const drawn = (steps: string, search = '{ method: random, n: 10 }') =>
  `p:\n  search: ${search}\n  steps: [${steps}]\n`;
