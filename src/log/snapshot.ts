/**
 * Snapshots: the state at the end of a sealed segment, so that a newcomer need not replay what came before. A pure
 * function of the prefix of the log, and only a cache: whatever is doubtful about one, it is not used.
 *
 * Format: one line of JSON (the header), then the columns as they are in memory, little-endian, one after the other.
 * The header holds the small parts of the state, the SHA-256 of the columns, and the place and CRC of the `sealed`
 * record, by which the snapshot is tied to the log that it was made from.
 */
import { createHash, type Hash } from 'node:crypto';
import { State, type RecordPlace, type SmallState } from '../events/state.js';
import type { Handle, Host } from './host.js';
import { segmentPath, snapshotNumber, snapshotPath } from './names.js';

/** To be raised with every change of the format or of what `fold` does. */
const VERSION = 1;
/** How many snapshots are left when a new one is written. */
const KEPT = 2;
const LARGEST_HEADER_BYTES = 64 * 1024 * 1024;
const MAGIC = 'spt snapshot\n';
const PIECE_BYTES = 8 * 1024 * 1024;
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

interface Header {
  version: number;
  seal: RecordPlace;
  /** SHA-256 of the columns. */
  hash: string;
  state: SmallState;
}

/** Writes the snapshot of a state that ends with the `sealed` record at `seal`; does nothing if there is one. */
export async function writeSnapshot(
  directory: string,
  host: Host,
  state: State,
  seal: RecordPlace,
): Promise<void> {
  if (!IS_LITTLE_ENDIAN) return;
  const path = snapshotPath(directory, seal.segment);
  const present = await snapshots(directory, host);
  if (present.includes(seal.segment)) return;
  const temporary = `${path}.${host.newId()}.tmp`;
  const handle = await host.open(temporary, 'create');
  try {
    const parts = state.columns();
    const hash = createHash('sha256');
    for (const part of parts) hash.update(bytesOf(part));
    const header: Header = { version: VERSION, seal, hash: hash.digest('hex'), state: state.small() };
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    await writeAll(handle, Buffer.concat([Buffer.from(MAGIC), size, text]));
    for (const part of parts) await writeAll(handle, bytesOf(part));
    await handle.sync();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await host.remove(temporary).catch(() => undefined);
    throw error;
  }
  await handle.close();
  await host.rename(temporary, path);
  const old = present.filter(segment => segment <= seal.segment - KEPT);
  for (const segment of old) await host.remove(snapshotPath(directory, segment));
}

/** The newest sound snapshot at or before segment `latest`; undefined if there is none. */
export async function readSnapshot(
  directory: string,
  host: Host,
  latest: number,
): Promise<LoadedSnapshot | undefined> {
  if (!IS_LITTLE_ENDIAN) return undefined;
  const segments = (await snapshots(directory, host)).filter(segment => segment <= latest);
  for (const segment of segments.sort((a, b) => b - a)) {
    const loaded = await load(directory, host, segment).catch(() => undefined);
    if (loaded) return loaded;
  }
  return undefined;
}

export interface LoadedSnapshot {
  state: State;
  /** The segment at whose end it was made. */
  segment: number;
}

async function snapshots(directory: string, host: Host): Promise<number[]> {
  const names = await host.list(directory);
  return names.map(snapshotNumber).filter(number => number !== undefined);
}

async function load(directory: string, host: Host, segment: number): Promise<LoadedSnapshot | undefined> {
  const handle = await host.open(snapshotPath(directory, segment), 'read');
  try {
    const reader = new PieceReader(handle);
    if ((await reader.take(Buffer.alloc(MAGIC.length))).toString() !== MAGIC) return undefined;
    const size = (await reader.take(Buffer.alloc(4))).readUInt32LE();
    if (size > LARGEST_HEADER_BYTES) return undefined;
    const header = JSON.parse((await reader.take(Buffer.alloc(size))).toString()) as Header;
    if (header.version !== VERSION || header.seal.segment !== segment) return undefined;
    if (!(await isSealedBy(directory, host, header))) return undefined;
    const state = new State();
    const hash = createHash('sha256');
    state.restoreSmall(header.state);
    for (const part of state.columns()) await reader.take(bytesOf(part), hash);
    if (hash.digest('hex') !== header.hash) return undefined;
    state.restoreIndex();
    return { state, segment };
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** Whether the record that the snapshot ends with stands in the log. */
async function isSealedBy(directory: string, host: Host, { seal, state }: Header): Promise<boolean> {
  const handle = await host.open(segmentPath(directory, seal.segment), 'read');
  try {
    const head = Buffer.alloc(16);
    const count = await handle.read(head, 0, head.length, seal.offset);
    const crc = state.chain.toString(16).padStart(8, '0');
    return count === head.length && head.toString('latin1') === `{"crc":"${crc}`;
  } finally {
    await handle.close().catch(() => undefined);
  }
}

class PieceReader {
  private position = 0;
  constructor(private readonly handle: Handle) {}

  /** Fills the target with the next bytes of the file, and hashes them. */
  async take(target: Buffer, hash?: Hash): Promise<Buffer> {
    for (let filled = 0; filled < target.length;) {
      const wanted = Math.min(PIECE_BYTES, target.length - filled);
      const count = await this.handle.read(target, filled, wanted, this.position);
      if (count === 0) throw new Error('the snapshot is too short');
      hash?.update(target.subarray(filled, filled + count));
      filled += count;
      this.position += count;
    }
    return target;
  }
}

function bytesOf(column: NodeJS.ArrayBufferView): Buffer {
  return Buffer.from(column.buffer as ArrayBuffer, column.byteOffset, column.byteLength);
}

async function writeAll(handle: Handle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length;) {
    const piece = bytes.subarray(from, from + PIECE_BYTES);
    const count = await handle.write(piece);
    if (count !== piece.length) throw new Error('a short write');
    from += count;
  }
}
