/** Which worker trained when. */
import { unpackNumbers } from '../../columns.js';
import type { Timeline } from '../../document.js';
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import { durationText, text } from '../dom.js';
import { axis, look, type Theme } from '../theme.js';

/** The most workers that are drawn. All are in the numbers. */
const MOST_WORKERS = 60;

/** The bars as columns; times in seconds. */
interface Bars {
  worker: Float64Array;
  start: Float64Array;
  end: Float64Array;
  configs: Float64Array;
  failed: Float64Array;
}

function barsOf({ worker, start, end, configs, failed }: Timeline): Bars {
  const [a, b, c, d, e] = [worker, start, end, configs, failed].map(unpackNumbers);
  return { worker: a, start: b, end: c, configs: d, failed: e };
}

interface Sum {
  configs: number;
  failed: number;
  from: number;
  to: number;
}

function sumsOf(bars: Bars, count: number): Sum[] {
  const sums = Array.from({ length: count }, () => ({ configs: 0, failed: 0, from: Infinity, to: 0 }));
  bars.worker.forEach((w, i) => {
    sums[w].configs += bars.configs[i];
    sums[w].failed += bars.failed[i];
    sums[w].from = Math.min(sums[w].from, bars.start[i]);
    sums[w].to = Math.max(sums[w].to, bars.end[i]);
  });
  return sums;
}

function barDrawer(theme: Theme): (params: unknown, api: any) => object {
  const fill = look(theme, 0).color;
  return (_, api) => {
    const [from, to] = [1, 2].map(i => api.coord([api.value(i), api.value(0)]));
    const height = Math.min(16, 0.7 * api.size([0, 1])[1]);
    const edge = api.value(4) > 0 ? { stroke: theme.ink, lineWidth: 2 } : {};
    return {
      type: 'rect',
      shape: { x: from[0], y: from[1] - height / 2, width: Math.max(1, to[0] - from[0]), height },
      style: { fill, opacity: 0.55, ...edge },
    };
  };
}

function option(timeline: Timeline, bars: Bars, shown: number, theme: Theme): Option {
  const last = bars.end.reduce((latest, second) => Math.max(latest, second), 0);
  const [unit, seconds]: [string, number] =
    last > 7200 ? ['hours', 3600] : last > 120 ? ['minutes', 60] : ['seconds', 1];
  const drawn = [...bars.worker.keys()].filter(i => bars.worker[i] < shown);
  const since = `${unit} since ${timeline.from.replace('T', ' ').slice(0, 19)} UTC`;
  const name = (i: string): string => text(timeline.workers[Number(i)]);
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 44, containLabel: true },
    xAxis: axis(theme, since, { type: 'value', min: 0, max: last / seconds }),
    yAxis: axis(theme, '', {
      type: 'category',
      inverse: true,
      data: timeline.workers.slice(0, shown).map((_, i) => String(i)),
      axisLabel: { color: theme.ink, width: 120, overflow: 'truncate', formatter: name },
      splitLine: { show: false },
    }),
    tooltip: tooltip(({ value: [worker, from, to, configs, failed] }) => {
      const what = `${configs} config${configs === 1 ? '' : 's'}, ${failed} failed`;
      return [timeline.workers[worker], what, durationText((to - from) * seconds)];
    }, theme),
    series: [
      {
        type: 'custom',
        encode: { x: [1, 2], y: 0 },
        data: drawn.map(i => [
          bars.worker[i],
          bars.start[i] / seconds,
          bars.end[i] / seconds,
          bars.configs[i],
          bars.failed[i],
        ]),
        renderItem: barDrawer(theme),
      },
    ],
  };
}

/** Undefined where no worker has finished anything. */
export function workersOverTime(timeline: Timeline): ChartSpec | undefined {
  const bars = barsOf(timeline);
  const count = timeline.workers.length;
  if (bars.worker.length === 0) return undefined;
  const shown = Math.min(MOST_WORKERS, count);
  const sums = sumsOf(bars, count);
  return {
    title: 'Workers over time',
    note:
      'Each bar is the last attempt at a config, or a stretch of them. A bar with a dark edge holds a failure. ' +
      'Threads of one worker lie over each other.' +
      (shown < count ? ` The first ${shown} of ${count} workers are drawn.` : ''),
    height: 80 + Math.max(40, 22 * shown),
    option: theme => option(timeline, bars, shown, theme),
    numbers: () => ({
      head: ['worker', 'configs', 'failed', 'first start', 'last end', 'training time'],
      rows: timeline.workers.map((name, i) => {
        const times = [sums[i].from, sums[i].to, timeline.busy[i]].map(durationText);
        return [name, sums[i].configs, sums[i].failed, ...times];
      }),
    }),
  };
}
