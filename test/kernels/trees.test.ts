/** The kernels of trees beside their plain forms, bit by bit. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { ENTROPY, GINI, SQUARED_ERROR } from '../../src/kernels/layouts/tree.js';
import { kernels } from '../../src/kernels/loader.js';
import { float64, hold, scope, uint32 } from '../../src/kernels/memory.js';
import { sortColumn } from '../../src/kernels/reference/presort.js';
import { drawFrom } from '../../src/kernels/reference/random.js';
import { growTree, type TreeTask } from '../../src/kernels/reference/tree.js';
import { presort } from '../../src/ml/families/trees/presort.js';
import {
  bitmapWords,
  prepareGrower,
  type TreeProblem,
  type TreeRules,
} from '../../src/ml/families/trees/task.js';
import type { ClassProblem, ValueProblem } from '../../src/ml/types.js';
import { awkward, ordinary, sameBits, tiny } from '../../support/bits.js';

const trees = suite('tree kernels against their reference');

trees('columns are sorted, with NaN last and zeros of both signs equal', () => {
  for (const fill of [ordinary, awkward, tiny]) {
    for (const n of [1, 2, 3, 64, 65, 128, 129, 300, 70_000]) {
      const values = fill(new Float32Array(3 * n), Rng.from('sort', fill.name, n));
      if (n > 5) values.fill(-0, 1, n - 1).fill(0, 3, 5);
      const sorted = presort({ rows: n, columns: 3, data: Float64Array.from(values) });
      for (let j = 0; j < 3; j++) {
        const column = (array: Float32Array | Uint16Array | Uint32Array) =>
          array.subarray(j * n, (j + 1) * n);
        const expected = sortColumn(values.subarray(j * n, (j + 1) * n));
        sameBits(column(sorted.order), expected.order, 'order');
        sameBits(column(sorted.place), expected.place, 'place');
        sameBits(column(sorted.sorted), expected.sorted, 'sorted');
        assert.is(sorted.present[j], expected.present);
        assert.is(sorted.run[j], expected.run);
      }
    }
  }
});

trees('places are sorted, few or many among few or many', () => {
  for (const n of [1, 63, 64, 65, 700, 5000, 300_000]) {
    for (const count of [1, 2, 12, 13, 60, 700, 4000]) {
      if (count > n) continue;
      scope(() => {
        const rng = Rng.from('places', n, count);
        const places = uint32(count + 1);
        places.set(rng.permutation(n).subarray(0, count));
        const bitmap = float64(bitmapWords(n));
        const expected = places.slice(0, count).sort();
        kernels().sortPlaces(n, places.byteOffset, count, bitmap.byteOffset);
        sameBits(places.subarray(0, count), expected, `${count} of ${n}`);
        assert.ok(
          bitmap.every(word => Object.is(word, 0)),
          'the bitmap is cleared',
        );
      });
    }
  }
});

trees('a bootstrap draws the numbers of the generator', () => {
  scope(() => {
    const state = Rng.from('bootstrap').state();
    const draw = drawFrom(state);
    const expected = new Uint32Array(50);
    for (let i = 0; i < 200; i++) expected[draw.below(50)]++;
    const [random, counts] = [uint32(4), uint32(50)];
    random.set(state);
    counts.fill(7);
    kernels().drawBootstrap(random.byteOffset, 50, 200, counts.byteOffset);
    sameBits(counts, expected, 'counts');
    sameBits(random, drawAfter(state, 200), 'state');
  });
});

/** The state after this many draws below 50. A draw is rejected in one case of 90 million only. */
function drawAfter(state: number[], draws: number): Uint32Array {
  return scope(() => {
    const [random, counts] = [hold(Uint32Array.from(state)), uint32(50)];
    for (let i = 0; i < draws; i++) kernels().drawBootstrap(random.byteOffset, 50, 1, counts.byteOffset);
    return random.slice();
  });
}

/** A random problem: some columns with few values or mostly zeros, one constant, some weights 0. */
function drawProblem(rng: Rng, rows = 2 + rng.below(150)): ClassProblem {
  const [columns, classes] = [1 + rng.below(8), 2 + rng.below(3)];
  const data = new Float64Array(rows * columns);
  for (let j = 0; j < columns; j++) {
    const kind = rng.below(5);
    for (let i = 0; i < rows; i++) {
      const value = rng.float() * 20 - 10;
      data[j * rows + i] =
        kind === 0 ? Math.round(value / 4) : kind === 1 ? Math.max(0, value - 6) : kind === 2 ? 3 : value;
    }
  }
  const weights = Float64Array.from({ length: rows }, () => [0, 1, 2, rng.float()][rng.below(4)]);
  weights[0] = 1;
  const y = Int32Array.from({ length: rows }, (_, i) =>
    rng.below(3) === 0 ? rng.below(classes) : data[i] > 0 ? 1 : 0,
  );
  return { x: { rows, columns, data }, y, classes, weights };
}

