import type { CrossValidation } from '../base/config.js';

/** The defaults of a search's file, for its schema and for commands that read the file without the schema. */

/** The metric that ranks, for each task. */
export const DEFAULT_SCORING = { classification: 'roc_auc', regression: 'r2' } as const;

/** What `--cv` makes. */
export const DEFAULT_CV: CrossValidation = { folds: 5 };

/** The cells that mean a missing value. */
export const DEFAULT_MISSING: readonly string[] = ['', 'NA', 'NaN'];
