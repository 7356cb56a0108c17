/**
 * Colours and shapes. Series differ by shape and dash as well as by colour, so that grey paper tells them apart. The
 * colours are those of Okabe and Ito, which people with any kind of colour vision tell apart.
 */
import { text } from './dom.js';

export interface Theme {
  isDark: boolean;
  ink: string;
  /** Of lines of a grid and of axes. */
  faint: string;
  paper: string;
  /** Of one series alone. */
  accent: string;
  series: readonly string[];
  /** From bad to good. */
  ramp: readonly string[];
}

const LIGHT: Theme = {
  isDark: false,
  ink: '#1b1f24',
  faint: '#c9ced6',
  paper: '#ffffff',
  accent: '#0b5cad',
  series: ['#0072b2', '#d55e00', '#007a5a', '#a8457f', '#8a6d00', '#3a3a3a', '#2f8fc4'],
  ramp: ['#f3f0e8', '#b8c9d9', '#6a9bc3', '#2a6aa3', '#0b335c'],
};

const DARK: Theme = {
  isDark: true,
  ink: '#e6e9ee',
  faint: '#454c57',
  paper: '#14171c',
  accent: '#6cb2f5',
  series: ['#56b4e9', '#f08c3c', '#2fc297', '#e28bbd', '#e6c84f', '#c9c9c9', '#8fd0f5'],
  ramp: ['#1d2430', '#27466b', '#3a74ad', '#7fb3e0', '#e4f0fb'],
};

/** The theme of now. Print is always dark ink on white. */
export function themeNow(isPrinting: boolean): Theme {
  return !isPrinting && matchMedia('(prefers-color-scheme: dark)').matches ? DARK : LIGHT;
}

const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond'];
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3], [12, 4], [2, 6]] as const;

/** The look of the i-th series. */
export function look(
  { series }: Theme,
  i: number,
): { color: string; symbol: string; dash: string | number[] } {
  const dash = DASHES[i % DASHES.length];
  return {
    color: series[i % series.length],
    symbol: SYMBOLS[i % SYMBOLS.length],
    dash: typeof dash === 'string' ? dash : [...dash],
  };
}

/** The marks of the i-th series: four shapes that are full, and then the same ones hollow. */
export function marks(theme: Theme, i: number, opacity: number): { symbol: string; itemStyle: object } {
  const { color, symbol } = look(theme, i);
  const isHollow = Math.floor(i / SYMBOLS.length) % 2 === 1;
  const hollow = { color: theme.paper, borderColor: color, borderWidth: 1.5, opacity: (1 + opacity) / 2 };
  return { symbol, itemStyle: isHollow ? hollow : { color, opacity } };
}

/** An axis with a name, in the colours of the theme. */
export function axis({ ink, faint }: Theme, name: string, more: object = {}): object {
  return {
    name: text(name),
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: ink },
    axisLabel: { color: ink, hideOverlap: true },
    axisLine: { lineStyle: { color: faint } },
    axisTick: { lineStyle: { color: faint } },
    splitLine: { lineStyle: { color: faint, opacity: 0.5 } },
    ...more,
  };
}

/** A vertical axis of names, the first one on top. A long name is cut. `width` is the chart's, in pixels. */
export function namesAxis(theme: Theme, names: readonly string[], width: number): object {
  return axis(theme, '', {
    type: 'category',
    inverse: true,
    data: names.map((_, i) => String(i)),
    axisLabel: {
      color: theme.ink,
      interval: 0,
      width: width < 560 ? 130 : 240,
      overflow: 'truncate',
      formatter: (i: string): string => text(names[Number(i)]),
    },
    splitLine: { show: false },
  });
}
