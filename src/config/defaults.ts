import type { CrossValidation } from '../base/config.js';

/** What a search means where its file says nothing, for those who read the file without its schema, too. */

/** The metric that ranks. */
export const DEFAULT_SCORING = 'roc_auc';

/** What `--cv` makes. */
export const DEFAULT_CV: CrossValidation = { folds: 5 };
