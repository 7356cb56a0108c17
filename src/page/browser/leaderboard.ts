/** The table of all configs: sorted by a click on a head, filtered by words, pipeline and status. */
import type { SectionData } from './data.js';
import { durationText, element, scoreText, text } from './dom.js';
import { SHOWN_STATUSES } from '../document.js';

/** The height of a line, as in page.css, and how many are drawn above and below those that are seen. */
const LINE_PX = 30;
const MARGIN_LINES = 12;
/** The lines that go to paper. */
const PRINTED_LINES = 25;

interface Column {
  name: string;
  /** The class of its cells. */
  kind: string;
  show(row: number): string;
  /** Smaller stands first; NaN stands last in both orders. */
  key(row: number): number | string;
}

function columnsOf(data: SectionData): Column[] {
  const { section, rankOf, score, deviation, validate, seconds, status, pipelines, pipelineOf } = data;
  const hasValidation = section.by === 'cv' && validate.some(value => !Number.isNaN(value));
  const columns: (Column | false)[] = [
    {
      name: 'rank',
      kind: 'number',
      show: row => (rankOf[row] ? String(rankOf[row]) : '–'),
      key: row => rankOf[row] || NaN,
    },
    {
      name: 'config',
      kind: 'word code',
      show: row => data.idOf(row).slice(0, 8),
      key: row => data.idOf(row),
    },
    {
      name: 'pipeline',
      kind: 'word',
      show: row => pipelines[pipelineOf[row]].name,
      key: row => pipelines[pipelineOf[row]].name,
    },
    {
      name: section.scoring,
      kind: 'number score',
      show: row => scoreText(score[row]),
      key: row => score[row],
    },
    section.by === 'cv' && {
      name: '± sd',
      kind: 'number',
      show: row => scoreText(deviation[row]),
      key: row => deviation[row],
    },
    hasValidation && {
      name: 'validation',
      kind: 'number',
      show: row => scoreText(validate[row]),
      key: row => validate[row],
    },
    { name: 'time', kind: 'number time', show: row => durationText(seconds[row]), key: row => seconds[row] },
    status.some(code => code !== status[0]) && {
      name: 'status',
      kind: 'word status',
      show: row => data.statusOf(row),
      key: row => status[row],
    },
    {
      name: 'parameters',
      kind: 'long',
      show: row => data.parametersOf(row),
      key: row => data.parametersOf(row),
    },
  ];
  return columns.filter(column => column !== false);
}

export class Leaderboard {
  readonly element: HTMLElement;
  private readonly columns: Column[];
  private readonly body = element('tbody');
  private readonly viewport: HTMLElement;
  private readonly count = element('p', { class: 'note', role: 'status' });
  private readonly heads: HTMLElement[];
  private rows: Uint32Array;
  private sorted = { column: 0, descending: false };
  private words: string[] = [];
  private pipeline = -1;
  private status = -1;
  private brushed: ((row: number) => boolean) | undefined;

  constructor(private readonly data: SectionData) {
    this.columns = columnsOf(data);
    this.rows = Uint32Array.from({ length: data.count }, (_, row) => row);
    this.heads = this.columns.map(({ name, kind }, i) =>
      element(
        'th',
        { scope: 'col', class: kind, 'aria-sort': 'none' },
        element('button', { type: 'button', onclick: () => this.sort(i) }, name),
      ),
    );
    const table = element(
      'table',
      { class: 'leaderboard', 'aria-rowcount': data.count },
      element('caption', { class: 'unseen' }, 'All configs'),
      element('thead', {}, element('tr', {}, ...this.heads)),
      this.body,
    );
    this.viewport = element(
      'div',
      {
        class: 'viewport',
        tabindex: 0,
        role: 'region',
        'aria-label': 'All configs',
        onscroll: () => this.draw(),
      },
      table,
    );
    this.element = element(
      'div',
      { class: 'board' },
      this.controls(),
      this.count,
      this.viewport,
      this.printed(),
    );
    this.choose();
    new ResizeObserver(() => this.draw()).observe(this.viewport);
  }

  /** Keeps only the rows that a brush chose; undefined: all. */
  brush(chosen: ((row: number) => boolean) | undefined): void {
    this.brushed = chosen;
    this.choose();
  }

  private controls(): HTMLElement {
    const { pipelines } = this.data;
    const find = element('input', {
      type: 'search',
      placeholder: 'id, parameters …',
      oninput: () => {
        this.words = find.value
          .toLowerCase()
          .split(/\s+/)
          .filter(word => word !== '');
        this.choose();
      },
    });
    const pipeline = select(['all', ...pipelines.map(({ name }) => name)], i => {
      this.pipeline = i - 1;
      this.choose();
    });
    const status = select(['all', ...SHOWN_STATUSES], i => {
      this.status = i - 1;
      this.choose();
    });
    const label = (name: string, input: HTMLElement): HTMLElement => element('label', {}, name, ' ', input);
    return element(
      'div',
      { class: 'controls' },
      label('Find', find),
      label('Pipeline', pipeline),
      label('Status', status),
    );
  }

