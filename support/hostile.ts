/** Texts that another program could write into a log, and a log that has them in every place that is free text. */
import type { Config } from '../src/base/config.js';
import { linesOf } from './random-log.js';
import type { Draft } from '../src/events/format/event.js';
import { idOf, makeConfig } from './log-helpers.js';

/** Markup, a link that runs, an end of the script, controls, an override of the direction, and a separator of lines. */
export const HOSTILE: readonly string[] = [
  '<script>window.hacked=1</script>',
  '</script><img src=x onerror="window.hacked=1">',
  'javascript:window.hacked=1',
  '"><svg onload=window.hacked=1>',
  "'-window.hacked-'",
  '{a|rich} {{b}} ${window.hacked=1}',
  '\u001b[31mred\u0007\u0000',
  '\u202egnp.exe',
  'two\u2028lines\u2029',
  '__proto__',
  '<!--',
];

/** The i-th of them, again from the first after the last. */
const hostile = (i: number): string => HOSTILE[i % HOSTILE.length];

/** 44 configs: some of them failed, all with texts that could do harm if they became markup. */
function hostileEvents(): Draft[] {
  const events: Draft[] = [];
  const count = 4 * HOSTILE.length;
  for (let i = 0; i < count; i++) {
    const config: Config = {
      ...makeConfig(i),
      pipeline: hostile(i % 3),
      split: hostile(Math.floor(i / 22)),
      steps: [
        {
          [hostile(i % 3)]: {
            [hostile(5)]: hostile(i),
            kernel: hostile(i + 1),
            C: (i % 4) + 0.5,
            [hostile(0)]: i % 5,
          },
        },
      ],
      train: hostile(i),
      cv: { folds: 2, group: hostile(1) },
      data: hostile(2),
      scoring: hostile(4),
      metrics: [hostile(4)],
    };
    events.push({ type: 'enqueued', config });
  }
  for (let i = 0; i < count; i++) {
    const worker = { id: `w${i % 5}`, host: hostile(i + 3), pid: 1 };
    events.push({ type: 'claimed', configs: [idOf(i)], worker });
    const claim = events.length;
    const common = { config: idOf(i), claim, seconds: 0.5 + (i % 7) };
    if (i % 6 === 5)
      events.push({ type: 'failed', ...common, kind: 'error', message: hostile(i), retry: false });
    else {
      const folds = [0.5 + 0.01 * (i % 20), 0.6 + 0.01 * (i % 13)];
      const mean = (folds[0] + folds[1]) / 2;
      events.push({
        type: 'finished',
        ...common,
        digest: hostile(i),
        scores: { cv: { [hostile(4)]: { mean, std: 0.05, folds } }, validate: { [hostile(4)]: mean - 0.01 } },
        versions: { spt: hostile(i) },
        size: { features: 3, [hostile(i)]: 2 },
        warnings: [
          { code: hostile(i), message: hostile(i + 2), step: hostile(i + 4), where: hostile(i + 5) },
        ],
      });
    }
  }
  return events;
}

/** The log as a file. Its authors have hostile names, and some of its times are no times. */
export function hostileLog(): Buffer {
  const at = (i: number): string =>
    i % 30 === 29 ? hostile(i) : new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
  return Buffer.concat(linesOf(hostileEvents(), i => ({ id: `event${i}`, at: at(i), by: hostile(i) })));
}
