/** Splits of small tables, prepared, and what preparing them refuses. */
import { prepareSplit, type PreparedSplit } from '../src/data/split.js';
import type { SplitRequest } from '../src/data/types.js';
import { inFolder, load, refusal, told, type Given } from './tables.js';

/** The split A1 of six samples: batches 1 and 2 to train on, batch 3 to validate on. */
export const usual: SplitRequest = {
  split: 'A1',
  train: 'train_A1',
  validate: 'validate_A1',
  trainFilter: { Batch: [1, 2] },
  validateFilter: { Batch: 3 },
  placeOf: path => ({ file: 'config.yaml', line: path.length }),
};

/** A split of two tables. */
export async function prepared(given: Given, request: Partial<SplitRequest> = {}): Promise<PreparedSplit> {
  let made: PreparedSplit | undefined;
  await inFolder(async folder => {
    made = prepareSplit(await load(folder, given), { ...usual, ...request });
  });
  return made!;
}

/** What a split of two tables is refused for, in one line. */
export const refused = async (given: Given, request?: Partial<SplitRequest>) =>
  told(await refusal(() => prepared(given, request)));
