/** The best score so far, over the configs and over the core hours. */
import { tooltip, type ChartSpec } from '../chart.js';
import type { SectionData } from '../data.js';
import { scoreText } from '../dom.js';
import { axis } from '../theme.js';

interface Step {
  configs: number;
  hours: number;
  score: number;
  row: number;
}

/** The configs that were the best when they finished, and the end. */
function stepsOf({ section, ended, seconds, score, count }: SectionData): {
  steps: Step[];
  last: Step | undefined;
} {
  const order = Uint32Array.from({ length: count }, (_, row) => row).filter(row => !Number.isNaN(score[row]));
  order.sort((a, b) => ended[a] - ended[b] || a - b);
  const sign = section.direction === 'min' ? -1 : 1;
  const steps: Step[] = [];
  let hours = 0;
  order.forEach((row, i) => {
    hours += (Number.isNaN(seconds[row]) ? 0 : seconds[row]) / 3600;
    const best = steps.at(-1);
    if (!best || sign * score[row] > sign * best.score)
      steps.push({ configs: i + 1, hours, score: score[row], row });
  });
  const best = steps.at(-1);
  return { steps, last: best && { ...best, configs: order.length, hours } };
}

/** The places of the two pictures: side by side, or one above the other where it is narrow. */
function gridsOf(width: number): object[] {
  return width < 560
    ? [
        { left: 8, right: 16, top: 12, height: '32%', containLabel: true },
        { left: 8, right: 16, top: '54%', height: '30%', containLabel: true },
      ]
    : [
        { left: 8, width: '46%', top: 12, bottom: 44, containLabel: true },
        { left: '52%', right: 16, top: 12, bottom: 44, containLabel: true },
      ];
}

export function bestSoFar(data: SectionData): ChartSpec {
  const { steps, last } = stepsOf(data);
  const { scoring } = data.section;
  const isShort = (last?.hours ?? 0) < 0.05;
  const unit = isShort ? 'core seconds' : 'core hours';
  const time = (hours: number): number => (isShort ? hours * 3600 : hours);
  const all = last ? [...steps, last] : [];
  return {
    title: 'Best so far',
    note:
      `The best ${scoring} after each config, in the order in which they finished, and over the ${unit} that they ` +
      'took together.',
    height: 300,
    option: (theme, width) => {
      const line = (index: number, x: (step: Step) => number): object => ({
        type: 'line',
        step: 'end',
        xAxisIndex: index,
        yAxisIndex: index,
        data: all.map(step => [x(step), step.score, step.row]),
        symbol: 'circle',
        symbolSize: 7,
        lineStyle: { color: theme.accent, width: 2 },
        itemStyle: { color: theme.accent },
      });
      return {
        grid: gridsOf(width),
        xAxis: [
          axis(theme, 'configs', { type: 'value', gridIndex: 0, min: 0 }),
          axis(theme, unit, { type: 'value', gridIndex: 1, min: 0 }),
        ],
        yAxis: [0, 1].map(gridIndex => axis(theme, '', { type: 'value', scale: true, gridIndex })),
        tooltip: tooltip(
          ({ value }) => [
            `${scoring} ${scoreText(value[1])}`,
            data.idOf(value[2]),
            data.parametersOf(value[2]),
          ],
          theme,
        ),
        series: [line(0, ({ configs }) => configs), line(1, ({ hours }) => time(hours))],
      };
    },
    numbers: () => ({
      head: ['after configs', `after ${unit}`, scoring, 'config', 'pipeline', 'parameters'],
      rows: steps.map(({ configs, hours, score, row }) => [
        configs,
        time(hours),
        scoreText(score),
        data.idOf(row),
        data.pipelines[data.pipelineOf[row]].name,
        data.parametersOf(row),
      ]),
    }),
  };
}
