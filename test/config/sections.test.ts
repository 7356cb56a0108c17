/** What is read of a file that is being edited: its sections, and the limits of workers (src/config/sections.ts). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputErrors } from '../../src/base/errors.js';
import { loadWorkerLimits } from '../../src/config/limits.js';
import { readSections } from '../../src/config/sections.js';

const Parts = suite('sections');
const MINUTE_MS = 60_000;

/** Calls with the name of a file that has this text. */
function withFile<T>(text: string, use: (name: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sections-'));
  try {
    const name = join(folder, 'file.yaml');
    writeFileSync(name, text);
    return use(name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The value of what is wanted, and the names of what was left out. */
const read = (text: string, ...wanted: string[]): [unknown, string[]] =>
  withFile(text, name => {
    const { file, unread } = readSections(name, wanted);
    return [file.value, [...unread.keys()]];
  });

Parts('a whole file is read whole', () => {
  assert.equal(read('a: 1\nb: [2]\n', 'a'), [{ a: 1, b: [2] }, []]);
});

Parts('sections that are not wanted may be broken', () => {
  assert.equal(read('a: [1\nb:\n- 2\n- 3\n"c d": {\n', 'b'), [{ b: [2, 3] }, ['a', 'c d']]);
});

Parts('a key that is still being written is no part of the section before it', () => {
  assert.equal(read('b:\n  c: 2\nscor\na: [1\n', 'b'), [{ b: { c: 2 } }, ['scor', 'a']]);
});

Parts('places in what is left stay what they were', () => {
  const line = withFile('a: [1\nb: 2\n', name => readSections(name, ['b']).file.placeOf(['b']).line);
  assert.is(line, 2);
});

Parts('a broken section that is wanted is refused, and a file without another section is refused', () => {
  for (const text of ['a: 1\nb: [2\n', 'b: [2\n'])
    assert.throws(
      () => read(text, 'b'),
      (error: Error) => error instanceof InputErrors,
    );
});

Parts('the limits of workers are read of a file that is being edited', () => {
  const limitsIn = (text: string) => withFile(text, name => loadWorkerLimits('', name));
  const minutesIn = (text: string): number => limitsIn(text).limits.timeoutMs / MINUTE_MS;
  assert.is(limitsIn('worker: { timeout: 2m }\n').note, undefined);
  assert.is(minutesIn('worker: { timeout: 2m }\n'), 2);
  assert.is(minutesIn('cv: {\nworker:\n  timeout: 2m\nscor'), 2);
  assert.is(minutesIn('worker: { timeout: 2m }\nscor\n'), 2);
  assert.match(
    limitsIn('cv: {\nworker:\n  timeout: 2m\n').note!,
    /\(line \d\).*the limits under worker: count/,
  );
  for (const text of ['cv: {\n', 'worker: {\ncv: 1\n', 'cv: {\nworker: [\n']) {
    assert.is(minutesIn(text), 60, text);
    assert.match(limitsIn(text).note!, /the usual limits count/);
  }
  assert.throws(
    () => limitsIn('cv: {\nworker: { timeout: 2 }\n'),
    (error: InputErrors) => error.errors[0].code === 'bad-duration',
  );
});

Parts.run();
