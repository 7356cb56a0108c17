/**
 * What is read from a shared folder is spoiled in one place, and a command reads it. The command has to keep its
 * promises: exit code 0, 1 or 2, no stack trace, no raw control character in what it prints, and with 2 nothing
 * appended.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../src/base/rng.js';
import { here, type Run } from '../../support/search.js';
import { makeFiles, Table, type Files } from './search.js';
import { resum, spoil } from './spoil.js';

/** Which commands read a file. */
const READERS: [file: RegExp, commands: string[]][] = [
  [
    /^log\//,
    [
      ...['replay', 'replay --json', 'replay --summary', 'replay --summary --json', 'audit', 'audit --json'],
      ...['rebuild --best --split A1', 'retry --all', 'retry --kind timeout --json', 'merge --out out log'],
      ...['merge --out out log --json', 'replay --at 5', 'enqueue --splits A1 --cv --validate'],
    ],
  ],
  [/^data\/\.prepared\//, ['rebuild ID', 'rebuild ID --json', 'rebuild ID --out model.json']],
  [
    /^(data|configs)\//,
    [
      ...[
        'enqueue --splits A1 --cv --validate --dry-run',
        'enqueue --splits B2 --cv',
        'enqueue --splits B2 --json',
      ],
      ...['enqueue --splits A1 --cv --validate --dry-run --json', 'slurm submit --splits A1 --cv --dry-run'],
    ],
  ],
];

/** What may stand in the place of a file. */
const STAND_INS = ['link', 'dangling link', 'folder', 'fifo', 'nothing'] as const;

/**
 * What a terminal acts upon, or an editor takes for a line's end; of the control characters, only a line feed is fine.
 */
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const TRACE = /^\s+at .*:\d+:\d+|should not happen|"code":"unexpected"/m;

export interface Input {
  seed: number;
  file: string;
  /** How the file was spoiled. */
  how: string;
  command: string;
}

export interface Verdict extends Input {
  faults: string[];
}

const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.below(list.length)];

/** Tries inputs, one after the other, in a folder of its own. */
export class Fuzzer {
  private constructor(
    private readonly files: Files,
    private readonly table: Table,
    private readonly id: string,
  ) {}

  static async make(): Promise<Fuzzer> {
    const files = await makeFiles();
    const log = files.get('log/events-000001.jsonl')!.toString('latin1');
    return new Fuzzer(files, new Table(), /"config":\{"id":"([0-9a-f]{16})"/.exec(log)![1]);
  }

  /** What the input of a seed is, and the search laid out with it. */
  lay(seed: number): Input {
    const rng = Rng.from('fuzz', seed);
    const file = pick(rng, [...this.files.keys()]);
    const commands = READERS.find(([pattern]) => pattern.test(file))![1];
    const command = pick(rng, commands).replace('ID', this.id);
    const { table } = this;
    if (rng.below(12) === 0) {
      const how = pick(rng, STAND_INS);
      table.lay(this.files);
      this.standIn(join(table.root, file), how);
      return { seed, file, how, command };
    }
    const spoiled = spoil(this.files.get(file)!, rng);
    const isSummed = /events-/.test(file) && rng.below(3) > 0;
    table.lay(new Map([...this.files, [file, isSummed ? resum(spoiled) : spoiled]]));
    return { seed, file, how: isSummed ? 'spoiled, with right checksums' : 'spoiled', command };
  }

  private standIn(path: string, how: (typeof STAND_INS)[number]): void {
    rmSync(path);
    if (how === 'link') symlinkSync('/etc/passwd', path);
    else if (how === 'dangling link') symlinkSync('/nowhere/at/all', path);
    else if (how === 'folder') mkdirSync(path);
    else if (how === 'fifo') execFileSync('mkfifo', [path]);
  }

  async try(seed: number): Promise<Verdict> {
    const input = this.lay(seed);
    const before = this.table.logBytes();
    const run = await here(this.table.root, input.command.split(' '));
    const faults = faultsOf(run);
    if (run.code === 2 && this.table.logBytes() !== before) faults.push('bad input, and the log has changed');
    return { ...input, faults };
  }

  remove(): void {
    this.table.remove();
  }
}

/** What a command did that no command may do. */
export function faultsOf({ code, out, err }: Run): string[] {
  const faults: string[] = [];
  if (code !== 0 && code !== 1 && code !== 2) faults.push(`exit code ${code}`);
  const raw = RAW.exec(out + err);
  if (raw) faults.push(`prints U+${raw[0].charCodeAt(0).toString(16).padStart(4, '0')}`);
  const trace = TRACE.exec(out + err);
  if (trace) faults.push(`a trace: ${(out + err).slice(0, 600)}`);
  if (code !== 0 && out + err === '') faults.push(`exit code ${code} without a message`);
  return faults;
}
