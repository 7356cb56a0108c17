/** Tables in a folder that is gone afterwards, and the errors that they meet. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../src/base/errors.js';
import { loadTables, type Tables } from '../src/data/source.js';
import type { TableSource } from '../src/data/types.js';

/** Runs `use` in a new folder, which is removed afterwards. */
export async function inFolder(use: (folder: string) => unknown): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'spt-data-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type Content = string | Uint8Array;

/** What a test says of its tables; the rest is usual. */
export interface Given extends Partial<TableSource> {
  featuresText?: Content;
  metadataText?: Content;
}

export const someFeatures = 'Run,a,b\ns1,1,10\ns2,2,20\ns3,3,30\ns4,4,40\ns5,5,50\ns6,6,60\n';
export const someMetadata =
  'Run,Condition,Batch\ns1,sick,1\ns2,well,1\ns3,sick,2\ns4,well,2\ns5,sick,3\ns6,well,3\n';

/** Writes two tables and loads them. */
export async function load(
  folder: string,
  { featuresText = someFeatures, metadataText = someMetadata, ...rest }: Given = {},
): Promise<Tables> {
  const source: TableSource = {
    features: join(folder, 'features.csv'),
    metadata: join(folder, 'metadata.csv'),
    orientation: 'samples',
    index: 'Run',
    target: 'Condition',
    missing: ['', 'NA', 'NaN'],
    ...rest,
  };
  writeFileSync(source.features, featuresText);
  writeFileSync(source.metadata, metadataText);
  return loadTables(source);
}

/** The InputError that `run` ends in; a test that expects one fails where there is none. */
export async function refusal(run: () => unknown): Promise<InputError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** What a refusal tells, in one line: `code file:line:column message`, the file without its folder. */
export function told({ code, message, complaint: { place } }: InputError): string {
  const parts = place ? [place.file.replace(/^.*\//, ''), place.line, place.column] : [];
  return `${code} ${parts.filter(part => part !== undefined).join(':')} ${message}`;
}
