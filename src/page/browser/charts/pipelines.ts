/** The scores of each pipeline: a box, and a dot for each config. */
import { quantileOf } from '../../../statistics/sample.js';
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import type { Pipeline, SectionData } from '../data.js';
import { scoreText } from '../dom.js';
import { axis, marks, type Theme } from '../theme.js';
import { rangeOf, type Range } from './range.js';

/** The most dots that are drawn for one pipeline. */
const MOST_DOTS = 1500;

interface Group {
  pipeline: Pipeline;
  /** Rows with a score, the best first. */
  rows: number[];
  /** Least, first quartile, median, third quartile, largest. */
  five: number[];
}

function groupsOf(data: SectionData): Group[] {
  const rows: number[][] = data.pipelines.map(() => []);
  for (const row of data.ranking) rows[data.pipelineOf[row]].push(row);
  return data.pipelines
    .map(pipeline => {
      const own = rows[pipeline.code];
      const sorted = Float64Array.from(own, row => data.score[row]).sort();
      return { pipeline, rows: own, five: [0, 0.25, 0.5, 0.75, 1].map(q => quantileOf(sorted, q)) };
    })
    .filter(group => group.rows.length > 0)
    .sort((a, b) => data.rankOf[a.rows[0]] - data.rankOf[b.rows[0]]);
}

/** Dots of a pipeline: all of them, or the best and every k-th of the others. The height is spread without chance. */
function dots({ rows }: Group, line: number, score: Float64Array, { clamp }: Range): number[][] {
  const step = Math.ceil(rows.length / MOST_DOTS);
  return rows
    .filter((_, i) => i % step === 0)
    .map((row, i) => [clamp(score[row]), line + 0.34 * (((i * 0.618034) % 1) * 2 - 1), row]);
}

/** Draws a box of five numbers on the line of its pipeline. */
function boxDrawer({ ink }: Theme): (params: any, api: any) => object {
  const style = { stroke: ink, lineWidth: 1.2, fill: 'transparent' };
  const line = (x1: number, y1: number, x2: number, y2: number, lineWidth = 1.2): object => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: { ...style, lineWidth },
  });
  return ({ dataIndex }, api) => {
    const [a, b, c, d, e] = [0, 1, 2, 3, 4].map(i => api.coord([api.value(i), dataIndex])[0]);
    const y = api.coord([0, dataIndex])[1];
    const half = Math.min(16, 0.3 * Math.abs(api.size([0, 1])[1]));
    const shape = { x: b, y: y - half, width: Math.max(1, d - b), height: 2 * half };
    const children = [line(a, y, b, y), line(d, y, e, y), { type: 'rect', shape, style }];
    return { type: 'group', children: [...children, line(c, y - half, c, y + half, 3)] };
  };
}

function option(groups: readonly Group[], data: SectionData, range: Range, theme: Theme): Option {
  const { section, score } = data;
  const { min, max, clamp } = range;
  const names = groups.map(({ pipeline, rows }) => `${pipeline.name} (${rows.length})`);
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 44, containLabel: true },
    // The axis stands below all pipelines, not across the first one, which is at 0 of the other axis.
    xAxis: axis(theme, section.scoring, {
      type: 'value',
      scale: true,
      min,
      max,
      axisLine: { onZero: false },
    }),
    yAxis: [
      axis(theme, '', {
        type: 'category',
        inverse: true,
        data: groups.map((_, i) => String(i)),
        axisLabel: { color: theme.ink, interval: 0, formatter: (i: string) => names[Number(i)] },
        splitLine: { show: false },
      }),
      { type: 'value', min: -0.5, max: groups.length - 0.5, inverse: true, show: false },
    ],
    tooltip: tooltip(
      ({ value }) => [data.idOf(value[2]), scoreText(score[value[2]]), data.parametersOf(value[2])],
      theme,
    ),
    series: [
      ...groups.map((group, i) => ({
        type: 'scatter',
        yAxisIndex: 1,
        data: dots(group, i, score, range),
        ...marks(theme, group.pipeline.code, 0.55),
        symbolSize: 6,
      })),
      {
        type: 'custom',
        data: groups.map(({ five }) => five.map(clamp)),
        renderItem: boxDrawer(theme),
        yAxisIndex: 1,
        silent: true,
        z: 5,
        encode: { x: [0, 4] },
      },
    ],
  };
}

export function byPipeline(data: SectionData): ChartSpec {
  const groups = groupsOf(data);
  const range = rangeOf(data.score, data.section.direction);
  const isThinned = groups.some(({ rows }) => rows.length > MOST_DOTS);
  return {
    title: 'Scores by pipeline',
    note:
      `Each mark is a config. The box holds the middle half of a pipeline's scores, the thick line is the median, ` +
      `and the whiskers reach the least and the largest score.` +
      (isThinned ? ' Of many configs, every k-th is drawn.' : '') +
      range.note,
    height: 70 + 50 * groups.length,
    option: theme => option(groups, data, range, theme),
    numbers: () => ({
      head: ['pipeline', 'configs', 'least', 'quarter', 'median', 'three quarters', 'largest'],
      rows: groups.map(({ pipeline, rows, five }) => [pipeline.name, rows.length, ...five.map(scoreText)]),
    }),
  };
}
