/** The kernels of boosted trees beside their plain form, bit by bit. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../src/base/dataset.js';
import { Rng } from '../../src/base/rng.js';
import { scope } from '../../src/kernels/memory.js';
import { binsOf, commonBin, cutsOf } from '../../src/kernels/reference/bins.js';
import {
  boostGradients,
  type BoostNode,
  type BoostTask,
  boostTree,
} from '../../src/kernels/reference/boost.js';
import { drawFrom } from '../../src/kernels/reference/random.js';
import { binned } from '../../src/ml/families/trees/bins.js';
import {
  type BoostedSamples,
  type BoostRules,
  prepareBooster,
} from '../../src/ml/families/trees/boost-task.js';
import { classObjective, type Objective } from '../../src/ml/families/trees/objectives.js';
import { FACTOR, sketchedLows } from '../../src/ml/families/trees/sketch.js';
import {
  VALUE_OBJECTIVES,
  type ValueObjective,
  valueObjective,
} from '../../src/ml/families/trees/value-objectives.js';
import { sameBits } from '../../support/bits.js';

const boosting = suite('boosting kernels against their reference');

/**
 * A random matrix: some columns have few values, mostly zeros, one value or none, unless all values are to differ;
 * some have holes.
 */
function drawMatrix(rng: Rng, rows: number, columns: number, differ = false): Matrix {
  const data = new Float64Array(rows * columns);
  for (let j = 0; j < columns; j++) {
    const [kind, holes] = [rng.below(differ ? 2 : 6), rng.below(3) === 0 ? 1 + rng.below(5) : 0];
    for (let i = 0; i < rows; i++) {
      const value = Math.fround(rng.float() * 20 - 10);
      const found = [value, value, Math.round(value / 4), Math.max(0, value - 6), 3, NaN][kind];
      data[j * rows + i] = holes && rng.below(10) < holes ? NaN : found;
    }
  }
  return { rows, columns, data };
}

/** The cuts, bins and common bin (or -1) of each column. */
function histOf(
  { rows, columns, data }: Matrix,
  maxBins: number,
): { cuts: number[]; bins: number[]; common: number }[] {
  return Array.from({ length: columns }, (_, j) => {
    const column = Float32Array.from(data.subarray(j * rows, (j + 1) * rows));
    const sorted = column
      .filter(value => !Number.isNaN(value))
      .map(value => value + 0)
      .sort();
    const cuts =
      new Set(sorted).size > FACTOR * maxBins ? longCuts(column, maxBins) : cutsOf(sorted, maxBins);
    const bins = binsOf(column, cuts);
    return { cuts, bins, common: commonBin(bins, cuts) };
  });
}

/** The cuts of a column that is too long for the kernel. */
function longCuts(values: Float32Array, maxBins: number): number[] {
  const order = Uint32Array.from(values.keys()).filter(i => !Number.isNaN(values[i]));
  order.sort((a, b) => values[a] - values[b]);
  const sorted = Float32Array.from(order, i => values[i]);
  return [...sketchedLows({ values, order, sorted }, maxBins).slice(1), Infinity];
}

/** The lowest value of a column that has one. */
function lowest({ rows, data }: Matrix, j: number): number {
  return data
    .subarray(j * rows, (j + 1) * rows)
    .reduce((low, value) => (value < low ? value : low), Infinity);
}

boosting('columns are cut into bins', () => {
  for (let trial = 0; trial < 60; trial++) {
    const rng = Rng.from('bins', trial);
    const x = drawMatrix(rng, 1 + rng.below(700), 3);
    const asked = [2, 3, 16, 256, 400][rng.below(5)];
    const found = binned(x, asked);
    histOf(x, Math.min(asked, x.rows)).forEach(({ cuts, bins, common }, j) => {
      const [at, end] = [found.offsets[j], found.offsets[j + 1]];
      assert.is(end - at, cuts.length + 1, `trial ${trial}`);
      const lows = cuts.length === 0 ? [Infinity] : [lowest(x, j), ...cuts];
      sameBits(found.lows.subarray(at, end), lows.map(Math.fround), `lows of trial ${trial}`);
      sameBits(found.bins.subarray(j * x.rows, (j + 1) * x.rows), bins, `bins of trial ${trial}`);
      assert.is(found.common[j] | 0, common, `common bin of trial ${trial}`);
    });
  }
});

