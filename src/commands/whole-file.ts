/**
 * Output that is there as a whole or not at all. It is written beside the file that is wanted, and takes its place at
 * the end. Without a file, it is written to a temporary file and printed at the end.
 */
import { closeSync, createReadStream, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../base/errors.js';
import { behindLinks } from '../base/files.js';
import { printableLines } from '../terminal/printable.js';

/** How much text is gathered before it is written, in characters. */
const PIECE = 1 << 18;

export class WholeFile {
  private readonly folder: string | undefined;
  private readonly path: string;
  private descriptor: number | undefined;
  private pending = '';

  /** @param out the file that is wanted; undefined where the text is printed */
  constructor(private readonly out: string | undefined) {
    try {
      this.folder = out === undefined ? mkdtempSync(join(tmpdir(), 'spt-')) : undefined;
      this.path =
        out === undefined ? join(this.folder!, 'out') : `${behindLinks(out)}.${process.pid}.writing`;
      this.descriptor = openSync(this.path, 'wx');
    } catch (cause) {
      throw cannotWrite(out, cause);
    }
  }

  /** Adds text. Throws Failure `cannot-write`. */
  write(text: string): void {
    this.pending += text;
    if (this.pending.length >= PIECE) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending);
    this.pending = '';
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.descriptor!, bytes, done);
    } catch (cause) {
      throw cannotWrite(this.out, cause);
    }
  }

  /** Puts the text in its place, or prints it. */
  async finish(): Promise<void> {
    this.flush();
    closeSync(this.descriptor!);
    this.descriptor = undefined;
    if (this.out === undefined) return this.print();
    try {
      renameSync(this.path, behindLinks(this.out));
    } catch (cause) {
      throw cannotWrite(this.out, cause);
    }
  }

  private async print(): Promise<void> {
    const stream = createReadStream(this.path, 'utf8');
    const isTerminal = process.stdout.isTTY;
    for await (const text of stream) {
      const lines = isTerminal ? printableLines(text as string) : (text as string);
      if (!process.stdout.write(lines)) await new Promise(resolve => process.stdout.once('drain', resolve));
      // The file is open, so it may go. It is gone even if the reader closes its end and the program stops.
      this.drop();
    }
  }

  /** Removes what is not finished. */
  drop(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
    rmSync(this.path, { force: true });
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}

function cannotWrite(out: string | undefined, cause: unknown): Failure {
  const what = out ?? `a temporary file in ${tmpdir()}`;
  return new Failure('cannot-write', `cannot write ${what}: ${(cause as Error).message}`, undefined, {
    cause,
  });
}
