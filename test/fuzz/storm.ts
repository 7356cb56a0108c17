/** Many inputs, in processes that are ended when an input takes too long or too much memory. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

/** An input of some kilobytes that takes longer than this hangs; the machine may be busy with other things. */
const LONGEST_MS = 30_000;
/** A process that tried hundreds of inputs of some kilobytes each has no reason to hold more. */
const MOST_MEGABYTES = 1500;
const BATCH = 1000;

export interface Findings {
  tried: number;
  /** One line for each input that was at fault. */
  faults: string[];
  peakMegabytes: number;
}

/** Tries the inputs of `count` seeds. */
export async function fuzz(count: number, first = 0): Promise<Findings> {
  const findings: Findings = { tried: 0, faults: [], peakMegabytes: 0 };
  let from = first;
  while (from < first + count) from = await trial(from, Math.min(BATCH, first + count - from), findings);
  if (findings.peakMegabytes > MOST_MEGABYTES)
    findings.faults.push(`a process held ${findings.peakMegabytes} MB`);
  return findings;
}

/** One process; the seed to go on with. */
function trial(from: number, count: number, findings: Findings): Promise<number> {
  const script = fileURLToPath(new URL('./trial.js', import.meta.url));
  const args = ['--max-old-space-size=1024', script, '--from', String(from), '--count', String(count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let seed = from - 1;
  let isHanging = false;
  const hang = (): void => {
    isHanging = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(hang, 2 * LONGEST_MS);
  const words: string[] = [];
  createInterface({ input: child.stderr }).on('line', line => {
    if (!line.startsWith('@ ')) return void words.push(line);
    const told = JSON.parse(line.slice(2));
    if (told.faults) findings.faults.push(JSON.stringify(told));
    else if (told.peakMegabytes)
      findings.peakMegabytes = Math.max(findings.peakMegabytes, told.peakMegabytes);
    else {
      seed = told.seed;
      findings.tried++;
      clearTimeout(timer);
      timer = setTimeout(hang, LONGEST_MS);
    }
  });
  return new Promise(resolve =>
    child.on('close', code => {
      clearTimeout(timer);
      if (isHanging) findings.faults.push(`seed ${seed}: no end within ${LONGEST_MS / 1000} s`);
      else if (code !== 0)
        findings.faults.push(`seed ${seed}: the process ended with ${code}: ${words.slice(-5).join(' ')}`);
      resolve(code === 0 ? from + count : seed + 1);
    }),
  );
}
