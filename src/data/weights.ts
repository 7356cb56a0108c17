import type { Samples } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { quote } from '../base/listing.js';
import { requireColumn } from './fold-columns.js';
import { metadataPlace, valuesOf, type Metadata } from './metadata.js';
import { decimal } from './numbers.js';
import type { SplitRequest } from './types.js';

/**
 * The weights of samples, in fits and in scores. Throws InputError `bad-weight` for a cell that is no weight, and
 * `no-weight` where no sample of the split has one above 0.
 * @param split the name of the filter that gave the rows
 */
export function weightsOf(
  metadata: Metadata,
  request: SplitRequest,
  rows: Int32Array,
  split: string,
): Pick<Samples, 'weights'> {
  const { weights: name, placeOf } = request;
  if (name === undefined) return {};
  requireColumn(metadata, request, name, ['weights'], 'of weights');
  const column = metadata.header.placeOf.get(name)!;
  const weights = Float64Array.from(valuesOf(metadata, name, 'weight', rows, split), (cell, i) => {
    const weight = decimal(cell);
    if (weight !== undefined && Number.isFinite(weight) && weight >= 0) return weight;
    throw new InputError('bad-weight', `${quote(name)} holds a value that is not a weight`, {
      place: metadataPlace(metadata, rows[i], column),
      value: cell,
      expected: 'a number of at least 0',
      hint: 'Correct the cell. The weight 0 leaves a sample out of every score.',
    });
  });
  if (weights.some(weight => weight > 0)) return { weights };
  throw new InputError('no-weight', `every sample of ${split} has the weight 0 in ${quote(name)}`, {
    place: placeOf?.(['weights']),
    value: name,
    expected: 'weights of which at least one is above 0',
  });
}
