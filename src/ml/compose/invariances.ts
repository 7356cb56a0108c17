import { UNCHANGED, type Held, type Invariances } from '../invariances.js';
import type { InnerStep } from './inner-step.js';

/** From the strictest to none. */
const ORDER: readonly Held[] = ['exact', 'close', 'no'];

const weaker = (a: Held, b: Held): Held => ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))];

/** What all of some steps hold. */
export function commonInvariances(steps: readonly InnerStep[]): Invariances {
  const exact: Invariances = { ...UNCHANGED, shift: 'exact', featureScales: 'exact', sampleOrder: 'exact' };
  return steps
    .map(({ kind, params }) => kind.invariances(params))
    .reduce(common, { ...exact, doubled: 'exact', upToScale: true });
}

function common(a: Invariances, b: Invariances): Invariances {
  const ranges = [a.range, b.range];
  const shifts = ranges.flatMap(range => range?.shift ?? []);
  const scales = ranges.flatMap(range => (range?.scale ? [range.scale] : []));
  return {
    shift: weaker(a.shift, b.shift),
    scale: weaker(a.scale, b.scale),
    featureScales: weaker(a.featureScales, b.featureScales),
    featureOrder: weaker(a.featureOrder, b.featureOrder),
    sampleOrder: weaker(a.sampleOrder, b.sampleOrder),
    doubled: weaker(a.doubled, b.doubled),
    range: {
      ...(shifts.length > 0 && { shift: Math.min(...shifts) }),
      ...(scales.length > 0 && {
        scale: [
          Math.max(...scales.map(([least]) => least)),
          Math.min(...scales.map(([, most]) => most)),
        ] as const,
      }),
    },
    upToScale: a.upToScale === true && b.upToScale === true,
  };
}
