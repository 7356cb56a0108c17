/** From arguments to a command, and from errors to an exit code. */
import { CommanderError } from 'commander';
import { InputError } from '../base/errors.js';
import { EXIT_CODES, explain, explainJson } from '../terminal/complaints.js';
import { screenOf } from '../terminal/screen.js';
import { refuseForeignWords } from './old-hands.js';
import { program } from './program.js';

/** Runs the command that the arguments name, prints what went wrong, and gives the exit code. */
export async function main(args: string[]): Promise<number> {
  try {
    process.exitCode = EXIT_CODES.done;
    refuseForeignWords(args);
    await (await program(args)).parseAsync(args, { from: 'user' });
    // A command that has reported a problem sets the exit code.
    return process.exitCode;
  } catch (error) {
    // commander has printed its message. Its own codes are 0 (help was shown) and 1 (bad usage).
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.done;
      if (args.includes('--json')) console.log(explainJson(new InputError('usage', error.message)));
      return EXIT_CODES.badInput;
    }
    const { lines, code } = explain(error, screenOf(process.stderr).width);
    if (args.includes('--json')) console.log(explainJson(error));
    console.error(lines.join('\n'));
    return code;
  }
}
