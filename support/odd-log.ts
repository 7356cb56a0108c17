/** A log whose configs have parameters, scores and outcomes of every kind, for the suites of the table of results. */
import type { Config, Scores, Step } from '../src/base/config.js';
import type { Draft, Finished } from '../src/events/format/event.js';
import { claim, fail, idOf, makeConfig } from './log-helpers.js';

/** The text of a failure that spreadsheets, terminals, CSV, Markdown, LaTeX and HTML could take for something else. */
export const HOSTILE =
  '=cmd|"/c calc",\r\n\u001b[2J<script>alert(1)</script> | $x_1$ \\end{document} \ud83d\ude00';

const SVC = (C: number, gamma: number | string, more: object = {}): Step[] => [
  { StandardScaler: {} },
  { SVC: { C, gamma, ...more } },
];
const RF = (max_features: any, max_depth: number | null, n_estimators: number): Step[] => [
  { RandomForestClassifier: { max_features, max_depth, n_estimators } },
];

/** The pipeline and the steps of each config, by its number. */
const STEPS: [pipeline: string, steps: Step[]][] = [
  ['svc', SVC(1, 'scale', { shrinking: true, class_weight: null })],
  ['svc', SVC(0.5, 0.01, { shrinking: false, class_weight: 'balanced' })],
  ['svc', SVC(10, 'scale', { shrinking: true, class_weight: { 0: 1, 1: 5 } })],
  ['rf', RF({ share: 1 }, null, 100)],
  ['rf', RF(0.5, 6, 50)],
  ['rf', RF('sqrt', null, 200)],
  ['nn', [{ MLPClassifier: { hidden_layer_sizes: [50, 20], alpha: 1e-7 } }]],
  ['nn', [{ MLPClassifier: { hidden_layer_sizes: [], alpha: 0.001 } }]],
  [
    'svc',
    [{ StandardScaler: { with_mean: true } }, { StandardScaler: { with_mean: false } }, { SVC: { C: 1 } }],
  ],
  ['svc', SVC(2, 0.5)],
  ['svc', SVC(3, 0.25)],
  ['rf', RF(0.25, 3, 10)],
  ['rf', RF(0.75, 4, 10)],
];

/** Numbers whose shortest decimals are long, short, tiny and negative. */
const FOLDS = [
  [0.1 + 0.2, 0.9, 1 / 3],
  [0.75, 0.5, 1],
  [0.9, 0.9, 0.9],
  [0.75, 1, 0.5],
];

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: number[]): number =>
  Math.sqrt(mean(values.map(value => (value - mean(values)) ** 2)));

export function foldScores(folds: number[]) {
  return { mean: mean(folds), std: deviation(folds), folds };
}

function configOf(i: number): Config {
  const [pipeline, steps] = STEPS[i];
  const isLoss = i === 9 || i === 10;
  return makeConfig(i, {
    ...{ pipeline, steps, split: isLoss ? 'B2' : 'A1', validate: 'validate_A1', cv: { folds: 3 }, seed: 7 },
    ...(isLoss
      ? { scoring: 'log_loss', metrics: ['log_loss'] }
      : { metrics: i === 8 ? ['roc_auc', 'mcc', 'f1'] : ['roc_auc', 'mcc'] }),
  });
}

function done(i: number, epoch: number, scores: Scores, more: Partial<Finished> = {}): Finished {
  return {
    ...{ type: 'finished', config: idOf(i), claim: epoch, seconds: 0.1 * (i + 1), digest: digestOf(i) },
    ...{ scores, versions: { spt: '0.3.0', node: '20.0.0' }, size: { features: 2, supportVectors: i } },
    ...more,
  };
}

const digestOf = (i: number): string => idOf(i) + idOf(i + 100);

const scored = (folds: number[], validate: number): Scores => ({
  cv: { roc_auc: foldScores(folds), mcc: negated(folds) },
  validate: { roc_auc: validate, mcc: -1e-9 },
  train: { roc_auc: 1, mcc: 1 },
});

/** The same folds as a metric that is negative, and null where all folds are equal. */
function negated(folds: number[]) {
  return folds.every(fold => fold === folds[0]) ? null : foldScores(folds.map(fold => -fold));
}

/**
 * 13 configs: 0 to 3 finished (1 and 3 with equal means), 4 failed, 5 did not converge, 6
 * has no score, 7 failed, 8 queued, 9 and 10 ranked by log_loss, 11 running, 12 failed once and is queued again.
 */
export function oddLog(): Draft[] {
  const enqueued = STEPS.map((_, i): Draft => ({ type: 'enqueued', config: configOf(i) }));
  const epoch = enqueued.length + 1;
  const loss = (folds: number[]): Scores => ({
    cv: { log_loss: foldScores(folds) },
    validate: {},
    train: {},
  });
  const warning = { code: 'not-converged', message: 'stopped at max_iter', unranked: true as const };
  return [
    ...enqueued,
    claim('w1', 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12),
    ...FOLDS.map((folds, i) => done(i, epoch, scored(folds, 0.5 + i / 8))),
    fail(4, epoch, { kind: 'memory', message: 'too large', seconds: 2.5 }),
    done(5, epoch, scored([1, 1, 0.5], 1), { unranked: true, warnings: [warning] }),
    done(6, epoch, { cv: { roc_auc: null, mcc: null } }),
    fail(7, epoch, { message: HOSTILE }),
    done(9, epoch, loss([0.5, 0.25, 0.25])),
    done(10, epoch, loss([0.25, 0.25, 0.125])),
    fail(12, epoch, { kind: 'lost', message: 'its worker was lost', retry: true }),
  ];
}
