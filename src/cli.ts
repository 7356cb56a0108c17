#!/usr/bin/env node
/** `spt`: from argv to a command, from errors to exit codes. The only place that ends the process. */
import { CommanderError } from 'commander';
import { program } from './commands/program.js';
import { exitCode, explain, explainJson } from './terminal/complaints.js';

/** A reader that closes its end early, as `spt replay | head` does, is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.done);
  throw error;
});

async function main(args: string[]): Promise<number> {
  try {
    await (await program(args)).parseAsync(args, { from: 'user' });
    return exitCode.done;
  } catch (error) {
    // commander has said what it had to say; its own codes are 0 (help was shown) and 1 (bad usage)
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
    const { lines, code } = explain(error);
    if (args.includes('--json')) console.log(explainJson(error));
    console.error(lines.join('\n'));
    return code;
  }
}

process.exit(await main(process.argv.slice(2)));
