/**
 * Snapshots: the state at the end of a sealed segment, from which a new reader starts. A snapshot is a pure function of
 * the segments up to there. It is only a cache, and a doubtful one is not used.
 *
 * Format: a line that names it; the length and the CRC-32 of the header; the header, as JSON; then the columns as they
 * are in memory, little-endian, one after the other. The header holds the small parts of the state, the CRC-32 of each
 * piece of the columns, and the place and CRC of the `sealed` record, which ties the snapshot to its log. The checksums
 * protect against damage, like those of the lines, and not against a user who may write the log.
 */
import { crc32 } from '../base/crc.js';
import { State, type RecordPlace, type SmallState } from '../events/state/state.js';
import { readFully, using, writing } from './files.js';
import type { Handle, Host } from './host.js';
import { segmentPath, snapshotNumber, snapshotPath } from './names.js';
import { standsAt } from './records.js';

/** The version of the format. It grows with every change of the format or of what `fold` does. */
const VERSION = 3;
/** How many snapshots remain when a new one is written, that one included. */
const KEPT = 2;
const LARGEST_HEADER_BYTES = 64 * 1024 * 1024;
const MAGIC = 'spt snapshot\n';
/** How many bytes are read, checked and written at once. */
const PIECE_BYTES = 1024 * 1024;
/** The line that names the format, the header's length and its CRC, in bytes. */
const FRONT_BYTES = MAGIC.length + 8;
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

interface Header {
  version: number;
  seal: RecordPlace;
  /** The CRC-32 of each piece of the columns, in order. */
  sums: number[];
  state: SmallState;
}

/** Writes the snapshot of a state that ends with the `sealed` record at `seal`. Does nothing if the snapshot exists. */
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
  try {
    await writing(host, temporary, 'create', handle => writePieces(handle, state, seal));
  } catch (error) {
    await host.remove(temporary).catch(() => undefined);
    throw error;
  }
  await host.rename(temporary, path);
  const old = present.filter(segment => segment <= seal.segment - KEPT);
  for (const segment of old) await host.remove(snapshotPath(directory, segment));
}

async function writePieces(handle: Handle, state: State, seal: RecordPlace): Promise<void> {
  const pieces = piecesOf(state.columns());
  const sums = pieces.map(piece => crc32(piece));
  const header: Header = { version: VERSION, seal, sums, state: state.small() };
  const text = Buffer.from(JSON.stringify(header));
  const front = Buffer.alloc(FRONT_BYTES);
  front.write(MAGIC);
  front.writeUInt32LE(text.length, MAGIC.length);
  front.writeUInt32LE(crc32(text), MAGIC.length + 4);
  for (const piece of [front, ...piecesOf([text]), ...pieces]) {
    if ((await handle.write(piece)) !== piece.length) throw new Error('a short write');
  }
  await handle.sync();
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
  /** The segment at whose end it was made, and that segment's last record. */
  segment: number;
  seal: RecordPlace;
}

async function snapshots(directory: string, host: Host): Promise<number[]> {
  const names = await host.list(directory);
  return names.map(snapshotNumber).filter(number => number !== undefined);
}

function load(directory: string, host: Host, segment: number): Promise<LoadedSnapshot | undefined> {
  return using(host, snapshotPath(directory, segment), 'read', async handle => {
    const front = await readAt(handle, Buffer.alloc(FRONT_BYTES), 0);
    const size = front.readUInt32LE(MAGIC.length);
    if (front.toString('latin1', 0, MAGIC.length) !== MAGIC || size > LARGEST_HEADER_BYTES) return undefined;
    const text = await readAt(handle, Buffer.alloc(size), FRONT_BYTES);
    if (crc32(text) !== front.readUInt32LE(MAGIC.length + 4)) return undefined;
    const header = JSON.parse(text.toString()) as Header;
    if (header.version !== VERSION || header.seal.segment !== segment) return undefined;
    if (!(await isSealedBy(directory, host, header))) return undefined;
    const state = new State();
    state.restoreSmall(header.state);
    const pieces = piecesOf(state.columns());
    if (!(await readPieces(handle, pieces, header.sums, FRONT_BYTES + size))) return undefined;
    state.restoreIndex();
    return { state, segment, seal: header.seal };
  });
}

/** Whether the record that the snapshot ends with stands in the log. */
function isSealedBy(directory: string, host: Host, { seal, state }: Header): Promise<boolean> {
  const path = segmentPath(directory, seal.segment);
  return using(host, path, 'read', handle => standsAt(handle, seal.offset, state.chain));
}

/**
 * Fills the pieces, which are new and all zero, with the bytes from `start` on. Gives whether each piece has its
 * checksum. All bytes are read and checked in one buffer, because the system takes long to give new memory, page by
 * page, and even longer in a read. A piece that is all zero is not copied.
 */
async function readPieces(
  handle: Handle,
  pieces: readonly Buffer[],
  sums: readonly number[],
  start: number,
): Promise<boolean> {
  const buffer = Buffer.alloc(Math.max(0, ...pieces.map(piece => piece.length)));
  const zeros = Buffer.alloc(buffer.length);
  let position = start;
  for (let i = 0; i < pieces.length; i++) {
    const { length } = pieces[i];
    const read = await readAt(handle, buffer.subarray(0, length), position);
    if (crc32(read) !== sums[i]) return false;
    if (!read.equals(zeros.subarray(0, length))) read.copy(pieces[i]);
    position += length;
  }
  return true;
}

/** Fills the target with the bytes at `position`, and gives it back. Throws if the file ends before. */
async function readAt(handle: Handle, target: Buffer, position: number): Promise<Buffer> {
  if ((await readFully(handle, target, position)) < target.length)
    throw new Error('the snapshot is too short');
  return target;
}

/** The bytes of the columns in pieces, without a copy. */
function piecesOf(columns: readonly NodeJS.ArrayBufferView[]): Buffer[] {
  return columns.flatMap(({ buffer, byteOffset, byteLength }) => {
    const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    const count = Math.ceil(byteLength / PIECE_BYTES);
    return Array.from({ length: count }, (_, i) => bytes.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES));
  });
}
