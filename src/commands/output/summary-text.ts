/** The summary of a search for people: it fits 80 columns, and colours mark what matters. */
import { isBetter } from '../../base/direction.js';
import { counted } from '../../base/listing.js';
import { compareText } from '../../base/order.js';
import { foldsText } from '../../events/ask/setting.js';
import type { GroupSummary, Summary, WorkerSummary } from '../../events/ask/summary.js';
import { printable } from '../../terminal/printable.js';
import { SENTENCE_WIDTH, wrapped, type Screen, type Tone } from '../../terminal/screen.js';
import { table, type Cell, type Column } from '../../terminal/table.js';
import { score } from '../../terminal/units.js';
import type { BestDetails } from '../bests.js';
import type { FailureGroup } from '../failures.js';

/** What is printed besides the summary. */
export interface SummaryExtras {
  /** The deviation and the parameters of the best config of a group. */
  details: ReadonlyMap<GroupSummary, BestDetails>;
  /** Sentences that a reader should know before the numbers. */
  notes: readonly string[];

  /** Failures by message, the most frequent first. */
  failures: FailureGroup[];
  /** Why finished configs of a group have no score. */
  unscored: ReadonlyMap<GroupSummary, string>;
  /** The first digits of an id, as many as make it unique. */
  shortId(id: string): string;
}

/** The most messages of failures that are written out. */
const MOST_MESSAGES = 20;

export function summaryText(summary: Summary, extras: SummaryExtras, screen: Screen): string {
  const { n, configs, queued, running, finished, failed, groups, workers } = summary;
  const counts = [
    `${finished} finished`,
    toned(screen, failed, 'bad', `${failed} failed`),
    toned(screen, running, 'busy', `${running} claimed`),
    `${queued} queued`,
  ];
  const parts = [`${counted(configs, 'config')} after ${counted(n, 'record')}: ${counts.join(', ')}`];
  for (const note of extras.notes) parts.push(wrapped(`note: ${printable(note, 500)}`, SENTENCE_WIDTH));
  for (const section of sectionsOf(groups)) parts.push(sectionText(section, extras, screen));
  if (workers.length > 0) parts.push(workersText(workers, screen));
  if (extras.failures.length > 0) parts.push(failuresText(extras, screen));
  const troubles = Object.entries(summary.troubles).filter(
    ([kind, number]) => number > 0 && kind !== 'ignored',
  );
  if (troubles.length > 0) {
    const kinds = troubles.map(([kind, number]) => `${number} ${kind}`);
    parts.push(`lines of the log that were passed over: ${kinds.join(', ')}`);
  }
  return parts.join('\n\n');
}

/** The width of tables and messages: that of the screen, or 80 columns where there is none. */
function widthOf({ width }: Screen): number {
  return width === Infinity ? SENTENCE_WIDTH : width;
}

function toned(screen: Screen, number: number, tone: Tone, text: string): string {
  return number > 0 ? screen.paint(text, tone) : text;
}

/** Groups that stand in one table. */
interface Section {
  title: string;
  isOlder: boolean;
  groups: GroupSummary[];
}

/** One section for each metric and folds of this search, then one for each thing that differs. */
function sectionsOf(groups: readonly GroupSummary[]): Section[] {
  const sections = new Map<string, Section>();
  for (const group of groups) {
    const { scoring, cv, differs } = group;
    const judged = `ranked by ${scoring}, ${foldsText(cv)}`;
    const title = differs ? `Not of this search: ${differs.join('; ')}` : `This search, ${judged}`;
    const section = sections.get(title) ?? { title, isOlder: differs !== undefined, groups: [] };
    section.groups.push(group);
    sections.set(title, section);
  }
  return [...sections.values()];
}

function sectionText({ title, isOlder, groups }: Section, extras: SummaryExtras, screen: Screen): string {
  const parts = [
    wrapped(`${printable(title, 400)}:`, Math.min(screen.width, SENTENCE_WIDTH)),
    groupTable(groups, isOlder, extras, screen),
  ];
  for (const group of groups) {
    const why = extras.unscored.get(group);
    if (why === undefined) continue;
    const { split, pipeline, finished, unscored } = group;
    const n = unscored!.configs;
    const words = `${split} ${pipeline}: ${n} of ${finished} finished ${n === 1 ? 'has' : 'have'} no score: ${why}.`;
    parts.push(wrapped(printable(words, 500), Math.min(screen.width, SENTENCE_WIDTH)));
  }
  return parts.join('\n');
}

/** A column of a section: its head, whether it is needed, and its cell. */
interface SectionColumn {
  head: string;
  right?: boolean;
  /** Whether the column is left out where no group has anything to show in it. */
  isOptional?: boolean;
  of(group: GroupSummary): string | number;
  tone?: Tone;
}

function columnsFor({ details, shortId }: SummaryExtras): SectionColumn[] {
  const right = true;
  const isOptional = true;
  return [
    { head: 'split', of: ({ split }) => split },
    { head: 'pipeline', of: ({ pipeline }) => pipeline },
    { head: 'queued', right, isOptional, of: ({ queued }) => queued },
    { head: 'claimed', right, isOptional, of: ({ running }) => running, tone: 'busy' },
    { head: 'done', right, of: ({ finished }) => finished },
    { head: 'failed', right, isOptional, of: ({ failed }) => failed, tone: 'bad' },
    { head: 'cv', right, of: ({ best }) => score(best?.cv) },
    { head: 'sd', right, isOptional, of: group => score(details.get(group)?.sd) },
    { head: 'valid', right, isOptional, of: ({ best }) => score(best?.validate) },
    { head: 'best', of: ({ best }) => (best ? shortId(best.config) : '') },
  ];
}

