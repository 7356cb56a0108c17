/** What `spt check` promises: each pitfall is told with its numbers where it is there, and not told where it is not. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CrossValidation } from '../../src/base/config.js';
import type { Draft } from '../../src/events/format/event.js';
import { claim, fail, finish, makeConfig } from '../../support/log-helpers.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Check = suite('check');

const config = smallConfig.replace('folds: 3', 'folds: 5');

async function checked(
  search: Search,
): Promise<{ code: number | null; findings: any[]; unchecked: string[] }> {
  const { code, out, err } = await search.sptHere('check', '--json');
  assert.equal(err, '');
  return { code, ...JSON.parse(out) };
}

const kinds = (findings: any[]): string[] => findings.map(({ kind }) => kind);
const ofKind = (findings: any[], kind: string): any => findings.find(finding => finding.kind === kind);

/** The log of configs of one pipeline with these values of C, each with the scores of its folds. */
function writeScores(
  search: Search,
  scores: [number, number[]][],
  more: object = {},
  cv: CrossValidation = { folds: 5 },
): void {
  const configs = scores.map(([C], i) =>
    makeConfig(i, {
      pipeline: 'lasso',
      split: 'A1',
      cv,
      steps: [{ StandardScaler: {} }, { LogisticRegression: { penalty: 'l1', C } }],
    }),
  );
  const numbers = scores.map((_, i) => i);
  const enqueued: Draft[] = configs.map(config => ({ type: 'enqueued', config }));
  const finished: Draft[] = scores.map(([, folds], i) => {
    const mean = folds.reduce((a, b) => a + b, 0) / folds.length;
    return { ...finish(i, scores.length + 1), scores: { cv: { roc_auc: { mean, std: 0, folds } } }, ...more };
  });
  writeLog(search, [...enqueued, claim('w1', ...numbers), ...finished]);
}

const flat = (base: number, noise: number[] = [0, 0.01, 0.02, -0.01, -0.02]): number[] =>
  noise.map(one => base + one);

Check('the best value at the edge of an axis, with the next value; the advice works', async () => {
  const search = makeSearch({ config });
  writeScores(search, [
    [0.1, flat(0.7)],
    [1, flat(0.8)],
    [10, [0.86, 0.84, 0.86, 0.83, 0.81]],
  ]);
  const { code, findings } = await checked(search);
  assert.is(code, 0);
  assert.equal(kinds(findings), ['edge']);
  const { numbers, message, advice, place, level } = findings[0];
  assert.is(level, 'note');
  // R: d <- c(.86,.84,.86,.83,.81) - c(.8,.81,.82,.79,.78); mean(d) / (sd(d) * sqrt(1/5 + 1/4))
  assert.ok(Math.abs(numbers.t - 0.04 / (Math.sqrt(0.00015) * Math.sqrt(0.45))) < 1e-6, String(numbers.t));
  assert.ok(Math.abs(numbers.gain - 0.04) < 1e-12);
  assert.equal([numbers.value, place.line], [10, 4]);
  assert.match(message, /LogisticRegression\.C = 10 .* largest .* 0\.8400, and 0\.8000 .* 1 /);
  const [, written] = /write `(C: \[0\.1, 1, 10, 100\])`/.exec(advice)!;
  search.write(
    'configs/pipe_configs.yaml',
    search.read('configs/pipe_configs.yaml').replace(/C: \[.*?\]/, written),
  );
  const { code: again, out } = await search.sptHere(
    'enqueue',
    '--splits',
    'A1',
    '--validate',
    '--cv',
    '--dry-run',
    '--json',
  );
  assert.is(again, 0);
  assert.is(JSON.parse(out).groups.find((group: any) => group.pipeline === 'lasso').total, 4);
  search.remove();
});

Check('no edge: the best value is inside, or the difference is less than a standard error', async () => {
  const inside = makeSearch({ config });
  writeScores(inside, [
    [0.1, flat(0.7)],
    [1, flat(0.9)],
    [10, flat(0.8)],
  ]);
  assert.equal(kinds((await checked(inside)).findings), []);
  inside.remove();
  const noise = makeSearch({ config });
  writeScores(noise, [
    [0.1, flat(0.7)],
    [1, flat(0.8)],
    [10, flat(0.8001, [0.02, -0.02, 0.01, 0.01, -0.02])],
  ]);
  assert.equal(kinds((await checked(noise)).findings), []);
  noise.remove();
});

