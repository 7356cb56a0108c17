/**
 * How the tables of this search are written, as its config.yaml says. A model file keeps this form, so that new tables
 * are read in the same way.
 */
import { DEFAULT_MISSING } from '../config/defaults.js';
import { isObject } from '../events/format/event.js';
import type { TableForm } from '../ml/model-file.js';
import { type PlaceOptions, configFile } from './place.js';

/**
 * The form that config.yaml gives. Other errors in the file do not matter here. Undefined where the file cannot be read
 * or names no index for two tables. A file that the user named must be readable. Throws InputErrors.
 */
export function tableForm(options: PlaceOptions): TableForm | undefined {
  const file = configFile(options);
  if (!file) return undefined;
  const { data, missing } = isObject(file.value) ? file.value : {};
  const index = file.sourceOf(['index']);
  const isOne = isObject(data) && data.table !== undefined;
  if (index === '' || (index === undefined && !isOne)) return undefined;
  const isTurned = isObject(data) && data.orientation === 'features';
  // Markers count as they were written: `1.0` is not `1` in a cell.
  const markers = Array.isArray(missing)
    ? missing.map((_, i) => file.sourceOf(['missing', i]) ?? '')
    : DEFAULT_MISSING;
  return { index: index ?? null, orientation: isTurned ? 'features' : 'samples', missing: [...markers] };
}
