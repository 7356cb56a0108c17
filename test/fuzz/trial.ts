/**
 * Inputs `--from` to `--from + --count`, in a process of its own that can be ended when it hangs. It prints a line of
 * JSON before each input and one for each that is at fault; and its peak memory at the end.
 */
import { parseArgs } from 'node:util';
import { Fuzzer } from './inputs.js';

const { values } = parseArgs({ options: { from: { type: 'string' }, count: { type: 'string' } } });
const tell = (line: object): boolean => process.stderr.write(`@ ${JSON.stringify(line)}\n`);

const fuzzer = await Fuzzer.make();
const from = Number(values.from);
for (let seed = from; seed < from + Number(values.count); seed++) {
  tell({ seed });
  const verdict = await fuzzer.try(seed);
  if (verdict.faults.length > 0) tell(verdict);
}
fuzzer.remove();
tell({ peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) });
process.exit(0);
