/**
 * What the log can do: `npm run bench:log [-- [--tiny] [--dir DIR] [QUESTION...]]`, with the questions `cycles`,
 * `replay`, `memory`, `refresh`, `fleet` and `crowd`. Each asks one thing, checks that the work was done, and prints a
 * table. `--dir` names the file system to measure on; the default is the temporary folder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../src/terminal/table.js';
import { cycles } from './log/cycles.js';
import { crowd, fleet } from './log/fleet.js';
import type { Setting, Table } from './log/question.js';
import { refresh } from './log/refresh.js';
import { memory, replay } from './log/replay.js';

const questions: { [name: string]: (setting: Setting) => Promise<Table> } = {
  cycles,
  replay,
  memory,
  refresh,
  fleet,
  crowd,
};

function show({ question, heads, rows }: Table): void {
  const columns = heads.map((head, i) => ({
    head,
    right: rows.some(row => !Number.isNaN(Number(row[i] || NaN))),
  }));
  const full = rows.map(row => heads.map((_, i) => row[i] ?? ''));
  console.log(`\n${question}\n\n${table(columns, full)}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tiny: { type: 'boolean', default: false }, dir: { type: 'string', default: tmpdir() } },
});
for (const name of positionals)
  if (!questions[name]) throw new Error(`${name} is none of ${Object.keys(questions).join(', ')}`);
const [{ model }] = cpus();
console.log(`${cpus().length} x ${model}, Node ${process.versions.node}, ${values.dir}`);
for (const name of positionals.length > 0 ? positionals : Object.keys(questions)) {
  const folder = mkdtempSync(join(values.dir!, 'spt-bench-'));
  try {
    show(await questions[name]({ folder, tiny: values.tiny! }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
