/** Curves of the chosen models, from predictions of samples that they did not see in their fit. */
import type { Curves, ModelCurves } from '../../document.js';
import { tooltip, type ChartSpec } from '../chart.js';
import { scoreText, text, type Cell, type TableData } from '../dom.js';
import { axis, look, marks } from '../theme.js';

type Point = readonly number[];

interface Lines {
  title: string;
  note: string;
  x: string;
  y: string;
  diagonal: boolean;
  pointsOf(model: ModelCurves): readonly Point[] | undefined;
  head: string[];
  rowOf(model: ModelCurves, point: Point): Cell[];
}

const nameOf = ({ pipeline, id }: ModelCurves): string => text(`${pipeline} ${id.slice(0, 8)}`);

function lines(
  { models }: Curves,
  { title, note, x, y, diagonal, pointsOf, head, rowOf }: Lines,
): ChartSpec | undefined {
  const shown = models.filter(model => pointsOf(model) !== undefined);
  if (shown.length === 0) return undefined;
  return {
    title,
    note,
    height: 380,
    option: theme => ({
      legend: { top: 0, textStyle: { color: theme.ink } },
      grid: { left: 24, right: 24, top: 74, bottom: 44, containLabel: true },
      xAxis: axis(theme, x, { type: 'value', min: 0, max: 1 }),
      yAxis: axis(theme, y, { type: 'value', min: 0, max: 1, nameGap: 40 }),
      tooltip: tooltip(
        ({ seriesName, value }) => [seriesName, `${x} ${value[0].toFixed(3)}`, `${y} ${value[1].toFixed(3)}`],
        theme,
      ),
      series: [
        ...shown.map((model, i) => {
          const { color, dash } = look(theme, i);
          const points = pointsOf(model)!;
          return {
            name: nameOf(model),
            type: 'line',
            data: points,
            symbolSize: ([, , samples]: Point) =>
              samples === undefined ? 4 : 5 + Math.min(12, Math.sqrt(samples)),
            showSymbol: points.length <= 20,
            lineStyle: { color, type: dash, width: 2 },
            ...marks(theme, i, 1),
          };
        }),
        {
          type: 'line',
          data: diagonal
            ? [
                [0, 0],
                [1, 1],
              ]
            : [],
          symbol: 'none',
          silent: true,
          lineStyle: { color: theme.ink, type: 'dotted', width: 1 },
        },
      ],
    }),
    numbers: () => ({
      head: ['model', ...head],
      rows: shown.flatMap(model => {
        const points = pointsOf(model)!;
        const step = Math.ceil(points.length / 21);
        return points
          .filter((_, i) => i % step === 0 || i === points.length - 1)
          .map(point => [nameOf(model), ...rowOf(model, point)]);
      }),
    }),
  };
}

const two = (_: ModelCurves, [a, b]: Point): Cell[] => [a.toFixed(4), b.toFixed(4)];

/** The pictures of the curves; those that the models cannot give are left out. */
export function curvePictures(curves: Curves): ChartSpec[] {
  const pictures = [
    lines(curves, {
      title: 'ROC',
      note: 'The mean of the curves of the folds.',
      x: 'false positive rate',
      y: 'true positive rate',
      diagonal: true,
      pointsOf: ({ roc }) => roc,
      head: ['false positive rate', 'true positive rate'],
      rowOf: two,
    }),
    lines(curves, {
      title: 'Precision and recall',
      note: 'The mean over the folds of the precision at the first threshold that reaches a recall.',
      x: 'recall',
      y: 'precision',
      diagonal: false,
      pointsOf: ({ precisionRecall }) => precisionRecall,
      head: ['recall', 'precision'],
      rowOf: two,
    }),
    lines(curves, {
      title: 'Calibration',
      note:
        'Of the samples with a probability in one tenth of its range: the mean probability, and how many are ' +
        'positive. Large marks stand for many samples.',
      x: 'mean probability',
      y: 'share of positives',
      diagonal: true,
      pointsOf: ({ calibration }) => calibration,
      head: ['mean probability', 'share of positives', 'samples'],
      rowOf: (_, [a, b, n]) => [a.toFixed(4), b.toFixed(4), n],
    }),
  ];
  return pictures.filter(picture => picture !== undefined);
}

/** The areas under the ROC curves and the Brier scores; undefined where no model has them. */
export function areaTable({ models }: Curves): TableData | undefined {
  const shown = models.filter(({ areas, brier }) => areas !== undefined || brier !== undefined);
  if (shown.length === 0) return undefined;
  const folds = Math.max(...shown.map(({ areas }) => areas?.length ?? 0));
  const few = folds <= 10 ? Array.from({ length: folds }, (_, i) => `fold ${i}`) : [];
  return {
    head: ['model', 'mean area under ROC', 'Brier score', ...few],
    rows: shown.map(model => {
      const areas = (model.areas ?? []).map(area => area ?? NaN);
      const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
      return [nameOf(model), ...[mean, model.brier, ...few.map((_, i) => areas[i])].map(scoreText)];
    }),
  };
}
