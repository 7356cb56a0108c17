/** How much each parameter matters, with intervals. */
import type { PipelineImportance } from '../../document.js';
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import { shortNames } from '../data.js';
import { axis, look, namesAxis, type Theme } from '../theme.js';

interface Line {
  pipeline: string;
  /** The place of the pipeline among those of the section. */
  code: number;
  parameter: string;
  /** Its name without the step, where this is enough. */
  short: string;
  share: number;
  low?: number;
  high?: number;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** Draws intervals: low, high, and the line of the bar. */
export function whiskerDrawer({ ink }: Theme): (params: unknown, api: any) => object {
  const style = { stroke: ink, lineWidth: 1.5 };
  const line = (x1: number, y1: number, x2: number, y2: number): object => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style,
  });
  return (_, api) => {
    const [low, high] = [0, 1].map(i => api.coord([api.value(i), api.value(2)])[0]);
    const y = api.coord([0, api.value(2)])[1];
    const children = [line(low, y, high, y), line(low, y - 4, low, y + 4), line(high, y - 4, high, y + 4)];
    return { type: 'group', children };
  };
}

function series(lines: readonly Line[], theme: Theme): object[] {
  const intervals = lines.flatMap(({ low, high }, i) => (low === undefined ? [] : [[low, high, i]]));
  return [
    {
      type: 'bar',
      barWidth: '55%',
      data: lines.map(({ share, code }) => ({
        value: share,
        itemStyle: { color: look(theme, code).color, opacity: 0.75 },
      })),
    },
    {
      type: 'custom',
      silent: true,
      z: 5,
      renderItem: whiskerDrawer(theme),
      encode: { x: [0, 1], y: 2 },
      data: intervals,
    },
    {
      // The share as a word stands behind the bar and its interval.
      type: 'scatter',
      silent: true,
      symbolSize: 0.1,
      data: lines.map(({ share, high }, i) => [Math.max(share, high ?? 0), i]),
      label: {
        show: true,
        position: 'right',
        distance: 8,
        color: theme.ink,
        formatter: ({ dataIndex }: { dataIndex: number }) => percent(lines[dataIndex].share),
      },
    },
  ];
}

function option(lines: readonly Line[], theme: Theme, width: number): Option {
  const formatter = (value: number): string => `${Math.round(100 * value)}%`;
  const names = lines.map(({ pipeline, short }) => `${pipeline}  ${short}`);
  return {
    grid: { left: 8, right: 56, top: 8, bottom: 44, containLabel: true },
    xAxis: axis(theme, 'share', {
      type: 'value',
      min: 0,
      max: 1,
      axisLabel: { color: theme.ink, formatter },
    }),
    yAxis: namesAxis(theme, names, width),
    tooltip: tooltip(({ dataIndex }) => textsOf(lines[dataIndex]), theme),
    series: series(lines, theme),
  };
}

const intervalOf = ({ low, high }: Line): string =>
  low === undefined || high === undefined ? '–' : `${percent(low)} to ${percent(high)}`;

const textsOf = (line: Line): string[] => [
  `${line.pipeline} ${line.parameter}`,
  `${percent(line.share)}, ${intervalOf(line)}`,
];

const METHODS = { exact: 'exact, full grid', 'ped-anova': 'PED-ANOVA' };

/** Undefined where no pipeline has several parameters whose importance can be told. */
export function importance(all: readonly PipelineImportance[]): ChartSpec | undefined {
  const lines = all.flatMap(({ pipeline, parameters }, code) => {
    const names = shortNames(parameters.map(({ parameter }) => ({ name: parameter })));
    return parameters.map((parameter, i) => ({ pipeline, code, short: names[i], ...parameter }));
  });
  if (lines.length === 0) return undefined;
  const left = all.filter(({ parameters }) => parameters.length === 0).map(({ pipeline }) => pipeline);
  return {
    title: 'Importance of parameters',
    note:
      'On a full grid: the share of the variance of the scores that a parameter explains alone; what is missing to ' +
      '100% is in combinations. Elsewhere PED-ANOVA: how much the values of the best tenth differ from those of all, ' +
      'as a share of all parameters, with a 95% interval by the bootstrap over the configs.' +
      (left.length > 0
        ? ` Not told, because fewer than two parameters differ, or too few configs have a score: ${left.join(', ')}.`
        : ''),
    height: 70 + 26 * lines.length,
    option: (theme, width) => option(lines, theme, width),
    numbers: () => ({
      head: ['pipeline', 'parameter', 'share', '95% interval', 'method', 'configs', 'in combinations'],
      rows: lines.map(line => {
        const { method, configs, interactions } = all[line.code];
        const together = interactions === undefined ? '–' : percent(interactions);
        const how = method === undefined ? '–' : METHODS[method];
        return [line.pipeline, line.parameter, percent(line.share), intervalOf(line), how, configs, together];
      }),
    }),
  };
}