Check('an edge over folds that are drawn again: the share of samples is that of one drawing', async () => {
  const search = makeSearch({ config: config.replace('folds: 5', 'folds: 2, shuffle: true, repeats: 3') });
  const best = [0.86, 0.84, 0.86, 0.83, 0.81, 0.85];
  const noise = [0, 0.01, 0.02, -0.01, -0.02, 0];
  writeScores(
    search,
    [
      [0.1, flat(0.7, noise)],
      [1, flat(0.8, noise)],
      [10, best],
    ],
    {},
    { folds: 2, shuffle: true, repeats: 3, seed: 7 },
  );
  const { numbers } = ofKind((await checked(search)).findings, 'edge');
  const differences = flat(0.8, noise).map((score, i) => best[i] - score);
  const mean = differences.reduce((sum, one) => sum + one, 0) / 6;
  const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 5;
  // Nadeau and Bengio, equation 9, with two folds: as many samples are scored as are trained on.
  assert.ok(Math.abs(numbers.t - mean / Math.sqrt(variance * (1 / 6 + 1))) < 1e-9, String(numbers.t));
  search.remove();
});

Check('no edge where the step takes no more', async () => {
  const pipes = 'lasso:\n  - LogisticRegression: { penalty: elasticnet, l1_ratio: [0.5, 0.75, 1.0], C: 1 }\n';
  const search = makeSearch({ config, pipes });
  const ratios = [0.5, 0.75, 1];
  const drafts: Draft[] = ratios.map((l1_ratio, i) => ({
    type: 'enqueued',
    config: makeConfig(i, {
      pipeline: 'lasso',
      split: 'A1',
      cv: { folds: 5 },
      steps: [{ LogisticRegression: { penalty: 'elasticnet', l1_ratio, C: 1 } }],
    }),
  }));
  const scored = (best: number): Draft[] =>
    ratios.map((_, i) => {
      const folds = flat(i === best ? 0.9 : 0.7, i === best ? [0.01, 0, 0, 0, 0.02] : [0, 0, 0.01, 0, 0]);
      const mean = folds.reduce((a, b) => a + b, 0) / 5;
      return { ...finish(i, 4), scores: { cv: { roc_auc: { mean, std: 0, folds } } } };
    });
  writeLog(search, [...drafts, claim('w1', 0, 1, 2), ...scored(2)]);
  assert.equal(kinds((await checked(search)).findings), []);
  writeLog(search, [...drafts, claim('w1', 0, 1, 2), ...scored(0)]);
  const { findings } = await checked(search);
  assert.equal(kinds(findings), ['edge']);
  assert.match(findings[0].advice, /Try 0\.25/);
  search.remove();
});

/** Scores of three configs. Those of fold 3 lie 0.2 below the others. */
function writeOddFold(search: Search): void {
  const bad = [0.9, 0.91, 0.7, 0.89, 0.9];
  writeScores(search, [
    [0.1, bad.map(score => score - 0.02)],
    [1, bad],
    [10, bad.map(score => score - 0.01)],
  ]);
}

Check('a fold unlike the others, with its gap; folds that differ alike are not told', async () => {
  const search = makeSearch({ config });
  writeOddFold(search);
  const { findings, code } = await checked(search);
  assert.is(code, 0);
  const { numbers, message } = ofKind(findings, 'fold-unlike');
  assert.is(numbers.fold, 3);
  assert.ok(Math.abs(numbers.gap - 0.2) < 1e-9);
  // The others are 0.90, 0.91, 0.89 and 0.90: s = sqrt(0.0002 / 3).
  assert.ok(Math.abs(numbers.t - 0.2 / Math.sqrt((0.0002 / 3) * 1.25)) < 1e-6);
  assert.match(message, /fold 3 of 5 .* 0\.2000 worse .* 3 of the 3/);
  search.remove();
  const even = makeSearch({ config });
  writeScores(even, [
    [0.1, [0.8, 0.85, 0.78, 0.9, 0.83]],
    [1, [0.81, 0.84, 0.79, 0.89, 0.83]],
    [10, [0.79, 0.86, 0.77, 0.91, 0.83]],
  ]);
  assert.equal(kinds((await checked(even)).findings), []);
  even.remove();
});

Check('warnings, failures and configs without a rank that many share', async () => {
  const warning = { code: 'constant-feature', message: 'x1 is constant' };
  const search = makeSearch({ config });
  const scores: [number, number[]][] = [1, 2, 3, 4].map(C => [C, flat(0.8)]);
  writeScores(search, scores, { warnings: [warning, warning] });
  const { findings, code } = await checked(search);
  assert.is(code, 0);
  assert.equal(kinds(findings), ['shared-warning']);
  assert.equal(findings[0].numbers, { configs: 4, warned: 4, share: 1 });
  writeScores(search, scores, { unranked: true });
  const unranked = await checked(search);
  assert.equal([unranked.code, kinds(unranked.findings)], [1, ['many-unranked']]);
  assert.equal(unranked.findings[0].numbers, { unranked: 4, configs: 4, share: 1 });
  // These pipelines have a StandardScaler, so another one is no advice.
  assert.match(unranked.findings[0].advice!, /^Raise the `max_iter` of the step\./);
  writeScores(search, scores.slice(0, 2), { warnings: [warning] });
  assert.equal(kinds((await checked(search)).findings), [], 'two configs are not many');
  search.remove();
});

