/**
 * Output that is there as a whole or not at all. A file appears when it is whole. Without a file, the text goes to a
 * temporary file and is printed at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NewFile, type Sink } from '../../tables/sink.js';
import { printableLines } from '../../terminal/printable.js';
import { cannotWrite } from './out-file.js';

export class WholeFile implements Sink {
  private readonly folder: string | undefined;
  private readonly file: NewFile;

  /** @param out the file that is wanted; undefined where the text is printed */
  constructor(private readonly out: string | undefined) {
    try {
      this.folder = out === undefined ? mkdtempSync(join(tmpdir(), 'spt-')) : undefined;
      this.file = new NewFile(out ?? join(this.folder!, 'out'));
    } catch (cause) {
      throw this.failed(cause);
    }
  }

  /** Adds text or bytes. Throws Failure `cannot-write`. */
  write(part: string | Uint8Array): void {
    try {
      this.file.write(part);
    } catch (cause) {
      throw this.failed(cause);
    }
  }

  /** A file has always room for more. */
  async flush(): Promise<void> {}

  /** Puts the text in its place, or prints it. */
  async finish(): Promise<void> {
    if (this.out === undefined) return this.print();
    try {
      this.file.finish();
    } catch (cause) {
      throw this.failed(cause);
    }
  }

  private async print(): Promise<void> {
    const isTerminal = process.stdout.isTTY;
    for await (const text of this.file.text()) {
      const lines = isTerminal ? printableLines(text as string) : (text as string);
      if (!process.stdout.write(lines)) await new Promise(resolve => process.stdout.once('drain', resolve));
      // The file is open, so it may go. It is gone even if the reader closes its end and the program stops.
      this.drop();
    }
  }

  /** Removes what is not finished. */
  drop(): void {
    this.file.abandon();
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private failed(cause: unknown): Error {
    return cannotWrite(this.out ?? `a temporary file in ${tmpdir()}`, cause);
  }
}
