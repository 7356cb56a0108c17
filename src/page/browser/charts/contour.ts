/** The score over two parameters of a pipeline: a field of cells. */
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import { shortNames, type Pipeline, type SectionData } from '../data.js';
import { scoreText } from '../dom.js';
import { axis, type Theme } from '../theme.js';
import { rangeOf } from './range.js';
import {
  byCell,
  cellsOf,
  hasSeveral,
  scaleOf,
  scalesOf,
  scoredPlaces,
  type CellScores,
  type Scale,
} from './values.js';

/** The parameters of a pipeline that have more than one value among its scored configs. */
export function parametersWithValues(data: SectionData, pipeline: Pipeline): number[] {
  const places = scoredPlaces(pipeline, data);
  return [...pipeline.parameters.keys()].filter(p => hasSeveral(pipeline.parameters[p], places));
}

interface Cell extends CellScores {
  across: number;
  up: number;
}

interface Field {
  data: SectionData;
  /** The names of the two parameters, and their values. */
  names: [string, string];
  across: string[];
  up: string[];
  cells: Cell[];
  what: 'median' | 'best';
}

function fieldOf(data: SectionData, pipeline: Pipeline, pair: [number, number], what: Field['what']): Field {
  const { section, score } = data;
  const parameters = pair.map(p => pipeline.parameters[p]);
  const scored = scoredPlaces(pipeline, data);
  const places = scored.filter(i => parameters.every(({ at }) => at(i) !== undefined));
  const names = shortNames(pipeline.parameters);
  const isAll = places.length === scored.length;
  const scale = (p: number): Scale =>
    isAll ? scalesOf(pipeline, data)[p] : scaleOf(pipeline.parameters[p], places);
  const [across, up] = pair.map(p => cellsOf(scale(p), places));
  const rows = up.labels.length;
  const found = byCell(
    places,
    i => across.of(i) * rows + up.of(i),
    i => score[pipeline.rows[i]],
    section.direction,
  );
  const cells = [...found]
    .map(([key, cell]) => ({ across: Math.floor(key / rows), up: key % rows, ...cell }))
    .sort((a, b) => a.across - b.across || a.up - b.up);
  return { data, names: [names[pair[0]], names[pair[1]]], across: across.labels, up: up.labels, cells, what };
}

/** How good each cell is, from 0 to 1: its colour and the ink on it. */
function goodnessOf({ data, cells, what }: Field): number[] {
  const { direction } = data.section;
  const { clamp } = rangeOf(
    cells.map(cell => cell[what]),
    direction,
  );
  const values = cells.map(cell => clamp(cell[what]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (value: number): number => (high > low ? (value - low) / (high - low) : 1);
  return values.map(value => (direction === 'min' ? 1 - share(value) : share(value)));
}

function option(field: Field, theme: Theme, width: number): Option {
  const { names, across, up, cells, what } = field;
  const goodness = goodnessOf(field);
  const best = goodness.indexOf(Math.max(...goodness));
  const isDense = across.length > 8;
  const words = (labels: readonly string[]): object => ({
    type: 'category',
    data: labels.map((_, i) => String(i)),
    axisLabel: { color: theme.ink, hideOverlap: true, formatter: (i: string) => labels[Number(i)] },
    splitLine: { show: false },
  });
  // The better half of the ramp is dark in the light theme, and light in the dark one.
  const inkOn = (good: number): string => (good > 0.45 !== theme.isDark ? '#ffffff' : '#101418');
  return {
    grid: { left: 44, right: 16, top: 12, bottom: 48, containLabel: true },
    xAxis: axis(theme, names[0], words(across)),
    yAxis: axis(theme, names[1], { ...words(up), nameGap: 60 }),
    visualMap: { show: false, min: 0, max: 1, dimension: 2, inRange: { color: [...theme.ramp] } },
    tooltip: tooltip(({ dataIndex }) => {
      const { count, median, best: top, ...place } = cells[dataIndex];
      const scores = `median ${scoreText(median)}, best ${scoreText(top)}`;
      return [`${across[place.across]}, ${up[place.up]}`, scores, `${count} config${count === 1 ? '' : 's'}`];
    }, theme),
    series: [
      {
        type: 'heatmap',
        data: cells.map((cell, k) => ({
          value: [cell.across, cell.up, goodness[k]],
          itemStyle: { borderColor: theme.paper, borderWidth: 1 },
          label: { color: inkOn(goodness[k]) },
        })),
        label: {
          show: !isDense || width > 800,
          fontSize: isDense || width < 560 ? 9 : 12,
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            `${dataIndex === best ? '★ ' : ''}${cells[dataIndex][what].toFixed(isDense ? 3 : 4)}`,
        },
      },
    ],
  };
}

/**
 * @param pair the places of two parameters of the pipeline: across and up
 * @param what a cell shows: the median of its configs, or the best of them
 */
export function field(
  data: SectionData,
  pipeline: Pipeline,
  pair: [number, number],
  what: 'median' | 'best',
): ChartSpec {
  const found = fieldOf(data, pipeline, pair, what);
  const { names, across, up, cells } = found;
  return {
    title: `Field: ${pipeline.name}`,
    note:
      `The ${what} ${data.section.scoring} of the configs in each cell, over ${names[0]} and ${names[1]}. The darker ` +
      '(on a dark page: the lighter), the better; the best cell has a star.',
    height: 90 + Math.max(3, up.length) * 30,
    option: (theme, width) => option(found, theme, width),
    numbers: () => ({
      head: [...names, 'configs', 'median', 'best'],
      rows: cells.map(cell => {
        const scores = [cell.median, cell.best].map(scoreText);
        return [across[cell.across], up[cell.up], cell.count, ...scores];
      }),
    }),
  };
}
