/**
 * A figure: a title, a picture, what it shows in a sentence, and its numbers as a table. The picture is drawn when it
 * comes into view, again when its width or the colours change, and in dark ink on white for print.
 */
import * as echarts from 'echarts/core';
import {
  BarChart,
  BoxplotChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  ScatterChart,
} from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  ParallelComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';
import { element, folded, table, text, type TableData } from './dom.js';
import { makeAll } from './later.js';
import { themeNow, type Theme } from './theme.js';

echarts.use([
  ...[BarChart, BoxplotChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart],
  ...[
    GridComponent,
    LegendComponent,
    ParallelComponent,
    TitleComponent,
    TooltipComponent,
    VisualMapComponent,
  ],
  CanvasRenderer,
]);

export type Option = echarts.EChartsCoreOption;
export type Instance = echarts.ECharts;

export interface ChartSpec {
  title: string;
  /** What the picture shows, for readers and for those who do not see it. */
  note: string;
  height: number;
  option(theme: Theme, width: number): Option;
  /** Asked for when a reader opens the table below the picture. */
  numbers(): TableData;
  /** Called when the picture was made. */
  made?(chart: Instance): void;
}

/** All figures that were drawn, because print asks all of them again. */
const drawn = new Map<Element, Figure>();
let isPrinting = false;

/** The width of a printed page between its margins, in CSS pixels: A4 in portrait. */
const PAPER_WIDTH = 680;

class Figure {
  private chart: Instance | undefined;
  private width = 0;

  constructor(
    private readonly spec: ChartSpec,
    private readonly box: HTMLElement,
  ) {}

  draw(): void {
    const width = isPrinting ? PAPER_WIDTH : this.box.clientWidth;
    if (width === 0) return;
    const options = { renderer: 'canvas' as const, devicePixelRatio: Math.max(2, window.devicePixelRatio) };
    if (!this.chart) {
      this.chart = echarts.init(this.box, undefined, { ...options, width, height: this.spec.height });
      this.spec.made?.(this.chart);
    } else if (this.width !== width) this.chart.resize({ width, height: this.spec.height });
    this.width = width;
    const theme = themeNow(isPrinting);
    this.chart.setOption({ ...base(theme), ...this.spec.option(theme, width) }, { notMerge: true });
  }

  /** Draws again where the width has changed. */
  fit(): void {
    if (this.chart && !isPrinting && this.box.clientWidth !== this.width) this.draw();
  }
}

function base({ ink }: Theme): Option {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { color: ink, fontFamily: 'system-ui, sans-serif', fontSize: 12 },
  };
}

/** A tooltip with these lines. It is drawn on the canvas, so that no text becomes markup. */
export function tooltip(linesOf: (item: any) => readonly string[], { ink, paper, faint }: Theme): object {
  return {
    renderMode: 'richText',
    confine: true,
    backgroundColor: paper,
    borderColor: faint,
    textStyle: { color: ink, fontSize: 12 },
    formatter: (item: unknown) =>
      linesOf(item)
        .map(line => text(line).replace(/[{}|]/g, ' '))
        .join('\n'),
  };
}

const seen = new IntersectionObserver(
  entries => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      waiting.get(target)?.();
    }
  },
  { rootMargin: '300px' },
);
const waiting = new Map<Element, () => void>();

/** The element of a figure. */
export function figure(spec: ChartSpec, ...before: Node[]): HTMLElement {
  const box = element('div', {
    class: 'picture',
    role: 'img',
    'aria-label': text(`${spec.title}. ${spec.note}`),
  });
  box.style.height = `${spec.height}px`;
  const made = new Figure(spec, box);
  const draw = (): void => {
    waiting.delete(box);
    drawn.set(box, made);
    made.draw();
  };
  waiting.set(box, draw);
  seen.observe(box);
  return element(
    'figure',
    {},
    element('figcaption', {}, element('h3', {}, spec.title), element('p', { class: 'note' }, spec.note)),
    ...before,
    box,
    folded('The numbers', () => table(spec.numbers(), spec.title)),
  );
}

/** Forgets the pictures below an element that leaves the page. */
export function forget(part: Element): void {
  for (const box of part.querySelectorAll('.picture')) {
    seen.unobserve(box);
    waiting.delete(box);
    drawn.delete(box);
    echarts.getInstanceByDom(box as HTMLElement)?.dispose();
  }
}

function drawAll(): void {
  makeAll();
  for (const draw of [...waiting.values()]) draw();
  for (const one of drawn.values()) one.draw();
}

function print(printing: boolean): void {
  if (isPrinting === printing) return;
  isPrinting = printing;
  drawAll();
}

/** Listens to the window: its width, its colours, and print. */
export function watchWindow(): void {
  new ResizeObserver(() => drawn.forEach(one => one.fit())).observe(document.body);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
    drawn.forEach(one => one.draw()),
  );
  matchMedia('print').addEventListener('change', ({ matches }) => print(matches));
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
}
