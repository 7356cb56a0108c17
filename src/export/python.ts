/** Python programs that run exported files. They read and write raw arrays, because text would lose time and bits. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matrix } from '../base/dataset.js';
import { Failure } from '../base/errors.js';
import type { Answers } from './writer.js';

/** A Python that has a module. */
interface Python {
  program: string;
  version: string;
}

/** Debian's Python stands second, because a person's own environment goes first. */
const PROGRAMS = ['python3', '/usr/bin/python3'];

const known = new Map<string, Python | undefined>();

/**
 * A Python that can import the module, and the module's version; undefined where there is none. It is looked for once,
 * because a start takes seconds.
 */
export function findPython(module: string): Python | undefined {
  if (!known.has(module)) known.set(module, lookFor(module));
  return known.get(module);
}

function lookFor(module: string): Python | undefined {
  for (const program of PROGRAMS) {
    const asked = `import ${module}, numpy; print(${module}.__version__)`;
    const { status, stdout } = spawnSync(program, ['-c', asked], { encoding: 'utf8' });
    if (status === 0) return { program, version: stdout.trim() };
  }
  return undefined;
}

/**
 * Runs a program of Python in the folder of the files. It finds `x`, the m x p matrix as a numpy array, and sets
 * `labels` (m codes), and `probabilities` (m x k) or `decisions` (m, or m x k), or both; or it sets `values` (m).
 * `args` are in `sys.argv`.
 */
export function askPython(
  { program }: Python,
  folder: string,
  script: string,
  x: Matrix,
  args: readonly string[],
): Answers {
  const inFolder = (name: string): string => join(folder, name);
  writeFileSync(
    inFolder('spt-rows.f64'),
    new Uint8Array(x.data.buffer, x.data.byteOffset, x.data.byteLength),
  );
  const whole = [
    'import sys, numpy',
    `x = numpy.ascontiguousarray(numpy.fromfile("spt-rows.f64", "<f8").reshape(${x.columns}, ${x.rows}).T)`,
    'labels = probabilities = decisions = values = None',
    script,
    'if labels is not None:',
    '    numpy.asarray(labels).astype("<i4").tofile("spt-labels.i32")',
    'for name, own in (("probabilities", probabilities), ("decisions", decisions), ("values", values)):',
    '    if own is not None:',
    '        numpy.ascontiguousarray(own, "<f8").tofile("spt-" + name + ".f64")',
  ].join('\n');
  const { status, stderr } = spawnSync(program, ['-B', '-c', whole, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) {
    const last = (stderr ?? '').trim().split('\n').at(-1);
    throw new Failure('export-not-run', `Python cannot run the exported file: ${last}`);
  }
  const bytes = (name: string): ArrayBuffer | undefined => {
    try {
      return new Uint8Array(readFileSync(inFolder(name))).buffer;
    } catch {
      return undefined;
    }
  };
  const numbers = (name: string): Float64Array | undefined => {
    const found = bytes(`spt-${name}.f64`);
    return found && new Float64Array(found);
  };
  const values = numbers('values');
  if (values) return { values };
  return {
    labels: new Int32Array(bytes('spt-labels.i32')!),
    probabilities: numbers('probabilities'),
    decisions: numbers('decisions'),
  };
}
