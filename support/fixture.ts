/** What a peer said, as a Python script of the fixtures wrote it down. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.js';

/** The parsed `test/fixtures/TOPIC.json`. */
export function fixture<T = any>(topic: string): T {
  return JSON.parse(readFileSync(join(root, 'test/fixtures', `${topic}.json`), 'utf8'));
}
