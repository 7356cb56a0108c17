/** How long files, classes, functions and lines may be, and the exceptions, which may only become fewer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sourceOf, sources } from '../../../support/house.js';
import {
  againstExceptions,
  longClasses,
  LONGEST_CLASS,
  LONGEST_FILE,
  LONGEST_FUNCTION,
  LONGEST_LINE,
  longFiles,
  longFunctions,
  longLines,
  shrunk,
} from '../../../support/rules.js';
import { LONG_CLASSES, LONG_FILES, LONG_LINES } from '../../../support/tidy-exceptions.js';

const Sizes = suite('sizes');

Sizes('a file can be read in one sitting', () => {
  assert.equal(againstExceptions(longFiles(sources), LONG_FILES), []);
});

Sizes('a class has one task', () => {
  assert.equal(againstExceptions(longClasses(sources), LONG_CLASSES), []);
});

Sizes('a function fits a screen', () => {
  assert.equal(longFunctions(sources), []);
});

Sizes('a line fits a window', () => {
  assert.equal(againstExceptions(longLines(sources), LONG_LINES), []);
});

const repeated = (line: string, times: number): string => `${line}\n`.repeat(times);

Sizes('one line too many is found', () => {
  const fileOf = (lines: number) => [sourceOf('src/x.ts', repeated('// a line', lines))];
  assert.equal(longFiles(fileOf(LONGEST_FILE)), {});
  assert.equal(longFiles(fileOf(LONGEST_FILE + 1)), { 'src/x.ts': LONGEST_FILE + 1 });

  const classOf = (lines: number) => [
    sourceOf('src/x.ts', `class Large {\n${repeated('a = 1;', lines - 2)}// a comment\n\n}\n`),
  ];
  assert.equal(longClasses(classOf(LONGEST_CLASS)), {});
  assert.equal(longClasses(classOf(LONGEST_CLASS + 1)), { 'src/x.ts Large': LONGEST_CLASS + 1 });

  const functionOf = (lines: number, path: string) => [
    sourceOf(path, `@inline\nfunction long(): void {\n${repeated('f();', lines - 2)}// a comment\n\n}\n`),
  ];
  const assembly = 'src/kernels/assembly/x.ts';
  assert.equal(longFunctions(functionOf(LONGEST_FUNCTION, assembly)), []);
  assert.equal(longFunctions(functionOf(LONGEST_FUNCTION + 1, assembly)), [`${assembly}:2 long: 66 lines`]);

  const lineOf = (text: string) => [sourceOf('src/x.ts', `const a = 1;\n${text}\n`)];
  assert.equal(longLines(lineOf('x'.repeat(LONGEST_LINE))), {});
  assert.equal(longLines(lineOf('x'.repeat(LONGEST_LINE + 1))), { 'src/x.ts': 1 });
  assert.equal(longLines(lineOf(`// https://example.org/${'x'.repeat(LONGEST_LINE)}`)), {});
});

Sizes('an exception that is missing, too small, too large or not needed is found', () => {
  const found = { same: 500, larger: 510, smaller: 450, missing: 401 };
  const allowed = { same: 500, larger: 500, smaller: 500, gone: 420 };
  assert.equal(againstExceptions(found, allowed), [
    'larger: 510, more than its exception of 500',
    'smaller: 450, so lower its exception of 500',
    'missing: 401, and no exception',
    'gone: needs no exception any more',
  ]);
  assert.equal(shrunk(found, allowed), { same: 500, larger: 500, smaller: 450 });
});

Sizes.run();
