/** A table as JSON: an array of objects, or one object a line. Each row has all columns, and null where it has none. */
import type { Cell, Head } from '../base/cells.js';
import { safeJson } from '../terminal/printable.js';
import type { Sink } from './sink.js';
import type { TableWriter } from './formats.js';

class Objects {
  /** The names as JSON, each with its colon. */
  private readonly names: string[];

  constructor(heads: readonly Head[]) {
    this.names = heads.map(({ name }) => `${safeJson(name)}:`);
  }

  text(row: readonly Cell[]): string {
    return `{${row.map((cell, j) => this.names[j] + safeJson(cell)).join(',')}}`;
  }
}

export class JsonLines implements TableWriter {
  private readonly objects: Objects;

  constructor(
    heads: readonly Head[],
    private readonly sink: Sink,
  ) {
    this.objects = new Objects(heads);
  }

  rows(rows: readonly Cell[][]): void {
    for (const row of rows) this.sink.write(`${this.objects.text(row)}\n`);
  }

  end(): void {}
}

export class JsonArray implements TableWriter {
  private readonly objects: Objects;
  private written = 0;

  constructor(
    heads: readonly Head[],
    private readonly sink: Sink,
  ) {
    this.objects = new Objects(heads);
  }

  rows(rows: readonly Cell[][]): void {
    for (const row of rows)
      this.sink.write(`${this.written++ === 0 ? '[\n' : ',\n'}${this.objects.text(row)}`);
  }

  end(): void {
    this.sink.write(this.written === 0 ? '[]\n' : '\n]\n');
  }
}
