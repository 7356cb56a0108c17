/** `--to c`: one file of C99, which gives the bits of the model. */
import type { Matrix } from '../../base/dataset.js';
import { evaluatePlan } from '../evaluate/plan.js';
import type { Runner, WrittenFile, Writer } from '../writer.js';
import { fileText } from './file.js';
import { gcc } from './gcc.js';
import { readParts } from './reader.js';

/** Evaluates the tables of the file. It does not read the code of its functions. */
const tables: Runner = {
  name: 'spt',
  version: () => 'its own evaluator of the tables; no C compiler was at hand',
  run: (_folder: string, [{ bytes }]: readonly WrittenFile[], x: Matrix) =>
    evaluatePlan(readParts(Buffer.from(bytes).toString('utf8')), x),
};

export const c: Writer = {
  to: 'c',
  extension: '.c',
  what: 'a file of C99',
  files: (plan, about) => [{ name: about.file, bytes: Buffer.from(fileText(plan, about)) }],
  categories:
    'A category of feature J goes in as the place of its level in spt_levels_J, from 0. A level that is not there ' +
    'goes in as their number, and a missing value as NAN.',
  runners: [gcc, tables],
};
