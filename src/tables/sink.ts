/** Where output is written to: a file that appears when it is whole, or the standard output. */
import {
  closeSync,
  createReadStream,
  fsyncSync,
  lstatSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
  type ReadStream,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openFile } from '../base/files.js';
import { printableLines } from '../terminal/printable.js';

export interface Sink {
  write(part: string | Uint8Array): void;
  /** Waits until the reader has room for more. */
  flush(): Promise<void>;
}

/** Parts are gathered to this number of bytes before they are written. */
const GATHERED_BYTES = 1024 * 1024;

/**
 * A file that has its name only when it is whole. Until then it is a hidden file beside it. An error leaves nothing
 * behind, and a file that had the name before stays.
 */
export class NewFile implements Sink {
  private readonly path: string;
  private readonly hidden: string;
  private file: number | undefined;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;

  /** @param path a link stays a link, and its file is replaced. Throws where the link leads nowhere. */
  constructor(path: string) {
    this.path = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? realpathSync(path) : path;
    this.hidden = join(dirname(this.path), `.${basename(this.path).slice(0, 200)}.${process.pid}.part`);
    rmSync(this.hidden, { force: true });
    this.file = openFile(this.hidden, 'create');
  }

  write(part: string | Uint8Array): void {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= GATHERED_BYTES) this.empty();
  }

  async flush(): Promise<void> {
    this.empty();
  }

  /** Gives the file its name. */
  finish(): void {
    this.empty();
    fsyncSync(this.file!);
    this.close();
    renameSync(this.hidden, this.path);
  }

  /** Reads what was written so far, while the file has no name yet. */
  text(): ReadStream {
    this.empty();
    return createReadStream(this.hidden, 'utf8');
  }

  /** Removes what has no name yet. */
  abandon(): void {
    this.close();
    rmSync(this.hidden, { force: true });
  }

  private close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private empty(): void {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    for (let done = 0; done < bytes.length;) done += writeSync(this.file!, bytes, done);
  }
}

/** The standard output. A file or a program gets the bytes of the format; a terminal gets no text that it acts upon. */
export class Output implements Sink {
  private texts: string[] = [];

  write(part: string | Uint8Array): void {
    this.texts.push(typeof part === 'string' ? part : Buffer.from(part).toString('utf8'));
  }

  async flush(): Promise<void> {
    const written = this.texts.join('');
    const text = process.stdout.isTTY ? printableLines(written) : written;
    this.texts = [];
    if (text !== '' && !process.stdout.write(text))
      await new Promise(resolve => process.stdout.once('drain', resolve));
  }
}
