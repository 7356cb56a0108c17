/** Selections and imputers in front of trees, folded into the trees, so that they read the table as it is. */
import type { BoostedPart, ExportPlan } from '../plan.js';
import type { TransformPart } from '../plan-transforms.js';
import { refusal } from '../refusal.js';

const INSTEAD = ['onnx', 'sklearn', 'c'];

/** What a tree's feature is, in the table. */
interface Origin {
  feature: number;
  /** What a missing value becomes. Undefined where it stays missing. */
  fill?: number;
}

/** Undefined for an indicator of an imputer, which is no feature of the table. */
type Origins = (Origin | undefined)[];

function before(part: TransformPart, origins: Origins): Origins {
  if (part.kind === 'select') return Array.from(part.kept, j => origins[j]);
  if (part.kind === 'impute') {
    const filled = Array.from(part.kept, (j, c): Origin | undefined => {
      const origin = origins[j];
      return origin && { ...origin, fill: origin.fill ?? part.fill[c] };
    });
    return [...filled, ...Array.from(part.marked, () => undefined)];
  }
  if (part.kind === 'groups') throw refusal(part.step, 'a file of xgboost has no groups of columns', INSTEAD);
  throw refusal(
    part.step,
    "a file of xgboost holds trees only, and the step changes the trees' values",
    INSTEAD,
  );
}

/**
 * The boosted trees of a plan over all features of the table. A missing value that an imputer fills goes where the fill
 * would go. Throws InputError `not-exportable` for other transforms, another classifier, and a tree that splits on an
 * indicator.
 */
export function foldedTrees({ features, transforms, last }: ExportPlan): BoostedPart {
  if (last.kind !== 'boosted') {
    const instead = last.classes === undefined ? ['onnx', 'c'] : INSTEAD;
    throw refusal(last.step, 'a file of xgboost holds the trees of XGBClassifier only', instead);
  }
  const origins = transforms.reduce<Origins>(
    (current, part) => before(part, current),
    features.map((_, feature) => ({ feature })),
  );
  const { trees } = last;
  const missingLeft = trees.missingLeft!.slice();
  const feature = trees.feature.map((j, at) => {
    if (j < 0) return j;
    const origin = origins[j];
    if (!origin) {
      const why = 'a tree splits on an indicator of missing values, which is no feature of the table';
      throw refusal('SimpleImputer', why, INSTEAD);
    }
    if (origin.fill !== undefined) missingLeft[at] = Number(Math.fround(origin.fill) < trees.threshold[at]);
    return origin.feature;
  });
  return { ...last, inputs: features.length, trees: { ...trees, feature, missingLeft } };
}
