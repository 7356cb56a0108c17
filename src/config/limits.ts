import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputErrors } from '../base/errors.js';
import { complaintsOf, throwAll } from './complaints.js';
import { limitsOf, shownName, type WorkerLimits } from './load.js';
import { workerSchema } from './schema.js';
import { readSections, type Sections } from './sections.js';
import type { YamlFile } from './yaml.js';

/**
 * A worker reads only the section `worker:` of `config.yaml`, with its limits. All that it trains stands in the log. So
 * a file that is absent, or that is being edited, does not stop a worker. Then the default limits count, and a note
 * says so. A section `worker:` that can be read must be right.
 */
export interface ReadLimits {
  limits: WorkerLimits;
  /** What the user should know of the file, on one line. */
  note?: string;
}

const SECTION = 'worker';
const SCHEMA = z.object({ [SECTION]: workerSchema });

/**
 * The limits of a search. Throws InputErrors where the section `worker:` is wrong, or a file that was named is missing.
 */
export function loadWorkerLimits(root: string, file?: string): ReadLimits {
  const name = file ?? join(root, 'configs', 'config.yaml');
  const usual = limitsOf(SCHEMA.parse({}).worker);
  if (file === undefined && !existsSync(name))
    return { limits: usual, note: `there is no ${shownName(name)}: the usual limits count` };
  let sections: Sections;
  try {
    sections = readSections(shownName(name), [SECTION]);
  } catch (error) {
    if (!(error instanceof InputErrors) || (file !== undefined && !existsSync(name))) throw error;
    return { limits: usual, note: `${unreadable(name, error.errors)}; the usual limits count` };
  }
  const [errors] = sections.unread.values();
  if (!errors) return { limits: checked(sections.file) };
  const why = unreadable(name, errors);
  if (!hasSection(sections.file)) return { limits: usual, note: `${why}; the usual limits count` };
  return { limits: checked(sections.file), note: `${why}; the limits under worker: count` };
}

function unreadable(name: string, [{ message, complaint }]: InputErrors['errors']): string {
  const line = complaint.place?.line === undefined ? '' : ` (line ${complaint.place.line})`;
  return `${shownName(name)} cannot be read as YAML${line}: ${message}`;
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null;

function hasSection({ value }: YamlFile): boolean {
  return isMap(value) && Object.hasOwn(value, SECTION);
}

function checked({ value, placeOf, placeOfKey }: YamlFile): WorkerLimits {
  const result = SCHEMA.safeParse(isMap(value) ? value : {});
  if (result.success) return limitsOf(result.data.worker);
  throwAll(complaintsOf(result.error.issues, { schema: SCHEMA, value, placeOf, placeOfKey }));
  throw new Error('wrong limits without a complaint');
}