boosting('samples list their slots without common bins, or columns list their samples', () => {
  const seen = { lists: 0, histograms: 0 };
  for (let trial = 0; trial < 40; trial++) {
    const rng = Rng.from('slots', trial);
    const x = drawMatrix(rng, 1 + rng.below(300), 1 + rng.below(4), trial % 2 === 1);
    const { search, offsets, bins, common } = binned(x, [4, 256][rng.below(2)]);
    seen[search.kind]++;
    if (search.kind === 'lists') {
      for (let j = 0; j < x.columns; j++) {
        const own = search.order.subarray(j * x.rows, (j + 1) * x.rows);
        const codes = Array.from(own, sample => bins[j * x.rows + sample]);
        assert.equal(
          codes,
          [...codes].sort((a, b) => a - b),
        );
        assert.is(new Set(own).size, x.rows);
      }
      continue;
    }
    for (let i = 0; i < x.rows; i++) {
      const expected = Array.from(common, (most, j) => ({ bin: bins[j * x.rows + i], most, j }))
        .filter(({ bin, most }) => bin !== most)
        .map(({ bin, j }) => offsets[j] + bin);
      assert.equal([...search.slots.subarray(search.starts[i], search.starts[i + 1])], expected);
    }
  }
  assert.ok(seen.lists > 5 && seen.histograms > 5, JSON.stringify(seen));
});

function drawRules(rng: Rng, columns: number): BoostRules {
  const some = (value: number): number => (rng.below(3) ? 0 : Math.fround(value * rng.float()));
  const treeFeatures = rng.below(2) ? columns : 1 + rng.below(columns);
  const levelFeatures = rng.below(2) ? treeFeatures : 1 + rng.below(treeFeatures);
  return {
    lambda: Math.fround(rng.float() * 2),
    alpha: some(1),
    minChildWeight: [0, 0.1, 1, 2][rng.below(4)],
    maxDeltaStep: some(0.5),
    learningRate: Math.fround(0.1 + rng.float()),
    minSplitLoss: some(2),
    subsample: rng.below(2) ? 1 : Math.fround(0.3 + 0.6 * rng.float()),
    maxDepth: rng.below(4) ? 1 + rng.below(6) : 0,
    maxLeaves: rng.below(3) ? 0 : 2 + rng.below(8),
    lossGuide: rng.below(2) === 1,
    exact: rng.below(2) === 1,
    maxBins: [4, 30, 256, 500][rng.below(4)],
    treeFeatures,
    levelFeatures,
    nodeFeatures: rng.below(2) ? levelFeatures : 1 + rng.below(levelFeatures),
  };
}

/** Rules without random draws, for trees of some depth. */
function plainRules(columns: number, maxDepth: number): BoostRules {
  return {
    ...{ lambda: 1, alpha: 0, minChildWeight: 1, maxDeltaStep: 0, learningRate: 1, minSplitLoss: 0 },
    ...{ subsample: 1, maxDepth, maxLeaves: 0, lossGuide: false, exact: false, maxBins: 256 },
    ...{ treeFeatures: columns, levelFeatures: columns, nodeFeatures: columns },
  };
}

/** A table, and what is to be learned. */
interface Drawn {
  x: Matrix;
  objective: Objective;
}

function drawProblem(rng: Rng, rows: number, differ = false, classes = 2 + rng.below(2)): Drawn {
  const x = drawMatrix(rng, rows, 1 + rng.below(7), differ);
  const y = Int32Array.from({ length: rows }, (_, i) =>
    rng.below(3) === 0 ? rng.below(classes) : x.data[i] > 0 ? 1 : 0,
  );
  return { x, objective: { ...classObjective({ x, y, classes }, 0.5), base: 0.5 } };
}

