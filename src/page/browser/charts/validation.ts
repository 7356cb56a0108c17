/** The score over the folds against the score on the validation samples. */
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import type { SectionData } from '../data.js';
import { scoreText } from '../dom.js';
import { axis, marks, type Theme } from '../theme.js';
import { rangeOf, type Range } from './range.js';

/** The most dots that are drawn, and the most lines of numbers. */
const MOST_DOTS = 4000;
const MOST_LINES = 100;

interface Ranges {
  x: Range;
  y: Range;
}

/** The ends of the line on which both scores are equal, inside of what is drawn. */
function diagonal(drawn: readonly number[], { score, validate }: SectionData, { x, y }: Ranges): number[][] {
  const across = drawn.map(row => x.clamp(score[row]));
  const up = drawn.map(row => y.clamp(validate[row]));
  const least = (values: readonly number[]): number => values.reduce((one, other) => Math.min(one, other));
  const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other));
  const [low, high] = [Math.max(least(across), least(up)), Math.min(most(across), most(up))];
  return low < high ? [low, high].map(value => [value, value]) : [];
}

function option(data: SectionData, drawn: readonly number[], ranges: Ranges, theme: Theme): Option {
  const { section, score, validate, pipelines, pipelineOf } = data;
  const { x, y } = ranges;
  const marked = section.answer?.row;
  const point = (row: number): number[] => [x.clamp(score[row]), y.clamp(validate[row]), row];
  return {
    legend: {
      top: 0,
      type: 'scroll',
      textStyle: { color: theme.ink },
      pageTextStyle: { color: theme.ink },
      data: pipelines.map(({ name }) => name),
    },
    grid: { left: 24, right: 24, top: 36, bottom: 44, containLabel: true },
    xAxis: axis(theme, `over the folds`, { type: 'value', scale: true, min: x.min, max: x.max }),
    yAxis: axis(theme, `on validation`, { type: 'value', scale: true, nameGap: 48, min: y.min, max: y.max }),
    tooltip: tooltip(({ value: [, , row] }) => {
      const both = `folds ${scoreText(score[row])}, validation ${scoreText(validate[row])}`;
      return [both, data.idOf(row), data.parametersOf(row)];
    }, theme),
    series: [
      ...pipelines.map(({ name, code }) => ({
        name,
        type: 'scatter',
        ...marks(theme, code, 0.7),
        symbolSize: 7,
        data: drawn.filter(row => pipelineOf[row] === code).map(point),
      })),
      {
        type: 'line',
        data: diagonal(drawn, data, ranges),
        symbol: 'none',
        silent: true,
        lineStyle: { color: theme.ink, type: 'dashed', width: 1 },
      },
      {
        type: 'scatter',
        silent: true,
        symbol: 'circle',
        symbolSize: 18,
        itemStyle: { color: 'transparent', borderColor: theme.ink, borderWidth: 2 },
        data: marked === undefined || Number.isNaN(validate[marked]) ? [] : [point(marked)],
      },
    ],
  };
}

/** Undefined where no config has both scores. */
export function foldsAgainstValidation(data: SectionData): ChartSpec | undefined {
  const { section, score, validate, ranking, pipelines, pipelineOf } = data;
  if (section.by !== 'cv') return undefined;
  const rows = [...ranking].filter(row => !Number.isNaN(validate[row]));
  if (rows.length === 0) return undefined;
  const step = Math.ceil(rows.length / MOST_DOTS);
  const drawn = rows.filter((_, i) => i % step === 0);
  const { scoring, direction } = section;
  const ranges = { x: rangeOf(score, direction), y: rangeOf(validate, direction) };
  return {
    title: 'Folds against validation',
    note:
      `Each mark is a config: its mean ${scoring} over the folds, and its ${scoring} on the validation samples, ` +
      'which took no part in the choice. On the dashed line both are equal. The ring is the chosen config.' +
      (ranges.x.note && ` Over the folds:${ranges.x.note}`) +
      (ranges.y.note && ` On validation:${ranges.y.note}`),
    height: 420,
    option: theme => option(data, drawn, ranges, theme),
    numbers: () => ({
      head: ['rank', 'config', 'pipeline', 'folds', 'validation', 'difference'],
      rows: rows
        .slice(0, MOST_LINES)
        .map(row => [
          data.rankOf[row],
          data.idOf(row),
          pipelines[pipelineOf[row]].name,
          ...[score[row], validate[row], validate[row] - score[row]].map(scoreText),
        ]),
      ...(rows.length > MOST_LINES && { note: `The first ${MOST_LINES} of ${rows.length} configs.` }),
    }),
  };
}
