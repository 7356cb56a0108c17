/** Elements of a page. Every text of a log passes `text`, and becomes a text node: nothing here reads markup. */
import { printable } from '../../terminal/printable.js';
import { duration } from '../../terminal/units.js';

export type Child = Node | string | number | undefined | false;

interface Attributes {
  [name: string]: string | number | boolean | undefined | ((event: Event) => void);
}

/** Longer texts are cut; a config in YAML has its own way. */
const LONGEST = 600;

/** A text that shows control characters and bidirectional overrides as escapes. */
export const text = (value: string): string => printable(value, LONGEST);

/** An element with attributes, listeners (`onclick`) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children.filter(isChild).map(nodeOf));
  return made;
}

const isChild = (child: Child): child is Node | string | number => child !== undefined && child !== false;

const nodeOf = (child: Node | string | number): Node =>
  child instanceof Node ? child : document.createTextNode(text(String(child)));

/** A text of several lines, as it is: for YAML and commands. */
export function lines(value: string): HTMLElement {
  const safe = value
    .split('\n')
    .map(line => printable(line, 5000))
    .join('\n');
  const pre = element('pre', { tabindex: 0 });
  pre.textContent = safe;
  return pre;
}

/** A cell of a table: a number stands at the right. */
export type Cell = string | number | Node | undefined;

export interface TableData {
  head: string[];
  rows: Cell[][];
  /** What was left out, if anything. */
  note?: string;
}

/** A table with a caption for those who hear it. */
export function table({ head, rows, note }: TableData, caption: string): HTMLElement {
  const isNumber = head.map((_, column) => rows.some(row => typeof row[column] === 'number'));
  const cell = (value: Cell, column: number): HTMLElement =>
    element(
      'td',
      { class: isNumber[column] ? 'number' : undefined },
      typeof value === 'number' ? numberText(value) : value,
    );
  const body = rows.map(row => element('tr', {}, ...row.map(cell)));
  const heads = head.map((name, column) =>
    element('th', { scope: 'col', class: isNumber[column] ? 'number' : undefined }, name),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': text(caption) },
    element(
      'table',
      {},
      element('caption', { class: 'unseen' }, caption),
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...body),
    ),
    note !== undefined && element('p', { class: 'note' }, note),
  );
}

/** A number as people read it: four digits behind the point, unless it is whole, large or tiny. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3);
  return size >= 1000 ? value.toFixed(1) : value.toFixed(4);
}

export function scoreText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(4);
}

export function durationText(seconds: number): string {
  return Number.isNaN(seconds) ? '–' : duration(seconds);
}

/** A part that is folded away, and made when a reader opens it. */
export function folded(title: string, make: () => Node): HTMLElement {
  const details = element('details', {}, element('summary', {}, title));
  details.addEventListener('toggle', () => details.append(make()), { once: true });
  return details;
}
