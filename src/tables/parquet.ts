/**
 * A table as Apache Parquet. Columns may be null. Texts are UTF8, numbers DOUBLE, whole numbers INT64, booleans
 * BOOLEAN, times TIMESTAMP in milliseconds of UTC. Rows are gathered to row groups, so memory does not grow with the
 * table.
 */
import { ByteWriter, ParquetWriter, type BasicType, type ColumnSource } from 'hyparquet-writer';
import { schemaFromColumnData } from 'hyparquet-writer';
import type { Cell, Head, Kind } from '../base/cells.js';
import type { About, TableWriter } from './formats.js';
import type { Sink } from './sink.js';

/** The most cells of a row group, because all its cells are in memory at once, and the most rows. */
const GROUP_CELLS = 1_000_000;
const GROUP_ROWS = 50_000;

const TYPES: { [kind in Kind]: BasicType } = {
  ...{ text: 'STRING', time: 'TIMESTAMP' },
  ...{ number: 'DOUBLE', integer: 'INT64', boolean: 'BOOLEAN' },
};

type Value = string | number | boolean | bigint | Date | null;

export class Parquet implements TableWriter {
  private readonly bytes: SinkBytes;
  private readonly writer: ParquetWriter;
  private readonly groupRows: number;
  private columns: Value[][];

  constructor(
    private readonly heads: readonly Head[],
    sink: Sink,
    about: About,
  ) {
    this.bytes = new SinkBytes(sink);
    this.columns = heads.map(() => []);
    this.groupRows = Math.max(1, Math.min(GROUP_ROWS, Math.floor(GROUP_CELLS / heads.length)));
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema: schemaFromColumnData({ columnData: this.data() }),
      kvMetadata: about.map(({ name, text }) => ({ key: name, value: text })),
      createdBy: 'spt',
    });
  }

  rows(rows: readonly Cell[][]): void {
    for (const row of rows) {
      for (let j = 0; j < row.length; j++) this.columns[j].push(valueOf(this.heads[j].kind, row[j]));
      if (this.columns[0].length >= this.groupRows) this.writeGroup();
    }
  }

  end(): void {
    if (this.columns[0].length > 0) this.writeGroup();
    void this.writer.finish();
  }

  private writeGroup(): void {
    void this.writer.write({ columnData: this.data(), rowGroupSize: this.groupRows });
    this.columns = this.heads.map(() => []);
  }

  private data(): ColumnSource[] {
    return this.heads.map(({ name, kind }, j) => ({ name, data: this.columns[j], type: TYPES[kind] }));
  }
}

function valueOf(kind: Kind, cell: Cell): Value {
  if (cell === null) return null;
  if (kind === 'integer') return BigInt(cell as number);
  return kind === 'time' ? new Date(cell as string) : cell;
}

/** The library's buffer, emptied into a sink after each row group and at the end. */
class SinkBytes extends ByteWriter {
  constructor(private readonly sink: Sink) {
    super();
  }

  flush(): void {
    this.sink.write(this.getBytes().slice());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}
