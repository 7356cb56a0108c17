/** The formats that `spt export --to` knows. */
import { c } from './c/writer.js';
import { onnx } from './onnx/writer.js';
import { sklearn } from './sklearn/writer.js';
import type { Writer } from './writer.js';
import { xgboostJson } from './xgboost/writer.js';

export const FORMATS: readonly Writer[] = [onnx, sklearn, xgboostJson, c];