/** Values that depend on the first feature, some of them equal. */
function drawValues(rng: Rng, x: Matrix, samples: BoostedSamples, name: ValueObjective): Drawn {
  const y = Float64Array.from({ length: x.rows }, (_, i) => {
    const value = Math.abs(x.data[i] || 0) + rng.float() * 3;
    return rng.below(3) ? value + 0.25 : 1 + Math.round(value);
  });
  const params = {
    ...{ objective: name, huber_slope: 0.5 + rng.float(), quantile_alpha: rng.float(), max_delta_step: null },
    ...{ base_score: null, tree_method: rng.below(4) ? 'hist' : 'exact' },
  };
  const problem = { x, y, ...(rng.below(2) ? { weights: Float64Array.from(samples.weights) } : {}) };
  return { x, objective: valueObjective(problem, params, samples) };
}

function referenceTask({ x, objective }: Drawn, rules: BoostRules, samples: BoostedSamples): BoostTask {
  const { outputs, kernel, labels, base } = objective;
  return {
    ...rules,
    ...kernel,
    rows: x.rows,
    features: x.columns,
    outputs,
    output: 0,
    train: [...samples.train],
    held: [...samples.held],
    columns: Float32Array.from(x.data),
    hist: rules.exact ? [] : histOf(x, Math.min(rules.maxBins, x.rows)),
    labels,
    weights: samples.weights,
    margins: new Float32Array(x.rows * outputs).fill(base),
    gradients: Array.from({ length: outputs }, () => []),
  };
}

/** All samples, of weight 1. */
function allSamples(rows: number): BoostedSamples {
  const train = Int32Array.from({ length: rows }, (_, i) => i);
  return { train, held: new Int32Array(), weights: new Float32Array(rows).fill(1) };
}

/** The nodes that pruning left of a tree, level by level, as its model keeps them. */
function kept(nodes: BoostNode[], learningRate: number): number[][] {
  const order = [0];
  for (let at = 0; at < order.length; at++) {
    const { feature, left } = nodes[order[at]];
    if (feature >= 0) order.push(left, left + 1);
  }
  return order.map(id => {
    const { feature, split, weight } = nodes[id];
    if (feature < 0) return [-1, Math.fround(weight * learningRate), 0];
    return [feature, Math.fround(split.threshold), split.missingLeft ? 1 : 0];
  });
}

/** Compares some rounds. Returns how many splits there were. */
function compare(
  rng: Rng,
  problem: Drawn,
  rules: BoostRules,
  samples: BoostedSamples,
  rounds: number,
): number {
  const reference = referenceTask(problem, rules, samples);
  let splits = 0;
  scope(() => {
    const booster = prepareBooster(problem.x, problem.objective, rules, samples);
    for (let round = 0; round < rounds; round++) {
      booster.gradients();
      boostGradients(reference);
      for (reference.output = 0; reference.output < reference.outputs; reference.output++) {
        const seed = rng.child(round, reference.output);
        const draw = drawFrom(rng.child(round, reference.output).state());
        const expected = kept(boostTree(reference, draw), rules.learningRate);
        const found = booster.grow(reference.output, seed);
        const column = (i: number): number[] => expected.map(node => node[i]);
        sameBits(found.feature, column(0), 'feature');
        sameBits(found.value, column(1), 'value');
        sameBits(found.missingLeft, column(2), 'missingLeft');
        splits += expected.filter(node => node[0] >= 0).length;
      }
      sameBits(booster.margins, reference.margins, 'margins');
    }
  });
  return splits;
}

boosting('trees of all kinds have the same nodes and margins', () => {
  const splits = { lists: 0, histograms: 0 };
  for (let trial = 0; trial < 300; trial++) {
    const rng = Rng.from('boost', trial);
    const problem = drawProblem(rng, 3 + rng.below(150), trial % 3 === 0);
    const rules = drawRules(rng, problem.x.columns);
    const samples = drawSamples(rng, problem.x.rows, trial);
    const { search } = binned(problem.x, rules.exact ? problem.x.rows : rules.maxBins);
    splits[search.kind] += compare(rng, problem, rules, samples, 3);
  }
  assert.ok(splits.lists > 1000 && splits.histograms > 1000, JSON.stringify(splits));
});

