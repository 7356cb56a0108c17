/** What a reference implementation said: test/fixtures/<topic>.json, made by the script beside it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function fixture(topic: string): any {
  return JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../../test/fixtures/${topic}.json`, import.meta.url)), 'utf8'),
  );
}
