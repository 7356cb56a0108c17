/** Trees and forests beside scikit-learn's (fixtures/make_trees.py), and at their edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../../src/base/rng.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { featuresDrawn } from '../../../../src/ml/parameters.js';
import { findStep } from '../../../../src/ml/registry.js';
import { digest } from '../../../../src/ml/serialize.js';
import { addVotes, forestMeans, type Forest } from '../../../../src/ml/families/trees/forest.js';
import { fitForests } from '../../../../src/ml/families/trees/forest-classifier.js';
import { prune } from '../../../../src/ml/families/trees/prune.js';
import type { ClassifierKind, Classifier, ClassProblem } from '../../../../src/ml/types.js';
import { sameBits } from '../../../../support/bits.js';
import { widened } from '../../../../support/datasets.js';
import { assertSameMeans, type SeedScores } from '../../../../support/seeds.js';
import { fixture } from '../../../../support/fixture.js';

interface Fixture {
  x: number[][];
  y: number[];
  weights: number[];
  xNew: number[][];
  yNew: number[];
  trees: {
    params: object;
    columns: number;
    classes: number;
    weighted: boolean;
    proba: number[];
    importances: number[] | null;
    leaves: number;
  }[];
  sweep: [
    name: string,
    params: object,
    columns: number,
    classes: number,
    weighted: boolean,
    first: number[],
  ][];
  forests: {
    name: string;
    params: object;
    scores: SeedScores;
  }[];
}

const peer: Fixture = fixture('trees');

const KIND = { splitter: 'best', inOrder: false } as const;

const test = suite('trees');

function fit(name: string, params: object, problem: ClassProblem, seed: string | number = 0): Classifier {
  const kind = findStep(name) as ClassifierKind;
  return kind.fit(problem, kind.params.parse(params), {
    rng: Rng.from('trees', seed),
    warn: () => undefined,
  });
}

function problemOf(classes: number, columns = 6, weighted = false): ClassProblem {
  const x = fromRows(peer.x.map(row => row.slice(0, columns)));
  const y = Int32Array.from(peer.y, code => Math.min(code, classes - 1));
  return { x, y, classes, ...(weighted ? { weights: Float64Array.from(peer.weights) } : {}) };
}

function forestOf(model: Classifier): Forest {
  const document = model.serialize() as { model?: unknown };
  return (document.model ?? document) as Forest;
}

test("a tree without chance is scikit-learn's, sample by sample", () => {
  assert.is(peer.trees.length, 126);
  for (const { params, columns, classes, weighted, proba, importances, leaves } of peer.trees) {
    const what = JSON.stringify({ params, columns, classes, weighted });
    const model = fit('DecisionTreeClassifier', params, problemOf(classes, columns, weighted));
    const xNew = fromRows(peer.xNew.map(row => row.slice(0, columns)));
    const found = model.proba!(xNew);
    for (let i = 0; i < xNew.rows; i++) {
      for (let c = 0; c < classes - 1; c++) {
        const [ours, theirs] = [found[i * classes + c], proba[i * (classes - 1) + c]];
        assert.ok(
          Math.abs(ours - theirs) < 2e-9,
          `${what}: sample ${i}: ${ours}, scikit-learn has ${theirs}`,
        );
      }
    }
    const forest = forestOf(model);
    const grown = forest.feature.filter(j => j < 0).length;
    // With weights that are no integers scikit-learn's rounding splits some leaves that have one class already.
    if ('class_weight' in params) assert.ok(grown <= leaves, what);
    else assert.is(grown, leaves, what);
    importances?.forEach((share, j) => assert.ok(Math.abs(forest.importances[j] - share) < 1e-8, what));
  }
});

test("every parameter with others gives scikit-learn's tree, and a forest of it without chance", () => {
  assert.is(peer.sweep.length, 371);
  for (const [name, params, columns, classes, weighted, first] of peer.sweep) {
    const model = fit(name, params, problemOf(classes, columns, weighted));
    const found = model.proba!(fromRows(peer.xNew.slice(0, first.length).map(row => row.slice(0, columns))));
    first.forEach((theirs, i) => {
      const what = JSON.stringify({ name, params, columns, classes, weighted });
      const ours = found[i * classes];
      assert.ok(Math.abs(ours - theirs) < 2e-9, `${what}: sample ${i}: ${ours}, scikit-learn has ${theirs}`);
    });
  }
});

function scoresOf(model: Classifier): { [score: string]: number } {
  const xNew = fromRows(peer.xNew);
  const [proba, codes] = [model.proba!(xNew), model.predict(xNew)];
  const { feature, importances, oob_score } = forestOf(model);
  const loss = peer.yNew.map((code, i) => -Math.log(0.9 * proba[3 * i + code] + 0.1 / 3));
  return {
    accuracy: codes.filter((code, i) => code === peer.yNew[i]).length / codes.length,
    log_loss: loss.reduce((a, b) => a + b) / loss.length,
    nodes: feature.length,
    importance: importances[0],
    oob_score: oob_score ?? 0,
  };
}

test("forests score as scikit-learn's do, over 20 seeds", () => {
  for (const { name, params, scores } of peer.forests) {
    const found = Array.from({ length: 20 }, (_, seed) => scoresOf(fit(name, params, problemOf(3), seed)));
    assertSameMeans(found, scores, `${name} ${JSON.stringify(params)}`);
  }
});

test('a small forest is the start of a large one, and sizes grown together are those grown alone', () => {
  const kind = findStep('RandomForestClassifier') as ClassifierKind;
  // So many columns that a few trees read them where they are, and many trees row by row.
  const problem = widened(problemOf(3), 10);
  const context = { rng: Rng.from('prefix'), warn: () => undefined };
  for (const more of [{ oob_score: true }, { class_weight: 'balanced_subsample', max_samples: 0.4 }]) {
    const params = kind.params.parse({ ...more, n_estimators: 12 });
    const [small, all] = fitForests(problem, params, KIND, [5, 12], context);
    const alone = fitForests(problem, { ...params, n_estimators: 5 }, KIND, [5], context)[0];
    assert.is(digest(small.serialize()), digest(alone.serialize()));
    const [prefix, whole] = [forestOf(small), forestOf(all)];
    for (const name of ['roots', 'feature', 'threshold', 'next', 'leaves'] as const) {
      sameBits(whole[name].subarray(0, prefix[name].length), prefix[name], name);
    }
    const votes = new Float64Array(problem.x.rows * 3);
    addVotes(whole, problem.x, 0, 5, votes);
    sameBits(
      votes.map(vote => vote / 5),
      forestMeans(prefix, problem.x),
      'the first trees',
    );
    addVotes(whole, problem.x, 5, 12, votes);
    sameBits(
      votes.map(vote => vote / 12),
      forestMeans(whole, problem.x),
      'and the rest',
    );
  }
});

test('a sample out of the bag is scored by the trees that have not seen it', () => {
  const problem = problemOf(2);
  const noise = { ...problem, y: problem.y.map((_, i) => Number(Rng.from('coin', i).below(2))) };
  const model = fit('RandomForestClassifier', { oob_score: true, n_estimators: 60 }, noise);
  const { oob_score } = forestOf(model);
  const seen = model.predict(noise.x).filter((code, i) => code === noise.y[i]).length / noise.y.length;
  assert.ok(seen > 0.95, `share of samples that are known: ${seen}`);
  assert.ok(oob_score! < 0.65, `share of noise that is predicted: ${oob_score}`);
  assert.is(forestOf(fit('RandomForestClassifier', { n_estimators: 2 }, noise)).oob_score, null);
});

test('features are compared as 32-bit numbers', () => {
  const close = { x: fromRows([[1], [1 + 1e-9]]), y: Int32Array.of(0, 1), classes: 2 };
  assert.is(forestOf(fit('DecisionTreeClassifier', {}, close)).feature.length, 1, 'nothing to split by');
  const x = fromRows([[1], [1 + 1e-9], [2], [2 + 1e-9]]);
  const split = { x, y: Int32Array.of(0, 0, 1, 1), classes: 2 };
  assert.equal([...fit('DecisionTreeClassifier', {}, split).predict(x)], [0, 0, 1, 1]);
  const huge = { ...split, x: fromRows([[1e300], [1], [2], [3]]) };
  assert.throws(() => fit('DecisionTreeClassifier', {}, huge), /too large for trees/);
});

test('a threshold between neighbors separates them', () => {
  for (let step = 1; step < 40; step++) {
    for (const start of [1, -1, 3e38, -2.5e-38, 16777216]) {
      const single = new Float32Array([start]);
      const bits = new Int32Array(single.buffer);
      const low = single[0];
      bits[0] += step;
      const [below, above] = [Math.min(low, single[0]), Math.max(low, single[0])];
      if (above - below < 2e-7) continue;
      const problem = { x: fromRows([[below], [above]]), y: Int32Array.of(1, 0), classes: 2 };
      assert.equal([...fit('DecisionTreeClassifier', {}, problem).predict(problem.x)], [1, 0]);
    }
  }
});

test('pruning cuts the weakest link first, and more with alpha', () => {
  const leaves = [0, 0.004, 0.01, 0.03, 1].map(ccp_alpha => {
    const { feature } = forestOf(fit('DecisionTreeClassifier', { ccp_alpha }, problemOf(3)));
    return feature.filter(j => j < 0).length;
  });
  assert.equal(
    leaves,
    [...leaves].sort((a, b) => b - a),
  );
  assert.is(leaves[4], 1);
  assert.ok(new Set(leaves).size >= 4);
  // Node 2 gains 0.1 for one leaf more, node 0 gains 0.4 for two: with alpha 0.15 only node 2 goes.
  const tree = {
    nodes: 5,
    feature: Int32Array.of(0, -1, 1, -1, -1),
    threshold: new Float32Array(5),
    left: Int32Array.of(1, 0, 3, 0, 0),
    impurity: Float64Array.of(0.5, 0, 0.2, 0, 0),
    weight: Float64Array.of(4, 2, 2, 1, 1),
    values: new Float64Array(10),
  };
  prune(tree, 0.15);
  assert.equal([...tree.feature], [0, -1, -1, -1, -1]);
});

test("max_features is scikit-learn's", () => {
  const found = (['sqrt', 'log2', null, 0.3, 5, 200, 0.001] as const).map(value => featuresDrawn(value, 30));
  assert.equal(found, [5, 4, 30, 9, 5, 30, 1]);
});

test('what only bootstraps can do is refused without them', () => {
  for (const params of [{ oob_score: true }, { max_samples: 0.5 }]) {
    assert.throws(() => fit('ExtraTreesClassifier', params, problemOf(2)), /needs `bootstrap: true`/);
    assert.throws(
      () => fit('RandomForestClassifier', { ...params, bootstrap: false }, problemOf(2)),
      /needs `bootstrap: true`/,
    );
  }
  assert.throws(
    () => fit('RandomForestClassifier', { max_samples: 161 }, problemOf(2)),
    /there are only 160 samples/,
  );
});

test('golden digests', () => {
  const golden: [string, object, number, string][] = [
    ['DecisionTreeClassifier', {}, 2, 'ee678b1450ec02d702db266e1f16783c'],
    [
      'DecisionTreeClassifier',
      { criterion: 'entropy', max_leaf_nodes: 9 },
      3,
      '67468770924e55b8d8d96ebd9cb2cca3',
    ],
    [
      'DecisionTreeClassifier',
      { splitter: 'random', class_weight: 'balanced' },
      3,
      '68c157007d980345362767494e743511',
    ],
    ['RandomForestClassifier', { n_estimators: 10 }, 2, '042451d4bff8cd2fc176608585bd2992'],
    [
      'RandomForestClassifier',
      { n_estimators: 10, oob_score: true, criterion: 'entropy' },
      3,
      '0a490642bef3dd085c2fa836fad67318',
    ],
    ['ExtraTreesClassifier', { n_estimators: 10 }, 3, '415af014313571e069065c14e6b5d614'],
  ];
  for (const [name, params, classes, expected] of golden) {
    const found = digest(fit(name, params, problemOf(classes, 6, true)).serialize());
    assert.is(found, expected, `${name} ${JSON.stringify(params)}`);
  }
});

test.run();