/** Some samples are held out in every fourth trial, and weighted in every third one. */
function drawSamples(rng: Rng, rows: number, trial: number): BoostedSamples {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const held = all.filter(() => trial % 4 === 0 && rng.below(5) === 0);
  const train = all.filter(i => !held.includes(i));
  const weights = Float32Array.from(all, () => (trial % 3 ? 1 : rng.below(9) ? rng.float() * 2 : 0));
  return { train, held, weights };
}

boosting('trees of all objectives of values have the same nodes and margins', () => {
  for (const name of VALUE_OBJECTIVES) {
    let splits = 0;
    for (let trial = 0; trial < 60; trial++) {
      const rng = Rng.from('values', name, trial);
      const x = drawMatrix(rng, 3 + rng.below(150), 1 + rng.below(7), trial % 3 === 0);
      const samples = drawSamples(rng, x.rows, trial);
      const problem = drawValues(rng, x, samples, name);
      const rules = { ...drawRules(rng, x.columns), exact: problem.objective.kernel.refit === 0 };
      splits += compare(rng, problem, rules, samples, 3);
    }
    assert.ok(splits > 50, `${name}: ${splits} splits`);
  }
});

boosting('margins far below zero have gradients, too', () => {
  const rng = Rng.from('low');
  const { x, objective } = drawProblem(rng, 60, false, 3);
  const samples = allSamples(60);
  for (const base of [-50, -95, -103.5, -105, -200, -1e6, -1e30]) {
    const problem = { x, objective: { ...objective, base } };
    const reference = referenceTask(problem, plainRules(x.columns, 3), samples);
    scope(() => {
      const booster = prepareBooster(x, problem.objective, plainRules(x.columns, 3), samples);
      booster.gradients();
      boostGradients(reference);
      const expected = kept(boostTree(reference, drawFrom([1, 2, 3, 4])), 1);
      const { value } = booster.grow(0, rng);
      sameBits(
        value,
        expected.map(node => node[1]),
        `from ${base}`,
      );
      assert.ok(value.every(Number.isFinite), `from ${base}`);
      assert.ok(Math.abs(reference.gradients[0][0][0]) > 0.3, `from ${base}`);
    });
  }
});

boosting('histograms of large nodes are subtracted without a trace of what was taken', () => {
  const rng = Rng.from('subtract');
  const problem = drawProblem(rng, 4000, false, 2);
  const samples = allSamples(4000);
  const rules = plainRules(problem.x.columns, 8);
  const reference = referenceTask(problem, rules, samples);
  scope(() => {
    const booster = prepareBooster(problem.x, problem.objective, rules, samples);
    booster.gradients();
    boostGradients(reference);
    const expected = kept(boostTree(reference, drawFrom([1, 2, 3, 4])), 1);
    const found = booster.grow(0, rng);
    sameBits(
      found.feature,
      expected.map(node => node[0]),
      'feature',
    );
    sameBits(
      found.value,
      expected.map(node => node[1]),
      'value',
    );
    assert.ok(expected.length > 40, `${expected.length} nodes`);
  });
});

boosting('more samples, bins and slots than 16 bits count', () => {
  for (const [rows, columns, exact] of [
    [66_000, 1, true],
    [600, 300, false],
  ] as const) {
    const rng = Rng.from('many', rows);
    const x = drawMatrix(rng, rows, columns, true);
    const y = Int32Array.from({ length: rows }, (_, i) => Number(x.data[i] > rng.float()));
    const rules = { ...plainRules(columns, 3), exact };
    const objective = classObjective({ x, y, classes: 2 }, 0.5);
    assert.ok(compare(rng, { x, objective }, rules, allSamples(rows), 1) > 2);
    const { search, bins } = binned(x, exact ? rows : 256);
    const ids = search.kind === 'lists' ? search.order : search.slots;
    assert.is(ids.BYTES_PER_ELEMENT, 4);
    assert.is(bins.BYTES_PER_ELEMENT, exact ? 4 : 2);
  }
});

boosting.run();
