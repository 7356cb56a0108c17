import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openFile } from '../base/files.js';
import { printable } from '../terminal/printable.js';

/**
 * `log/status.log`: one line for a person per step of a manager and per config of a worker, for `tail -f`. It is a
 * courtesy, not the truth: nobody reads it back, and a line that cannot be written is no reason to stop.
 */
export function statusLog(folder: string, author: string): (message: string) => string {
  const file = join(folder, 'status.log');
  return message => {
    const line = `${new Date().toISOString().replace('T', ' ').slice(0, 19)}  ${author}  ${printable(message, 400)}`;
    try {
      append(file, `${line}\n`);
    } catch {
      // a full disk stops the log itself soon enough, and that is told
    }
    return line;
  };
}

function append(file: string, text: string): void {
  const descriptor = openFile(file, 'append');
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
