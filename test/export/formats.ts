/** What `npm run test:export` has to know of each format beside its writer. A new format gets a line in REFUSED. */
import { prepareOnnxRuntime } from './onnx/runtime.js';

/** Formats that hold the pipeline of one model only refuse these. */
const MORE = '(calibrated|threshold|ensemble).*';
const NEVER = 'XGBClassifier \\(ml-xgboost\\)';

/** The cases (support/export-cases.ts) that a format refuses by name. A refusal of another case is a failure. */
export const REFUSED: { [to: string]: RegExp } = {
  onnx: new RegExp(`^${NEVER}$`),
  c: new RegExp(`^${NEVER}$`),
  // Its trees round values to f32 first, and it finds rare categories by counts.
  sklearn: new RegExp(`^(${NEVER}|${MORE}|RandomForestClassifier \\(ml-random-forest\\)|.*rare categories)$`),
  // Only boosted trees, and in front of them selections and imputers only.
  xgboost: new RegExp(`^(${NEVER}|XGBClassifier \\(scaled\\)|(?!XGBClassifier).*)$`),
};

/** Gets a program that is not on the machine, into a folder of the tests' own. Absent where there is nothing to get. */
export const PREPARATIONS: { [to: string]: (folder: string) => Promise<void> } = {
  onnx: prepareOnnxRuntime,
};
