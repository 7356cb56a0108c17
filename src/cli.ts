#!/usr/bin/env node
/** `spt`: from argv to a command, from errors to exit codes. The only place that ends the process. */
import { main } from './commands/main.js';

/** A reader that closes its end early, as `spt replay | head` does, is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exit(await main(process.argv.slice(2)));
