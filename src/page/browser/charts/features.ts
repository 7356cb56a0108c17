/** Which features carry the chosen config: what shuffling costs, or importances, or coefficients. */
import { counted } from '../../../base/listing.js';
import type { ModelFeature, ModelFeatures } from '../../document.js';
import { tooltip, type ChartSpec, type Option } from '../chart.js';
import { numberText, text, type TableData } from '../dom.js';
import { axis, look, namesAxis, type Theme } from '../theme.js';
import { whiskerDrawer } from './importance.js';

/** A bar with its interval. */
interface Bar {
  feature: string;
  value: number;
  low?: number;
  high?: number;
}

interface Shown {
  axis: string;
  bars: Bar[];
  /** What the bars and their intervals are. */
  note: string;
}

/** The most telling numbers that all models of this kind have. */
function shownOf({ lines, scoring, repeats, folds, level }: ModelFeatures): Shown {
  if (repeats > 0) {
    const interval = folds > 1 ? `, with a ${level}% interval that knows that folds overlap` : '';
    return {
      axis: `drop of ${scoring}`,
      bars: lines.flatMap(({ feature, drop, low, high }) =>
        drop === undefined ? [] : [{ feature, value: drop, low, high }],
      ),
      note:
        `How much worse ${scoring} of held-out samples gets when a column is shuffled among them ` +
        `(${counted(repeats, 'shuffle')}${interval}).`,
    };
  }
  if (lines.some(({ gain }) => gain !== undefined))
    return {
      axis: 'share of the gain',
      bars: lines.map(({ feature, gain = 0, least, most }) => ({
        feature,
        value: gain,
        low: least,
        high: most,
      })),
      note: 'The share of what splits gain, with the smallest and the largest share over the fold models.',
    };
  return {
    axis: 'coefficient for one standard deviation',
    bars: lines.map(({ feature, perDeviation = 0 }) => ({ feature, value: perDeviation })),
    note: 'The coefficient for one standard deviation of the feature.',
  };
}

function series(bars: readonly Bar[], theme: Theme): object[] {
  const intervals = bars.flatMap(({ low, high }, i) =>
    low === undefined || high === undefined ? [] : [[low, high, i]],
  );
  return [
    {
      type: 'bar',
      barWidth: '55%',
      data: bars.map(({ value }) => ({ value, itemStyle: { color: look(theme, 0).color, opacity: 0.75 } })),
    },
    {
      type: 'custom',
      silent: true,
      z: 5,
      renderItem: whiskerDrawer(theme),
      encode: { x: [0, 1], y: 2 },
      data: intervals,
    },
  ];
}

function option({ axis: name, bars }: Shown, theme: Theme, width: number): Option {
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 44, containLabel: true },
    xAxis: axis(theme, text(name), { type: 'value' }),
    yAxis: namesAxis(
      theme,
      bars.map(({ feature }) => feature),
      width,
    ),
    tooltip: tooltip(({ dataIndex }) => textsOf(bars[dataIndex]), theme),
    series: series(bars, theme),
  };
}

function intervalOf(low: number | undefined, high: number | undefined): string {
  return low === undefined || high === undefined ? '–' : `${numberText(low)} to ${numberText(high)}`;
}

const textsOf = ({ feature, value, low, high }: Bar): string[] => [
  feature,
  `${numberText(value)}, ${intervalOf(low, high)}`,
];

const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${Math.round(100 * share)}%`;

/** The columns of the table of numbers. One that no line has is left out. */
const COLUMNS: [string, (line: ModelFeature) => string | number | undefined][] = [
  ['drop', ({ drop }) => drop],
  ['interval', ({ low, high }) => (low === undefined ? undefined : intervalOf(low, high))],
  ['share of the gain', ({ gain }) => gain],
  ['over the folds', ({ least, most }) => (least === undefined ? undefined : intervalOf(least, most))],
  ['class', ({ output }) => output],
  ['coefficient per sd', ({ perDeviation }) => perDeviation],
  ['same sign', ({ sameSign }) => (sameSign === undefined ? undefined : percent(sameSign))],
  ['not 0', ({ nonZero }) => (nonZero === undefined ? undefined : percent(nonZero))],
  ['selected', ({ selected }) => (selected === undefined ? undefined : percent(selected))],
];

function numbersOf({ lines, total }: ModelFeatures): TableData {
  const columns = COLUMNS.filter(([, of]) => lines.some(line => of(line) !== undefined));
  return {
    head: ['feature', ...columns.map(([name]) => name)],
    rows: lines.map(line => [line.feature, ...columns.map(([, of]) => of(line) ?? '–')]),
    ...(total > lines.length && {
      note: `The first ${lines.length} of ${total.toLocaleString('en-US')}. spt explain writes all.`,
    }),
  };
}

export function featurePicture(features: ModelFeatures): ChartSpec {
  const shown = shownOf(features);
  return {
    title: `Features of ${features.pipeline} ${features.id.slice(0, 8)}`,
    note: [shown.note, ...features.notes].join(' '),
    height: 70 + 24 * shown.bars.length,
    option: (theme, width) => option(shown, theme, width),
    numbers: () => numbersOf(features),
  };
}
