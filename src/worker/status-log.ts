/** The status log: what managers and workers do, for people. */
import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openFile } from '../base/files.js';
import { printable } from '../terminal/printable.js';

/**
 * `log/status.log`: one line for each step of a manager and for each config of a worker, for people and `tail -f`. No
 * program reads it. A line that cannot be written is left out.
 */
export function statusLog(folder: string, author: string): (message: string) => string {
  const file = join(folder, 'status.log');
  return message => {
    const line = `${new Date().toISOString().replace('T', ' ').slice(0, 19)}  ${author}  ${printable(message, 400)}`;
    try {
      append(file, `${line}\n`);
    } catch {
      // a full disk stops the log itself soon, and the worker tells that
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
