/** The formats that `spt export --to` knows. A new one needs a line here and one in test/export/formats.ts. */
import type { Writer } from './writer.js';

export const FORMATS: readonly Writer[] = [];