/** The same with values, many of them equal, and some far from 0. */
function drawValues(rng: Rng): ValueProblem {
  const { x, weights } = drawProblem(rng);
  const offset = rng.below(3) ? 0 : 1e6;
  const y = Float64Array.from({ length: x.rows }, (_, i) => {
    const value = x.data[i] + rng.float() * 4;
    return offset + (rng.below(3) ? value : Math.round(value));
  });
  return { x, y, weights };
}

function drawRules(rng: Rng, columns: number): TreeRules {
  const maxFeatures = 1 + rng.below(columns);
  return {
    criterion: rng.below(2) ? 'gini' : 'entropy',
    splitter: rng.below(2) ? 'best' : 'random',
    maxFeatures,
    inOrder: maxFeatures === columns && rng.below(2) === 1,
    maxDepth: rng.below(3) ? Infinity : 1 + rng.below(6),
    minSamplesSplit: 2 + (rng.below(2) ? 0 : rng.below(10)),
    minSamplesLeaf: 1 + (rng.below(2) ? 0 : rng.below(5)),
    minWeightFractionLeaf: rng.below(3) ? 0 : rng.float() * 0.1,
    maxLeafNodes: rng.below(3) ? Infinity : 2 + rng.below(12),
    minImpurityDecrease: rng.below(3) ? 0 : rng.float() * 0.02,
    ccpAlpha: 0,
  };
}

const CRITERIA = { gini: GINI, entropy: ENTROPY, squared_error: SQUARED_ERROR, friedman_mse: SQUARED_ERROR };

function referenceTask(problem: TreeProblem, rules: TreeRules): TreeTask {
  const { x, y, weights } = problem;
  const total = weights!.reduce((a, b) => a + b, 0);
  return {
    ...rules,
    rows: x.rows,
    features: x.columns,
    classes: 'classes' in problem ? problem.classes : 2,
    criterion: CRITERIA[rules.criterion],
    randomThresholds: rules.splitter === 'random',
    maxLeaves: rules.maxLeafNodes === Infinity ? 0 : rules.maxLeafNodes,
    minWeightLeaf: rules.minWeightFractionLeaf * total,
    minImprovement: rules.minImpurityDecrease,
    columns: Float32Array.from(x.data),
    labels: y,
    weights: weights!,
    samples: Array.from(y, (_, i) => i).filter(i => weights![i] !== 0),
  };
}

/** Compares one tree. Returns how many splits it has. */
function compare(trial: string | number, problem: TreeProblem, rules: TreeRules): number {
  const seed = Rng.from('seed', trial);
  const expected = growTree(referenceTask(problem, rules), drawFrom(Rng.from('seed', trial).state()));
  const grown = scope(() => {
    const grower = prepareGrower(problem, rules);
    grower.seed(seed);
    grower.weights.set(problem.weights!);
    return grower.grow();
  });
  const what = `trial ${trial}, ${JSON.stringify(rules)}`;
  const of = (name: 'feature' | 'left' | 'weight' | 'impurity') => expected.map(node => node[name]);
  sameBits(grown.feature, of('feature'), what);
  sameBits(grown.left, of('left'), what);
  sameBits(grown.weight, of('weight'), what);
  sameBits(grown.impurity, of('impurity'), what);
  const threshold = expected.map(node => (node.feature < 0 ? 0 : node.threshold));
  sameBits(
    grown.threshold.map((value, i) => (grown.feature[i] < 0 ? 0 : value)),
    threshold,
    what,
  );
  sameBits(
    grown.values,
    'classes' in problem ? expected.flatMap(node => node.values) : expected.map(node => node.mean),
    what,
  );
  return expected.filter(node => node.feature >= 0).length;
}

trees('trees of all kinds have the same nodes', () => {
  let splits = 0;
  for (let trial = 0; trial < 300; trial++) {
    const rng = Rng.from('tree', trial);
    const problem = drawProblem(rng);
    splits += compare(trial, problem, drawRules(rng, problem.x.columns));
  }
  assert.ok(splits > 2000, `only ${splits} splits were compared`);
});

trees('trees of values have the same nodes, and the same means', () => {
  let splits = 0;
  for (let trial = 0; trial < 200; trial++) {
    const rng = Rng.from('values', trial);
    const problem = drawValues(rng);
    splits += compare(trial, problem, { ...drawRules(rng, problem.x.columns), criterion: 'squared_error' });
  }
  assert.ok(splits > 1500, `only ${splits} splits were compared`);
});

trees('more samples than 16 bits count', () => {
  const rng = Rng.from('many samples');
  const problem = drawProblem(rng, 66_000);
  const rules: TreeRules = {
    ...drawRules(rng, problem.x.columns),
    ...{ splitter: 'best', maxDepth: 3, maxLeafNodes: Infinity, minImpurityDecrease: 0 },
  };
  assert.ok(compare('many samples', problem, rules) > 2);
});

trees.run();
