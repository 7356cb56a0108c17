/**
 * One command of spt in a process of its own: `command.js <what spt is given>`. Prints one JSON object: the exit code,
 * the seconds of the whole process by the clock and by its processors, and its peak memory in megabytes. What the
 * command prints is thrown away.
 */
import { main } from '../../src/commands/main.js';

/** What a measured command says of itself. */
export interface Measured {
  code: number;
  seconds: number;
  /** The seconds that its threads took of the processors. */
  cpuSeconds: number;
  megabytes: number;
}

const { write } = process.stdout;
process.stdout.write = () => true;
const code = await main(process.argv.slice(2));
process.stdout.write = write;
const { user, system } = process.cpuUsage();
const measured: Measured = {
  code,
  seconds: performance.now() / 1000,
  cpuSeconds: (user + system) / 1e6,
  megabytes: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(measured));