  private sort(column: number): void {
    const { sorted } = this;
    // A second click turns the order. Scores begin with the largest, everything else with the least.
    const isScore = this.columns[column].kind.includes('score');
    const descending = sorted.column === column ? !sorted.descending : isScore;
    this.sorted = { column, descending };
    this.choose();
  }

  /** Finds the rows that pass the filters, in their order, and draws from the top. */
  private choose(): void {
    const { data, sorted, columns } = this;
    const passes = (row: number): boolean =>
      (this.pipeline < 0 || data.pipelineOf[row] === this.pipeline) &&
      (this.status < 0 || data.status[row] === this.status) &&
      (this.brushed?.(row) ?? true) &&
      this.hasWords(row);
    const { key } = columns[sorted.column];
    const chosen = Uint32Array.from({ length: data.count }, (_, row) => row).filter(passes);
    const keys = new Map<number, number | string>();
    for (const row of chosen) keys.set(row, key(row));
    chosen.sort((a, b) => compare(keys.get(a)!, keys.get(b)!, sorted.descending) || a - b);
    this.rows = chosen;
    this.heads.forEach((head, i) => {
      const order = sorted.descending ? 'descending' : 'ascending';
      head.setAttribute('aria-sort', i === sorted.column ? order : 'none');
    });
    const all = data.count.toLocaleString('en-US');
    const shown = chosen.length.toLocaleString('en-US');
    const why = this.brushed ? ' (some are hidden by the brush of the parallel coordinates)' : '';
    this.count.textContent =
      chosen.length === data.count ? `${all} configs` : `${shown} of ${all} configs${why}`;
    this.viewport.scrollTop = 0;
    this.draw();
  }

  private hasWords(row: number): boolean {
    if (this.words.length === 0) return true;
    const { data } = this;
    const name = data.pipelines[data.pipelineOf[row]].name;
    const all = `${data.idOf(row)} ${name} ${data.parametersOf(row)}`.toLowerCase();
    return this.words.every(word => all.includes(word));
  }

  private draw(): void {
    const { rows, viewport, body } = this;
    const seen = Math.ceil((viewport.clientHeight || 400) / LINE_PX);
    const first = Math.max(0, Math.floor(viewport.scrollTop / LINE_PX) - MARGIN_LINES);
    const last = Math.min(rows.length, first + seen + 2 * MARGIN_LINES);
    body.replaceChildren(
      this.gap(first),
      ...Array.from(rows.subarray(first, last), row => this.line(row)),
      this.gap(rows.length - last),
    );
  }

  /** The height of lines that are not drawn. */
  private gap(count: number): HTMLElement {
    const gap = element(
      'tr',
      { 'aria-hidden': 'true', class: 'gap' },
      element('td', { colspan: this.columns.length }),
    );
    gap.style.height = `${count * LINE_PX}px`;
    return gap;
  }

  private line(row: number): HTMLElement {
    const isChosen = this.data.section.answer?.row === row;
    const cells = this.columns.map(({ show, kind }) => {
      const shown = show(row);
      return element('td', { class: kind, title: kind === 'long' ? text(shown) : undefined }, shown);
    });
    return element('tr', { class: isChosen ? 'chosen' : undefined, 'data-row': row }, ...cells);
  }

  /** The first lines as a plain table, for paper only. */
  private printed(): HTMLElement {
    const rows = [...this.data.ranking.subarray(0, PRINTED_LINES)];
    const heads = this.columns.map(({ name, kind }) => element('th', { class: kind }, name));
    const note = `The best ${rows.length} of ${this.data.count.toLocaleString('en-US')} configs.`;
    return element(
      'div',
      { class: 'paper-only', 'aria-hidden': 'true' },
      element('p', { class: 'note' }, note),
      element(
        'table',
        {},
        element('thead', {}, element('tr', {}, ...heads)),
        element('tbody', {}, ...rows.map(row => this.line(row))),
      ),
    );
  }
}

function compare(a: number | string, b: number | string, descending: boolean): number {
  const [noA, noB] = [Number.isNaN(a), Number.isNaN(b)];
  if (noA || noB) return Number(noA) - Number(noB);
  if (a === b) return 0;
  return (a < b ? -1 : 1) * (descending ? -1 : 1);
}

/** A menu of words; tells the place of the chosen one. */
export function select(words: readonly string[], onChoose: (i: number) => void): HTMLSelectElement {
  const menu = element(
    'select',
    { onchange: () => onChoose(menu.selectedIndex) },
    ...words.map(word => element('option', {}, word)),
  );
  return menu;
}
