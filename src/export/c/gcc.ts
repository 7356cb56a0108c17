/** Compiles a written file and runs it on rows. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matrix } from '../../base/dataset.js';
import { Failure } from '../../base/errors.js';
import { rowMajor } from '../row-major.js';
import type { Answers, Runner, WrittenFile } from '../writer.js';

const COMPILERS = ['gcc', 'cc'];
const FLAGS = ['-std=c99', '-O2', '-Wall', '-Wextra', '-Werror', '-ffp-contract=off'];

/** The compiler and its version; undefined where there is none. */
function findCompiler(): { program: string; version: string } | undefined {
  for (const program of COMPILERS) {
    const { status, stdout } = spawnSync(program, ['-dumpfullversion', '-dumpversion'], { encoding: 'utf8' });
    if (status === 0) return { program, version: stdout.trim().split('\n')[0] };
  }
  return undefined;
}

/** Runs a program in the folder. Throws Failure `export-not-run` with the last lines that it printed. */
function mustRun(folder: string, program: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-3).join('; ');
  throw new Failure('export-not-run', `the exported file of C does not work: ${said}`);
}

/** Reads rows of f64 and writes for each its label and its values, all as f64. */
const MAIN = `#include <stdio.h>
int spt_predict(const double *x, double *out);
int main(void) {
  static double x[FEATURES], out[1 + OUTPUTS];
  FILE *rows = fopen("spt-rows.f64", "rb"), *answers = fopen("spt-answers.f64", "wb");
  if (!rows || !answers) return 2;
  while (fread(x, sizeof(double), FEATURES, rows) == FEATURES) {
    out[0] = spt_predict(x, out + 1);
    fwrite(out, sizeof(double), 1 + OUTPUTS, answers);
  }
  return fclose(answers);
}
`;

/** How many values the file gives for a sample, and which they are. The comment of its function says it. */
function outputsIn(text: string): { count: number; are: 'probabilities' | 'decisions' | 'values' } {
  const [, count, what] = /^ \* out {3}(\d+) values?: the (probability|decision|prediction)/m.exec(text)!;
  const are = { probability: 'probabilities', decision: 'decisions', prediction: 'values' } as const;
  return { count: Number(count), are: are[what as keyof typeof are] };
}

function run(folder: string, [{ name, bytes }]: readonly WrittenFile[], x: Matrix): Answers {
  const { program } = findCompiler()!;
  const { count, are } = outputsIn(Buffer.from(bytes).toString('utf8'));
  const model = `./${name}`;
  mustRun(folder, program, [...FLAGS, '-DSPT_SELF_TEST', '-o', 'spt-self-test', '-x', 'c', model, '-lm']);
  mustRun(folder, './spt-self-test', []);
  writeFileSync(join(folder, 'spt-main.c'), MAIN);
  writeFileSync(join(folder, 'spt-rows.f64'), rowMajor(x));
  const sizes = [`-DFEATURES=${x.columns}`, `-DOUTPUTS=${count}`];
  mustRun(folder, program, [...FLAGS, ...sizes, '-o', 'spt-run', '-x', 'c', 'spt-main.c', model, '-lm']);
  mustRun(folder, './spt-run', []);
  const written = new Float64Array(new Uint8Array(readFileSync(join(folder, 'spt-answers.f64'))).buffer);
  const labels = new Int32Array(x.rows);
  const values = new Float64Array(x.rows * count);
  for (let i = 0; i < x.rows; i++) {
    labels[i] = written[i * (1 + count)];
    values.set(written.subarray(i * (1 + count) + 1, (i + 1) * (1 + count)), i * count);
  }
  return are === 'values' ? { values } : { labels, [are]: values };
}

export const gcc: Runner = { name: 'gcc', version: () => findCompiler()?.version, run };
