/**
 * What offends against the rules of support/rules.ts today. These lists may only shrink: test/house/tidy/ fails where
 * an exception is missing, too large or not needed. `npm run tidy:shrink` lowers them.
 */
import type { Offenders } from './rules.js';

/** Files that are longer than a file may be, with their lines. */
export const LONG_FILES: Offenders = {};

/** Classes that are longer than a class may be, with their lines of code. */
export const LONG_CLASSES: Offenders = {};

/** Files with lines that are longer than a line may be, with the number of such lines. */
export const LONG_LINES: Offenders = {
  'src/data/alike.ts': 1,
  'src/data/cells.ts': 5,
  'src/data/features.ts': 1,
  'src/data/filter.ts': 1,
  'src/data/format.ts': 1,
  'src/data/header.ts': 2,
  'src/data/labels.ts': 1,
  'src/data/notes.ts': 5,
  'src/data/source.ts': 2,
  'src/data/split.ts': 6,
  'src/data/store.ts': 2,
  'src/data/table.ts': 2,
  'test/commands/main-job.test.ts': 2,
  'test/commands/work.test.ts': 1,
  'test/config/enumerate.test.ts': 1,
  'test/config/feasible.test.ts': 3,
  'test/config/one-point-zero.test.ts': 2,
  'test/data/advice.test.ts': 1,
  'test/data/filter.test.ts': 2,
  'test/ml/classic.test.ts': 1,
  'test/ml/effective.test.ts': 1,
  'test/ml/parameters.test.ts': 1,
  'bench/estimators.ts': 1,
  'bench/search.ts': 1,
  'scripts/format-assembly.mjs': 1,
  'scripts/kernel-interface.mjs': 3,
};

/** Exports that no other file takes. */
export const DEAD_EXPORTS: Offenders = {
  'src/config/duration.ts MAX_DURATION_MS': 1,
  'src/config/identity.ts ID_LENGTH': 1,
  'src/config/schema.ts MAX_DRAWS': 1,
  'src/config/space.ts stepSize': 1,
};