Check('many failures name their message and a retry', async () => {
  const search = makeSearch({ config });
  const at = [0, 1, 2, 3];
  const enqueued: Draft[] = at.map(i => ({
    type: 'enqueued',
    config: makeConfig(i, { pipeline: 'lasso', split: 'A1', cv: { folds: 5 } }),
  }));
  const failed = at.map(i => fail(i, 5, { kind: 'timeout', message: 'took 3 h', retry: false }));
  writeLog(search, [...enqueued, claim('w1', ...at), ...failed]);
  const { code, findings } = await checked(search);
  assert.equal([code, kinds(findings)], [1, ['many-failed']]);
  assert.equal(findings[0].numbers, { failed: 4, configs: 4, share: 1 });
  assert.match(
    findings[0].message,
    /4 of 4 configs \(100%\) failed. 4 of them by timeout, for example: took 3 h/,
  );
  assert.match(findings[0].advice, /spt retry --all --pipelines lasso/);
  search.remove();
});

/** Tables of n samples: noise that depends on the class a little, and whatever `more` adds. */
function tables(
  n: number,
  row: (i: number) => { values: number[]; condition: string; patient?: string; batch?: number },
): { features: string; metadata: string } {
  const features: string[] = [];
  const metadata = ['Run,Condition,Batch,Patient'];
  for (let i = 0; i < n; i++) {
    const { values, condition, patient = `p${i}`, batch = 1 + (Math.floor(i / 2) % 4) } = row(i);
    features.push(`r${i},${values.join(',')}`);
    metadata.push(`r${i},${condition},${batch},${patient}`);
  }
  const width = features[0].split(',').length - 1;
  const head = `Run,${Array.from({ length: width }, (_, j) => `x${j}`).join(',')}`;
  return { features: `${[head, ...features].join('\n')}\n`, metadata: `${metadata.join('\n')}\n` };
}

/** Numbers that look like noise, the same on each machine. */
const noise = (i: number, j: number): number => ((((i * 7919 + j * 104729 + 13) % 9973) * 31) % 997) / 997;
const condition = (i: number): string => (i % 2 ? 'sick' : 'well');

async function checkedTables(
  made: { features: string; metadata: string },
  args = ['--splits', 'A1', '--cv', '--validate'],
): Promise<{ code: number | null; findings: any[] }> {
  const search = makeSearch({ config });
  search.write('data/features.csv', made.features);
  search.write('data/metadata.csv', made.metadata);
  const { code, err } = await search.sptHere('enqueue', ...args, '--json');
  assert.equal([code, err], [0, '']);
  const found = await checked(search);
  search.remove();
  return found;
}

Check('plain samples have no pitfall', async () => {
  const made = tables(80, i => ({ values: [0, 1, 2].map(j => noise(i, j)), condition: condition(i) }));
  const { code, findings } = await checkedTables(made);
  assert.equal([code, findings], [0, []]);
});

Check('equal samples across folds and on both sides of a split, with their ids', async () => {
  // r60 equals r0 in another fold, and r6, which is in the validation batch, equals r4.
  const source = (i: number): number => (i === 60 ? 0 : i === 6 ? 4 : i);
  const made = tables(80, i => ({
    values: [0, 1, 2].map(j => noise(source(i), j)),
    condition: condition(i),
  }));
  const { code, findings } = await checkedTables(made);
  assert.is(code, 1);
  assert.equal(kinds(findings).sort(), ['equal-rows-folds', 'equal-rows-validate']);
  const folds = ofKind(findings, 'equal-rows-folds');
  assert.equal([folds.samples, folds.numbers.samples, folds.numbers.of], [['r0', 'r60'], 2, 60]);
  const held = ofKind(findings, 'equal-rows-validate');
  assert.equal([held.samples, held.numbers.samples, held.numbers.of], [['r6'], 1, 20]);
});

Check('equal samples are only a note where features have few values', async () => {
  const made = tables(80, i => ({ values: [noise(i, 0) > 0.5 ? 1 : 0, i % 3], condition: condition(i) }));
  const { code, findings } = await checkedTables(made);
  assert.is(code, 0);
  assert.equal([...new Set(findings.map(({ level }) => level))], ['note']);
  // Pairs by chance under independence: 60 * 59 / 2 times the two chances of equal values.
  const rows = [...Array(80).keys()].filter(i => i % 8 < 6);
  const chance = (value: (i: number) => number): number => {
    let equal = 0;
    for (const a of rows) for (const b of rows) if (a < b && value(a) === value(b)) equal++;
    return equal / ((60 * 59) / 2);
  };
  const expected = ((60 * 59) / 2) * chance(i => (noise(i, 0) > 0.5 ? 1 : 0)) * chance(i => i % 3);
  const { numbers } = ofKind(findings, 'equal-rows-folds');
  assert.ok(Math.abs(numbers.pairsByChance - expected) < 1e-9 * expected);
});

