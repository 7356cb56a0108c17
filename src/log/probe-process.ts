/**
 * One of the processes of a probe (doctor.ts): appends to the log that its argument names, and prints the ids of the
 * events that were acknowledged.
 */
import { probe } from './doctor.js';
import { nodeHost } from './node-host.js';

const ids = await probe(process.argv[2], await nodeHost());
process.stdout.write(`${ids.join('\n')}\n`);
