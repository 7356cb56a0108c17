/** The facts of a log in a folder, and a log in a new folder written from facts (events/ask/facts.ts). */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Facts } from '../events/ask/facts.js';
import { FactReader, type Skipped } from '../events/ask/read-facts.js';
import { mergedLines } from '../events/ask/write-facts.js';
import { SEGMENT_BYTES } from '../events/format/sealing.js';
import { ioFailure } from './failures.js';
import type { Handle, Host } from './host.js';
import { segmentPath } from './names.js';
import { survey } from './survey.js';

const PIECE_BYTES = 1024 * 1024;

/** Reads the facts of a log; a torn tail counts as a damaged line. */
export async function collectFacts(
  directory: string,
  host: Host,
): Promise<{ facts: Facts; skipped: Skipped }> {
  const reader = new FactReader();
  const { segments } = await survey(directory, host, reader);
  const torn = segments.filter(({ tornBytes }) => tornBytes > 0).length;
  const { damaged, unknown } = reader.skipped;
  return { facts: reader.done(), skipped: { damaged: damaged + torn, unknown } };
}

/**
 * Writes facts as a log into a folder that is empty or does not exist. The log appears whole, by one rename, or not at
 * all. Equal facts give equal bytes.
 * @param folder absolute
 */
export async function writeFacts(
  folder: string,
  host: Host,
  facts: Facts,
  segmentBytes = SEGMENT_BYTES,
): Promise<void> {
  const temporary = `${folder}.${host.newId()}.tmp`;
  await host.makeDirectory(temporary);
  try {
    await writeSegments(temporary, host, facts, segmentBytes);
    await host.syncDirectory(temporary);
    await host.rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw ioFailure(error, folder);
  }
  await host.syncDirectory(dirname(folder));
}

async function writeSegments(folder: string, host: Host, facts: Facts, segmentBytes: number): Promise<void> {
  let handle: Handle | undefined;
  let current = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const flush = async (): Promise<void> => {
    if (!handle || heldBytes === 0) return;
    const count = await handle.write(Buffer.concat(held));
    if (count !== heldBytes) throw new Error(`a write of ${heldBytes} bytes wrote ${count}`);
    held = [];
    heldBytes = 0;
  };
  const end = async (): Promise<void> => {
    await flush();
    await handle?.sync();
    await handle?.close();
    handle = undefined;
  };
  try {
    for (const { segment, line } of mergedLines(facts, segmentBytes)) {
      if (segment !== current) {
        await end();
        handle = await host.open(segmentPath(folder, segment), 'create');
        current = segment;
      }
      held.push(line);
      heldBytes += line.length;
      if (heldBytes >= PIECE_BYTES) await flush();
    }
    if (current === 0) handle = await host.open(segmentPath(folder, 1), 'create');
    await end();
  } finally {
    await handle?.close().catch(() => undefined);
  }
}
