import { InputError } from '../base/errors.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import type { Experiment } from './load.js';

/**
 * What `--splits A1` stands for: the split A1 itself, or with `--validate` the pair train_A1 and validate_A1.
 */
export interface SplitNames {
  /** As it was asked for. */
  split: string;
  /** The names of the filters. */
  train: string;
  validate?: string;
}

const TRAIN = 'train_';
const VALIDATE = 'validate_';

/** The names that may be asked for with `--validate`: those of both filters. */
function pairs(splits: ReadonlyMap<string, unknown>): string[] {
  const stems = [...splits.keys()]
    .filter(name => name.startsWith(TRAIN))
    .map(name => name.slice(TRAIN.length));
  return stems.filter(stem => splits.has(VALIDATE + stem));
}

/** The filters that one requested name stands for. Throws InputError `no-such-split`. */
function splitNames(
  experiment: Pick<Experiment, 'splits' | 'placeOf'>,
  split: string,
  validate: boolean,
): SplitNames {
  const { splits } = experiment;
  const place = experiment.placeOf(['splits']);
  if (!validate) {
    if (splits.has(split)) return { split, train: split };
    const near = splits.has(TRAIN + split)
      ? `Write \`${TRAIN}${split}\`, or add --validate to train on it and score on \`${VALIDATE}${split}\`.`
      : didYouMean(split, splits.keys());
    const complaint = { place, value: split, expected: oneOf(splits.keys()), hint: near };
    throw new InputError('no-such-split', 'there is no such split', complaint);
  }
  const absent = [TRAIN + split, VALIDATE + split].filter(name => !splits.has(name));
  if (absent.length === 0) return { split, train: TRAIN + split, validate: VALIDATE + split };
  throw new InputError('no-such-split', `with --validate, \`${absent.join('` and `')}\` must be a split`, {
    place,
    value: split,
    expected: oneOf(pairs(splits)),
    hint: pairHint(split, splits),
  });
}

function pairHint(split: string, splits: ReadonlyMap<string, unknown>): string | undefined {
  const stem = split.startsWith(TRAIN) ? split.slice(TRAIN.length) : undefined;
  if (stem !== undefined && splits.has(split))
    return `With --validate, write \`${stem}\`. The \`${TRAIN}\` is added.`;
  if (splits.has(split)) return `Without --validate, \`${split}\` is a split by itself.`;
  return didYouMean(split, pairs(splits));
}

/** The filters of all the splits asked for, each once. Throws InputError `no-such-split`, or `no-splits` for none. */
export function resolveSplits(
  experiment: Pick<Experiment, 'splits' | 'placeOf'>,
  { splits, validate }: { splits: readonly string[]; validate: boolean },
): SplitNames[] {
  if (splits.length === 0) {
    const paired = pairs(experiment.splits);
    const byPair = paired.length > 0 ? ` With --validate: ${oneOf(paired)}.` : '';
    throw new InputError('no-splits', 'no split was asked for', {
      expected: oneOf(validate ? paired : experiment.splits.keys()),
      hint: `Name one or more with --splits.${validate ? '' : byPair}`,
    });
  }
  return [...new Set(splits)].map(name => splitNames(experiment, name, validate));
}
