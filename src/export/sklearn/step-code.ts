/** What the code of one step consists of. */
import type { Document } from '../../ml/types.js';
import type { TransformPart } from '../plan-transforms.js';

/** The functions of the program that a step may call (helpers.ts). */
export type Helper = 'binarizer' | 'encoder' | 'groups' | 'grown' | 'neighbors' | 'svc' | 'xgboost';

/** A fitted step as code of Python. */
export interface StepCode {
  /** The class of scikit-learn, or what stands for it: `StandardScaler`. */
  className: string;
  /** The imports, each a line. */
  imports: readonly string[];
  /** Lines before the step is made: conditions. */
  before?: readonly string[];
  /** What the constructor gets, as code: `with_mean=False`. */
  args: readonly string[];
  /**
   * The lines that set what was learned. They name the step `step`, its numbers `of`, and the arrays of numpy are
   * already there.
   */
  lines: readonly string[];
  /** The numbers, by name; `of["mean_"]` in the lines. */
  numbers: { [name: string]: Document };
  helpers?: readonly Helper[];
  /** False where scikit-learn's class computes the number of features that go in. */
  countsFeatures?: boolean;
  /** The steps inside of this one, whose functions its lines call. */
  inner?: readonly InnerStep[];
}

/** A step inside of a step. */
export interface InnerStep {
  /** The function of the program that makes it. */
  maker: string;
  code: StepCode;
  part: TransformPart;
}

/** The line that sets an attribute to the numbers of the same name. */
export function attribute(name: string): string {
  return `step.${name} = of["${name}"]`;
}

/** As `attribute`, for a matrix of so many columns, row-major. */
export function matrixAttribute(name: string, columns: number): string {
  return `step.${name} = of["${name}"].reshape(-1, ${columns})`;
}
