#!/usr/bin/env node
/** `spt`: from argv to a command, from errors to exit codes. The only place that ends the process. */
import { main } from './commands/main.js';
import { isOutputOptional } from './terminal/output.js';

/** A reader that closes its end early, as `spt replay | head` does, is no error; a disk that is full is one. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (isOutputOptional()) return;
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`spt: the output could not be written: ${error.message}`);
  process.exit(1);
});

/** Who reads no errors is told none. */
process.stderr.on('error', () => {});

const code = await main(process.argv.slice(2));
// What went wrong with earlier writes is told by an event that comes after this one is done.
process.stdout.write('', error => setImmediate(() => process.exit(error && !isOutputOptional() ? 1 : code)));
