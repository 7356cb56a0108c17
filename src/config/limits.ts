import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputErrors } from '../base/errors.js';
import { complaintsOf, throwAll } from './complaints.js';
import { limitsOf, shownName, type WorkerLimits } from './load.js';
import { workerSchema } from './schema.js';
import { parseYaml, readYaml, type YamlFile } from './yaml.js';

/**
 * What a worker reads of `config.yaml`: its limits, and nothing else. Everything that it trains stands in the log, so that
 * a file that is just being edited, or is not there, stops no worker: then the usual limits count, and a note tells so.
 * What stands under `worker:` has to be right.
 */
export interface ReadLimits {
  limits: WorkerLimits;
  note?: string;
}

const schema = z.object({ worker: workerSchema });

/** The limits of a search. Throws InputErrors when what stands under `worker:` is wrong, or a named file is missing. */
export function loadWorkerLimits(root: string, file?: string): ReadLimits {
  const name = file ?? join(root, 'configs', 'config.yaml');
  const usual = limitsOf(schema.parse({}).worker);
  if (file === undefined && !existsSync(name))
    return { limits: usual, note: `there is no ${shownName(name)}: the usual limits count` };
  let read: YamlFile;
  try {
    read = readYaml(shownName(name));
  } catch (error) {
    if (!(error instanceof InputErrors) || (file !== undefined && !existsSync(name))) throw error;
    const { message, complaint } = error.errors[0];
    const line = complaint.place?.line === undefined ? '' : ` (line ${complaint.place.line})`;
    const why = `${shownName(name)} cannot be read as YAML${line}: ${message}`;
    const part = workerPart(shownName(name));
    if (!part) return { limits: usual, note: `${why}; the usual limits count` };
    return { limits: checked(part), note: `${why}; what stands under worker: counts all the same` };
  }
  return { limits: checked(read) };
}

function checked({ value, placeOf, placeOfKey }: YamlFile): WorkerLimits {
  const isMap = typeof value === 'object' && value !== null;
  const result = schema.safeParse(isMap ? value : {});
  if (result.success) return limitsOf(result.data.worker);
  throwAll(complaintsOf(result.error.issues, { schema, value, placeOf, placeOfKey }));
  throw new Error('wrong limits without a complaint');
}

/** The key `worker:` of a file that is no YAML as a whole, on its own lines; undefined if it cannot be read either. */
function workerPart(name: string): YamlFile | undefined {
  let isInside = false;
  try {
    const lines = readFileSync(name, 'utf8').split('\n');
    const own = lines.map(line => {
      if (/^[^\s#]/.test(line)) isInside = /^worker\s*:/.test(line);
      return isInside ? line : '';
    });
    return own.some(line => line !== '') ? parseYaml(name, own.join('\n')) : undefined;
  } catch {
    return undefined;
  }
}
