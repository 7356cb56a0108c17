/**
 * Reads a whole log, every byte of it, for the audit; src/events/audit.ts says what is looked for.
 */
import { Auditor, type Audit } from '../events/audit.js';
import type { Entry } from '../events/event.js';
import { segmentNumber, segmentPath } from './names.js';
import { readLines, startOf, type LineSink } from './reader.js';
import type { Host } from './host.js';

/** Audits the log in a directory, as it is now; `see` is shown every record. */
export async function auditLog(directory: string, host: Host, see?: (entry: Entry) => void): Promise<Audit> {
  const auditor = new Auditor(see);
  const segments = (await host.list(directory)).map(segmentNumber).filter(number => number !== undefined);
  for (const segment of segments.sort((a, b) => a - b)) await auditSegment(auditor, directory, host, segment);
  return auditor.end();
}

async function auditSegment(auditor: Auditor, directory: string, host: Host, segment: number): Promise<void> {
  const cursor = startOf(segment);
  const sink: LineSink = {
    line: (bytes, first, end) => {
      const isSeal = auditor.bytes(bytes, first, end, {
        segment,
        offset: cursor.offset,
        length: end - first,
      });
      return isSeal ? 'stop-after' : 'on';
    },
    overlong: (offset, length) => auditor.damage('overlong', { segment, offset, length }),
  };
  const handle = await host.open(segmentPath(directory, segment), 'read');
  try {
    const size = await handle.size();
    await readLines(handle, cursor, size, sink);
  } finally {
    await handle.close().catch(() => undefined);
  }
}
