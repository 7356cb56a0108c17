/** The configs of a pipeline as lines across their parameters and the score. A brush on an axis filters the table. */
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import { shortNames, type Pipeline, type SectionData } from '../data.js';
import { scoreText, text } from '../dom.js';
import { look, type Theme } from '../theme.js';
import { rangeOf, type Range } from './range.js';
import { scalesOf, scoredPlaces, type Scale } from './values.js';

const MOST_AXES = 9;
/** The best lines are all drawn; of the others every k-th. */
const MOST_LINES = 700;
const MOST_NUMBERS = 50;
/** The longest name above an axis, in characters. */
const LONGEST_NAME = 16;

/** Tells which rows of the section are chosen; undefined where the brush is gone. */
export type OnBrush = (chosen: ((row: number) => boolean) | undefined) => void;

interface Lines {
  data: SectionData;
  pipeline: Pipeline;
  /** The parameters; the score is one more axis behind them. */
  axes: { name: string; scale: Scale }[];
  /** The scored configs as places among those of the pipeline, the best first. */
  places: number[];
  range: Range;
}

/** Where a config is drawn on an axis. */
function valueOf({ data, pipeline, axes, range }: Lines, a: number, i: number): number {
  return a < axes.length ? axes[a].scale.at(i) : range.clamp(data.score[pipeline.rows[i]]);
}

/** The brushes by axis, and the rows that pass all of them. */
class Brush {
  private readonly intervals = new Map<number, [number, number][]>();

  constructor(
    private readonly lines: Lines,
    private readonly tell: OnBrush,
  ) {}

  /** Takes what ECharts tells when an area of an axis was drawn or taken away. */
  change(event: any): void {
    for (const { parallelAxisId, intervals } of event.batch ?? [event]) {
      const a = Number(String(parallelAxisId).replace('axis', ''));
      if (intervals.length === 0) this.intervals.delete(a);
      else this.intervals.set(a, intervals);
    }
    this.tell(this.intervals.size > 0 ? row => this.holds(row) : undefined);
  }

  clear(): void {
    if (this.intervals.size === 0) return;
    this.intervals.clear();
    this.tell(undefined);
  }

  private holds(row: number): boolean {
    const { data, pipeline } = this.lines;
    if (data.pipelineOf[row] !== pipeline.code) return false;
    return [...this.intervals].every(([a, ranges]) => {
      const value = valueOf(this.lines, a, data.placeOf[row]);
      return ranges.some(([low, high]) => value >= Math.min(low, high) && value <= Math.max(low, high));
    });
  }
}

function axesOf({ data, axes, range }: Lines, theme: Theme, isNarrow: boolean): object[] {
  const line = { lineStyle: { color: theme.ink } };
  const axisLabel = { color: theme.ink, textBorderColor: theme.paper, textBorderWidth: 2 };
  const style = {
    nameTextStyle: { color: theme.ink, fontSize: 11 },
    axisLine: line,
    axisTick: line,
    axisLabel,
  };
  // Where axes lie, their names stand in front of them.
  const lying = isNarrow ? { nameLocation: 'start', splitNumber: 3 } : {};
  const types = { words: 'category', log: 'log', linear: 'value' };
  const cut = (name: string): string =>
    name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  const { scoring, direction } = data.section;
  const { min, max } = range;
  return [
    ...axes.map(({ name, scale }, dim) => ({
      ...{ ...style, ...lying },
      dim,
      id: `axis${dim}`,
      name: cut(name),
      type: types[scale.kind],
      scale: true,
      ...(scale.kind === 'words' && { data: scale.words.map((_, i) => i) }),
      axisLabel: { ...axisLabel, formatter: (value: number | string) => scale.label(Number(value)) },
    })),
    {
      ...{ ...style, ...lying },
      ...{ dim: axes.length, id: `axis${axes.length}`, name: cut(text(scoring)), type: 'value', scale: true },
      ...{ inverse: direction === 'min', min, max },
    },
  ];
}

function option(lines: Lines, theme: Theme, width: number): Option {
  const { pipeline, axes, places } = lines;
  const step = Math.max(1, Math.ceil((places.length - MOST_LINES) / MOST_LINES));
  const drawn = places.filter((_, k) => k < MOST_LINES || k % step === 0);
  const best = Math.ceil(places.length / 10);
  const values = (i: number): (number | null)[] =>
    [...axes.keys(), axes.length].map(a => {
      const value = valueOf(lines, a, i);
      return Number.isNaN(value) ? null : value;
    });
  const series = (chosen: readonly number[], lineStyle: object, z: number): object => ({
    type: 'parallel',
    z,
    data: chosen.map(values),
    lineStyle,
    inactiveOpacity: 0.04,
    activeOpacity: 0.9,
    smooth: false,
  });
  const areaSelectStyle = { width: 22, color: theme.accent, opacity: 0.25 };
  const isNarrow = width < 560;
  return {
    parallel: {
      layout: isNarrow ? 'vertical' : 'horizontal',
      ...(isNarrow ? { left: 110, right: 24 } : { left: 40, right: 60 }),
      ...{ top: 44, bottom: 28, parallelAxisDefault: { areaSelectStyle, realtime: false } },
    },
    parallelAxis: axesOf(lines, theme, isNarrow),
    tooltip: tooltip(() => [], theme),
    series: [
      series(drawn.slice(best), { color: look(theme, pipeline.code).color, opacity: 0.25, width: 1 }, 2),
      series(drawn.slice(0, best), { color: theme.ink, opacity: 0.75, width: 2 }, 3),
    ],
  };
}

function linesOf(data: SectionData, pipeline: Pipeline): Lines {
  const { rankOf, score, section } = data;
  const { rows, parameters } = pipeline;
  const places = scoredPlaces(pipeline, data).sort((a, b) => rankOf[rows[a]] - rankOf[rows[b]]);
  const names = shortNames(parameters);
  const axes = scalesOf(pipeline, data)
    .map((scale, p) => ({ name: names[p], scale }))
    .filter(({ scale }) => scale.words.length !== 1)
    .slice(0, MOST_AXES - 1);
  const range = rangeOf(
    places.map(i => score[rows[i]]),
    section.direction,
  );
  return { data, pipeline, axes, places, range };
}

/** Undefined where no parameter differs. */
export function parallel(data: SectionData, pipeline: Pipeline, onBrush: OnBrush): ChartSpec | undefined {
  const lines = linesOf(data, pipeline);
  const { axes, places, range } = lines;
  if (axes.length === 0 || places.length < 2) return undefined;
  const brush = new Brush(lines, onBrush);
  return {
    title: `Parallel coordinates: ${pipeline.name}`,
    note:
      'Each line is a config, across its parameters to its score; the best tenth is thick. Draw along an axis to ' +
      'keep the configs that pass there: the table above then shows only these. A click on the axis takes the brush ' +
      'away.' +
      range.note,
    height: 340,
    made: chart => chart.on('axisareaselected', event => brush.change(event)),
    option: (theme, width) => {
      brush.clear();
      return option(lines, theme, width);
    },
    numbers: () => ({
      head: ['rank', 'config', ...axes.map(({ name }) => name), data.section.scoring],
      rows: places.slice(0, MOST_NUMBERS).map(i => {
        const row = pipeline.rows[i];
        const values = axes.map(({ scale }) => (Number.isNaN(scale.at(i)) ? '–' : scale.label(scale.at(i))));
        return [data.rankOf[row], data.idOf(row), ...values, scoreText(data.score[row])];
      }),
      ...(places.length > MOST_NUMBERS && { note: `The best ${MOST_NUMBERS} of ${places.length} configs.` }),
    }),
  };
}
