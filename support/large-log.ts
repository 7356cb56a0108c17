/** Logs of many finished configs, for what has to stay small or quick where there are many. */
import type { Step } from '../src/base/config.js';
import { Rng } from '../src/base/rng.js';
import type { Draft } from '../src/events/format/event.js';
import { idOf, makeConfig } from './log-helpers.js';

/** Configs of a search with numbers that are all different: the kind that packs worst. */
export function manyFinished(count: number): Draft[] {
  const rng = Rng.from('many', count);
  const events: Draft[] = [];
  for (let i = 0; i < count; i++) {
    const logs = (low: number, high: number): number => low * (high / low) ** rng.float();
    const steps: Step[] =
      i % 2 === 0
        ? [{ StandardScaler: {} }, { SVC: { C: logs(1e-3, 1e3), gamma: logs(1e-4, 1), kernel: 'rbf' } }]
        : [
            {
              XGBClassifier: {
                learning_rate: logs(1e-3, 1),
                max_depth: 1 + rng.below(12),
                subsample: rng.float(),
              },
            },
          ];
    const pipeline = i % 2 === 0 ? 'svc' : 'xgb';
    const config = { ...makeConfig(i), pipeline, steps, split: 'A1', cv: { folds: 5 } };
    events.push({ type: 'enqueued', config });
  }
  for (let first = 0; first < count; first += 8) {
    const rows = Array.from({ length: Math.min(8, count - first) }, (_, k) => first + k);
    const worker = { id: `worker${(first / 8) % 16}`, host: 'here', pid: 1 };
    events.push({ type: 'claimed', configs: rows.map(idOf), worker });
    const claim = events.length;
    for (const i of rows) {
      const folds = Array.from({ length: 5 }, () => 0.7 + 0.3 * rng.float());
      const mean = folds.reduce((sum, score) => sum + score, 0) / 5;
      events.push({
        type: 'finished',
        ...{ config: idOf(i), claim, seconds: 10 * rng.float(), digest: `digest${i}` },
        scores: {
          cv: { roc_auc: { mean, std: 0.1, folds } },
          validate: { roc_auc: mean - 0.1 * rng.float() },
        },
        ...{ versions: { spt: '0' }, size: { features: 30, nodes: 1 + rng.below(1000) } },
      });
    }
  }
  return events;
}
