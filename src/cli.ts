#!/usr/bin/env node
/** `spt`: from argv to a command, from errors to exit codes. The only place that ends the process. */
import { main } from './commands/main.js';
import { isOutputOptional } from './terminal/output.js';

/** A reader that closes its end early (`spt replay | head`) is no error. A full disk is one. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (isOutputOptional()) return;
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`spt: the output could not be written: ${error.message}`);
  process.exit(1);
});

/** Nobody reads the errors, so nothing can be told. */
process.stderr.on('error', () => {});

const code = await main(process.argv.slice(2));
// An error of an earlier write arrives as an event after this write is done, so exit after that event.
process.stdout.write('', error => setImmediate(() => process.exit(error && !isOutputOptional() ? 1 : code)));