/** The groups of a section, the best of each split first. */
function groupTable(
  groups: readonly GroupSummary[],
  isOlder: boolean,
  extras: SummaryExtras,
  screen: Screen,
): string {
  const firsts = isOlder ? new Set<GroupSummary>() : bestOfSplits(groups);
  const sorted = [...groups].sort(
    (a, b) => compareText(a.split, b.split) || bestFirst(a, b) || compareText(a.pipeline, b.pipeline),
  );
  const isNothing = (cell: string | number): boolean => cell === 0 || cell === '-' || cell === '';
  const columns = columnsFor(extras).filter(
    ({ isOptional, of }) => !isOptional || groups.some(group => !isNothing(of(group))),
  );
  const rows = sorted.map(group =>
    columns.map(({ of, tone }): Cell => {
      const text = of(group);
      if (tone && text !== 0) return { text, tone };
      return firsts.has(group) ? { text, tone: 'good' } : isOlder ? { text, tone: 'faint' } : text;
    }),
  );
  const heads = columns.map(({ head, right }) => ({ head, right }));
  return withParameters(heads, rows, sorted, extras, { ...screen, width: widthOf(screen) });
}

/** The table with the parameters of the best configs: beside them where there is room, else below. */
function withParameters(
  heads: Column[],
  rows: Cell[][],
  groups: readonly GroupSummary[],
  { details, shortId }: SummaryExtras,
  screen: Screen,
): string {
  const texts = groups.map(group => details.get(group)?.text ?? '');
  const longest = Math.max(...texts.map(text => text.length));
  const alone = table(heads, rows, screen);
  if (longest === 0) return alone;
  const plain = table(heads, rows, { ...screen, paint: text => text });
  const room = screen.width - 2 - Math.max(...plain.split('\n').map(line => line.length));
  if (room >= Math.min(longest, LEAST_ROOM))
    return table(
      [...heads, { head: 'its parameters' }],
      rows.map((row, i) => [...row, texts[i]]),
      screen,
    );
  const lines = groups.flatMap(({ best }, i) => (best ? [[shortId(best.config), texts[i]]] : []));
  return `${alone}\n${table([{ head: 'best' }, { head: 'its parameters' }], lines, screen)}`;
}

/** With less room, the parameters of the best configs stand below the table, in characters. */
const LEAST_ROOM = 24;

/** The order of two groups by their best scores; those without one come last. */
function bestFirst(a: GroupSummary, b: GroupSummary): number {
  if (!a.best || !b.best) return Number(!a.best) - Number(!b.best);
  return Number(isBetter(a, b.best.score, a.best.score)) - Number(isBetter(a, a.best.score, b.best.score));
}

/** The best group of each split, where there are several to choose from. */
function bestOfSplits(groups: readonly GroupSummary[]): Set<GroupSummary> {
  const firsts = new Map<string, GroupSummary>();
  for (const group of groups) {
    const first = firsts.get(group.split);
    if (group.best && (!first || isBetter(group, group.best.score, first.best!.score)))
      firsts.set(group.split, group);
  }
  return new Set(firsts.values());
}

const CLAIMED =
  'claimed: a worker claims several configs at once, and each of its threads trains one at a time.';

function workersText(workers: readonly WorkerSummary[], screen: Screen): string {
  const heads = [
    { head: 'worker' },
    { head: 'host' },
    { head: 'pid', right: true },
    { head: 'claimed', right: true },
    { head: 'since' },
    { head: '' },
  ];
  const rows = workers.map(({ worker, configs, since, dead }): Cell[] => [
    ...[worker.id, worker.host, worker.pid, configs.length, since.slice(0, 16).replace('T', ' ')],
    dead ? { text: 'dead', tone: 'bad' } : '',
  ]);
  const lines = [table(heads, rows, screen), wrapped(CLAIMED, SENTENCE_WIDTH)];
  if (workers.some(({ dead }) => dead))
    lines.push('dead: the process has ended. A worker on the same machine takes up its configs.');
  return lines.join('\n');
}

function failuresText({ failures, shortId }: SummaryExtras, screen: Screen): string {
  const total = failures.reduce((sum, { configs }) => sum + configs, 0);
  const lines = [`${counted(total, 'config')} failed for good:`];
  for (const { kind, message, configs, config } of failures.slice(0, MOST_MESSAGES)) {
    lines.push(screen.paint(`  ${configs} x ${kind}, as in ${shortId(config)}:`, 'bad'));
    lines.push(wrapped(printable(message, 500), widthOf(screen), '    '));
  }
  const more = failures.length - MOST_MESSAGES;
  if (more > 0) lines.push(`  and ${counted(more, 'other message')}`);
  lines.push(
    'spt show ID prints everything about one of them.',
    'When the cause is mended, spt retry --all puts them back into the queue.',
  );
  return lines.join('\n');
}
