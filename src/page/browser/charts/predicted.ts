/** What the chosen models say of values, beside the values, for samples that they did not see in their fit. */
import type { PredictedValues } from '../../document.js';
import { tooltip, type ChartSpec } from '../chart.js';
import { numberText, text, type TableData } from '../dom.js';
import { axis, look, marks } from '../theme.js';

type Point = [x: number, y: number];

const nameOf = ({ pipeline, id }: PredictedValues): string => text(`${pipeline} ${id.slice(0, 8)}`);

/** The shares of the errors that the table tells. */
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

interface Cloud {
  title: string;
  note: string;
  x: string;
  y: string;
  /** The place of a sample, from its true and its predicted value. */
  pointOf(truth: number, value: number): Point;
  /** The line on which a prediction is right, from the smallest to the largest x. */
  lineOf(low: number, high: number): Point[];
}

function cloud(models: readonly PredictedValues[], { title, note, x, y, pointOf, lineOf }: Cloud): ChartSpec {
  const all = models.map(({ truth, values }) => truth.map((value, i) => pointOf(value, values[i])));
  const xs = all.flatMap(points => points.map(([at]) => at));
  const [low, high] = [Math.min, Math.max].map(end => xs.reduce((found, at) => end(found, at)));
  return {
    title,
    note,
    height: 380,
    option: theme => ({
      legend: { top: 0, textStyle: { color: theme.ink } },
      grid: { left: 24, right: 24, top: 74, bottom: 44, containLabel: true },
      xAxis: axis(theme, x, { type: 'value', scale: true }),
      yAxis: axis(theme, y, { type: 'value', scale: true, nameGap: 48 }),
      tooltip: tooltip(
        ({ seriesName, value }) => [
          seriesName,
          `${x} ${numberText(value[0])}`,
          `${y} ${numberText(value[1])}`,
        ],
        theme,
      ),
      series: [
        ...models.map((model, i) => ({
          name: nameOf(model),
          type: 'scatter',
          symbolSize: 6,
          data: all[i],
          ...marks(theme, i, 0.6),
          itemStyle: { color: look(theme, i).color, opacity: 0.6 },
        })),
        {
          type: 'line',
          data: lineOf(low, high),
          symbol: 'none',
          silent: true,
          lineStyle: { color: theme.ink, type: 'dotted', width: 1 },
        },
      ],
    }),
    numbers: () => errorTable(models),
  };
}

/** True values against predictions, and the errors against predictions. */
export function predictedPictures(models: readonly PredictedValues[]): ChartSpec[] {
  const shown = models.reduce((sum, { truth }) => sum + truth.length, 0);
  const all = models.reduce((sum, { samples }) => sum + samples, 0);
  const some = shown < all ? ` ${shown} of ${all} predictions are drawn.` : '';
  return [
    cloud(models, {
      title: 'Predicted and true',
      note: `Each mark is a sample. On the dotted line the prediction is right.${some}`,
      x: 'predicted value',
      y: 'true value',
      pointOf: (truth, value) => [value, truth],
      lineOf: (low, high) => [
        [low, low],
        [high, high],
      ],
    }),
    cloud(models, {
      title: 'Errors',
      note: `True less predicted. A trend or a fan tells what the model misses.${some}`,
      x: 'predicted value',
      y: 'error',
      pointOf: (truth, value) => [value, truth - value],
      lineOf: (low, high) => [
        [low, 0],
        [high, 0],
      ],
    }),
  ];
}

/** How the errors of each model are spread. */
export function errorTable(models: readonly PredictedValues[]): TableData {
  return {
    head: ['model', 'mean error', ...QUANTILES.map(share => `${100 * share}% below`)],
    rows: models.map(model => {
      const errors = model.truth.map((truth, i) => truth - model.values[i]).sort((a, b) => a - b);
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const quantiles = QUANTILES.map(share => errors[Math.round(share * (errors.length - 1))]);
      return [nameOf(model), ...[mean, ...quantiles].map(numberText)];
    }),
  };
}
