/** The arrays of libsvm in the file of numbers, as machine.ts writes them, read back as machines of pairs. */
import { columnMajor } from '../row-major.js';
import type { MachinePart, PairOfClasses } from '../plan.js';

/** The arrays, by scikit-learn's names. */
interface LearnedMachine {
  _gamma: Float64Array;
  support_vectors_: Float64Array;
  _n_support: Int32Array;
  _dual_coef_: Float64Array;
  _intercept_: Float64Array;
  _probA: Float64Array;
  _probB: Float64Array;
}

type Head = Pick<MachinePart, 'step' | 'params' | 'inputs' | 'missing' | 'classes'>;

export function machineOf(head: Head, params: any, learned: LearnedMachine): MachinePart {
  const { classes, inputs } = head;
  const vectors = columnMajor(learned.support_vectors_, inputs);
  return {
    ...head,
    kind: 'machine',
    kernel: params.kernel,
    gamma: learned._gamma[0],
    coef0: params.coef0,
    degree: params.degree,
    unit: 1,
    center: null,
    vectors: vectors.data,
    vectorCount: vectors.rows,
    pairs: pairsOf(classes, vectors.rows, learned),
    votes: classes > 2 && !params.break_ties && params.engine === 'spt',
  };
}

function pairsOf(classes: number, vectorCount: number, learned: LearnedMachine): PairOfClasses[] {
  const { _n_support: counts, _dual_coef_: dual, _intercept_: intercepts, _probA, _probB } = learned;
  const firsts = Array.from(counts, (_, code) =>
    counts.slice(0, code).reduce((sum, count) => sum + count, 0),
  );
  const vectorsOf = (code: number): number[] =>
    Array.from({ length: counts[code] }, (_, s) => firsts[code] + s);
  const pairs: PairOfClasses[] = [];
  for (let first = 0; first < classes; first++) {
    for (let second = first + 1; second < classes; second++) {
      const at = pairs.length;
      const own = [
        ...vectorsOf(first).map(place => ({ place, row: second - 1 })),
        ...vectorsOf(second).map(place => ({ place, row: first })),
      ];
      pairs.push({
        first,
        second,
        support: Int32Array.from(own, ({ place }) => place),
        coefficients: Float64Array.from(own, ({ place, row }) => -dual[row * vectorCount + place]),
        intercept: -intercepts[at],
        weights: null,
        curve: _probA.length > 0 ? { slope: _probA[at], offset: _probB[at] } : null,
      });
    }
  }
  return pairs;
}
