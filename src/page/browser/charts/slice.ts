/** The score over each parameter of a pipeline: small pictures side by side. */
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import { shortNames, type Pipeline, type SectionData } from '../data.js';
import { scoreText } from '../dom.js';
import { axis, marks, type Theme } from '../theme.js';
import { rangeOf, type Range } from './range.js';
import {
  byCell,
  cellsOf,
  scalesOf,
  scoredPlaces,
  shortNumber,
  type CellScores,
  type Cells,
  type Scale,
} from './values.js';

const MOST_PARAMETERS = 9;
const MOST_DOTS = 1200;
/** The height of one small picture, and the least width, in CSS pixels. */
const HEIGHT = 210;
const WIDTH = 250;

/** One parameter: its scale, and its values in cells with their scores. */
interface Part {
  name: string;
  scale: Scale;
  cells: Cells;
  found: Map<number, CellScores>;
  /** Where each cell stands on the scale. */
  middles: Map<number, number>;
}

interface Slices {
  data: SectionData;
  pipeline: Pipeline;
  places: number[];
  parts: Part[];
  range: Range;
}

function partsOf(data: SectionData, pipeline: Pipeline, places: readonly number[]): Part[] {
  const names = shortNames(pipeline.parameters);
  const scales = scalesOf(pipeline, data).map((scale, p) => ({ name: names[p], scale }));
  const scoreOf = (i: number): number => data.score[pipeline.rows[i]];
  return scales
    .filter(({ scale }) => scale.words.length !== 1)
    .slice(0, MOST_PARAMETERS)
    .map(({ name, scale }) => {
      const cells = cellsOf(scale, places);
      const cellOf = (i: number): number | undefined => (cells.of(i) < 0 ? undefined : cells.of(i));
      const found = byCell(places, cellOf, scoreOf, data.section.direction);
      const inside = byCell(places, cellOf, scale.at, 'max');
      const middles = new Map([...inside].map(([cell, { median }]) => [cell, median]));
      return { name, scale, cells, found, middles };
    });
}

const columnsFor = (parts: number, width: number): number =>
  Math.max(1, Math.min(3, parts, Math.floor(width / WIDTH)));

function axesOf(parts: readonly Part[], { min, max }: Range, theme: Theme): Pick<Option, 'xAxis' | 'yAxis'> {
  const types = { words: 'category', log: 'log', linear: 'value' };
  return {
    xAxis: parts.map(({ name, scale }, gridIndex) => {
      const isWords = scale.kind === 'words';
      const formatter = (value: number | string): string =>
        isWords ? scale.label(Number(value)) : shortNumber(Number(value));
      return axis(theme, name, {
        type: types[scale.kind],
        gridIndex,
        scale: true,
        ...(isWords && { data: scale.words.map((_, i) => String(i)) }),
        axisLabel: { color: theme.ink, hideOverlap: true, formatter },
      });
    }),
    yAxis: parts.map((_, gridIndex) =>
      axis(theme, '', { type: 'value', scale: true, gridIndex, splitNumber: 4, min, max }),
    ),
  };
}

function seriesOf({ data, pipeline, places, range }: Slices, part: Part, p: number, theme: Theme): object[] {
  const { scale, found, middles } = part;
  const step = Math.ceil(places.length / MOST_DOTS);
  const drawn = places.filter((i, k) => k % step === 0 && !Number.isNaN(scale.at(i)));
  const line = [...found]
    .map(([cell, { median }]) => [middles.get(cell)!, range.clamp(median)])
    .sort(([a], [b]) => a - b);
  const at = { xAxisIndex: p, yAxisIndex: p };
  return [
    {
      ...at,
      type: 'scatter',
      ...marks(theme, pipeline.code, 0.5),
      symbolSize: 6,
      data: drawn.map(i => [scale.at(i), range.clamp(data.score[pipeline.rows[i]]), pipeline.rows[i]]),
    },
    {
      ...at,
      type: 'line',
      symbol: 'rect',
      symbolSize: 7,
      z: 4,
      lineStyle: { color: theme.ink, width: 1.5 },
      itemStyle: { color: theme.paper, borderColor: theme.ink, borderWidth: 1.5 },
      data: line,
    },
  ];
}

function option(slices: Slices, height: number, theme: Theme, width: number): Option {
  const { data, parts, range } = slices;
  const columns = columnsFor(parts.length, width);
  const [w, h] = [100 / columns, 100 / Math.ceil(parts.length / columns)];
  return {
    grid: parts.map((_, p) => ({
      left: `${(p % columns) * w + 0.5}%`,
      width: `${w - 3}%`,
      top: `${Math.floor(p / columns) * h + 2}%`,
      height: `${h - 2 - 3000 / height}%`,
      containLabel: true,
    })),
    ...axesOf(parts, range, theme),
    tooltip: tooltip(({ value, seriesType }) => {
      if (seriesType === 'line') return [`median ${scoreText(value[1])}`];
      return [data.idOf(value[2]), scoreText(data.score[value[2]]), data.parametersOf(value[2])];
    }, theme),
    series: parts.flatMap((part, p) => seriesOf(slices, part, p, theme)),
  };
}

/** Undefined where nothing differs among the scored configs. */
export function slices(data: SectionData, pipeline: Pipeline): ChartSpec | undefined {
  const places = scoredPlaces(pipeline, data);
  const parts = partsOf(data, pipeline, places);
  if (parts.length === 0 || places.length < 2) return undefined;
  const { scoring, direction } = data.section;
  const range = rangeOf(
    places.map(i => data.score[pipeline.rows[i]]),
    direction,
  );
  const page = Math.min(document.documentElement.clientWidth, 1080) - 40;
  const height = HEIGHT * Math.ceil(parts.length / columnsFor(parts.length, page));
  return {
    title: `Slices: ${pipeline.name}`,
    note:
      `The ${scoring} over each parameter. Each mark is a config; the line joins the medians of equal or ` +
      `neighbouring values.${range.note}`,
    height,
    option: (theme, width) => option({ data, pipeline, places, parts, range }, height, theme, width),
    numbers: () => ({
      head: ['parameter', 'value', 'configs', 'median', 'best'],
      rows: parts.flatMap(({ name, found, cells }) =>
        [...found]
          .sort(([a], [b]) => a - b)
          .map(([cell, { count, median, best }]) => [
            name,
            cells.labels[cell],
            count,
            scoreText(median),
            scoreText(best),
          ]),
      ),
    }),
  };
}