Check('a feature that gives the target away is a problem', async () => {
  const made = tables(80, i => ({
    values: [noise(i, 0), i % 2 ? 5 + noise(i, 1) : noise(i, 1)],
    condition: condition(i),
  }));
  const { code, findings } = await checkedTables(made);
  assert.equal([code, kinds(findings)], [1, ['target-given-away']]);
  assert.match(findings[0].message, /"x1"/);
});

Check('groups whose samples are alike and that the folds ignore; the advice works', async () => {
  const alike = tables(96, i => {
    const patient = Math.floor(i / 8);
    return {
      values: [0, 1, 2, 3].map(j => 10 * noise(patient + 1000, j) + 0.1 * noise(i, j)),
      condition: condition(i),
      patient: `p${patient}`,
    };
  });
  const { code, findings } = await checkedTables(alike, ['--splits', 'A1', '--cv', '--validate']);
  assert.is(code, 1);
  const found = ofKind(findings, 'groups-ignored');
  assert.is(found.numbers.share, 1);
  assert.is(found.numbers.samples, 72);
  // 72 samples of 12 patients, 3 of each class: every chance is counted by hand.
  const rows = [...Array(96).keys()].filter(i => i % 8 < 6);
  const chances = rows.map(i => {
    const others = rows.filter(o => o !== i && o % 2 === i % 2);
    return others.filter(o => Math.floor(o / 8) === Math.floor(i / 8)).length / others.length;
  });
  assert.ok(Math.abs(found.numbers.byChance - chances.reduce((a, b) => a + b) / 72) < 1e-12);
  const written = /`(cv: \{ folds: 5, group: Patient \})`/.exec(found.advice)![1];
  const search = makeSearch({ config: config.replace('cv: { folds: 5 }', written) });
  search.write('data/features.csv', alike.features);
  search.write('data/metadata.csv', alike.metadata);
  assert.is((await search.sptHere('enqueue', '--splits', 'A1', '--cv', '--validate')).code, 0);
  assert.equal(kinds((await checked(search)).findings), []);
  search.remove();
});

Check('groups whose samples are not alike are not told', async () => {
  const made = tables(96, i => ({
    values: [0, 1, 2, 3].map(j => noise(i, j)),
    condition: condition(i),
    patient: `p${Math.floor(i / 8)}`,
  }));
  assert.equal((await checkedTables(made)).findings, []);
});

Check('a class with few samples in a fold', async () => {
  // 60 samples are trained on; 10 of them are sick, so each of 5 folds has 2.
  const made = tables(80, i => ({
    values: [noise(i, 0), noise(i, 1)],
    condition: i % 6 === 1 ? 'sick' : 'well',
  }));
  const { code, findings } = await checkedTables(made, ['--splits', 'train_A1', '--cv']);
  assert.equal([code, kinds(findings)], [0, ['small-class']]);
  const { numbers, message } = findings[0];
  assert.equal([numbers.least, numbers.most, numbers.folds], [2, 2, 5]);
  assert.match(message, /"sick" has 10 samples, 2 in each of 5 folds: .* by 0\.50/);
});

Check('text of a log is made safe', async () => {
  const search = makeSearch({ config });
  const evil = { code: '\u001b[2Jbad', message: '\u001b]0;title\u0007' };
  writeScores(
    search,
    [1, 2, 3].map(C => [C, flat(0.8)]),
    { warnings: [evil] },
  );
  const { out } = await search.sptHere('check');
  assert.match(out, /\\u001b\[2Jbad/);
  assert.not.match(out, /\u001b/);
  search.remove();
});

Check('a log without files and data says what was not checked', async () => {
  const search = makeSearch({ config });
  writeScores(search, [[1, flat(0.8)]]);
  const { unchecked } = await checked(search);
  assert.is(unchecked.length, 1);
  assert.match(unchecked[0], /^the data of A1: /);
  search.remove();
});

Check('sentences are broken at 80 columns', async () => {
  const search = makeSearch({ config });
  writeOddFold(search);
  const { out } = await search.sptHere('check');
  assert.match(out, /^note fold-unlike: A1\n {4}\S/m);
  const longest = Math.max(...out.split('\n').map(line => line.length));
  assert.ok(longest > 60 && longest <= 80, out);
  search.remove();
});

Check.run();
