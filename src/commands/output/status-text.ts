/** The progress of a search for people: it fits 80 columns, and colours mark what matters. */
import { counted, someOf } from '../../base/listing.js';
import type { State } from '../../events/state/state.js';
import { printable, shown } from '../../terminal/printable.js';
import { wrapped, type Screen } from '../../terminal/screen.js';
import { table, type Cell } from '../../terminal/table.js';
import { rough, score } from '../../terminal/units.js';
import type { Chance } from '../../views/chance.js';
import type { Counts, Progress } from '../../views/progress.js';
import type { TailConfigs, TimeLeft } from '../../views/time-left.js';
import { mayTrain, type WorkerProgress } from '../../views/workers.js';

/** Lines are broken at this column if the screen is wider, or if there is no screen. */
const WIDTH = 80;
const BAR_CELLS = 30;
/** The most workers and kinds of tail configs that are written out. */
const MOST_WORKERS = 40;
const MOST_TAILS = 3;

export function statusText(progress: Progress, state: State, screen: Screen, isPast: boolean): string {
  const parts = [headText(progress, screen)];
  if (progress.configs === 0) return `${parts[0]}\n\nNothing is enqueued. spt enqueue fills the queue.`;
  parts.push(timeText(progress, screen, isPast));
  parts.push(groupsText(progress, screen));
  if (progress.workers.length > 0) parts.push(workersText(progress, state, screen));
  const troubles = Object.entries(progress.troubles).filter(
    ([kind, number]) => number > 0 && kind !== 'ignored',
  );
  if (troubles.length > 0) {
    const kinds = troubles.map(([kind, number]) => `${number} ${kind}`).join(', ');
    parts.push(
      sentence(`Lines of the log were passed over: ${kinds}. spt doctor tells which and why.`, screen),
    );
  }
  return parts.join('\n\n');
}

/** A bar of `cells` cells, of which a part is filled. It is full only where the part is 1. */
function bar(part: number, cells: number): string {
  const filled = part >= 1 ? cells : Math.min(cells - 1, Math.floor(part * cells));
  return `${'#'.repeat(filled)}${'.'.repeat(cells - filled)}`;
}

function sentence(text: string, screen: Screen): string {
  return wrapped(text, Math.min(screen.width, WIDTH));
}

function percent(part: number): string {
  // 99.97% is not all.
  return `${(Math.floor(part * 1000) / 10).toFixed(1)}%`;
}

function headText(progress: Progress, screen: Screen): string {
  const { configs, finished, failed, running, training, queued } = progress;
  const done = finished + failed;
  const part = configs === 0 ? 0 : done / configs;
  const whole = `${done.toLocaleString('en-US')} of ${counted(configs, 'config')} done`;
  const counts = [`${finished.toLocaleString('en-US')} finished`];
  const kinds = failuresOf(progress);
  const failure = `${failed.toLocaleString('en-US')} failed${kinds === '' ? '' : ` (${kinds})`}`;
  counts.push(failed > 0 ? screen.paint(failure, 'bad') : failure);
  const busy = `${training} training`;
  counts.push(training > 0 ? screen.paint(busy, 'busy') : busy);
  if (running > training) counts.push(`${running - training} claimed`);
  counts.push(`${queued.toLocaleString('en-US')} queued`);
  return `${screen.paint(bar(part, BAR_CELLS), 'good')} ${percent(part)}  ${whole}\n${counts.join(', ')}`;
}

function failuresOf({ failures }: Counts): string {
  return Object.entries(failures)
    .map(([kind, number]) => `${number} ${kind}`)
    .join(', ');
}

/** Lines with a word in front of each. */
function labelled(lines: readonly [label: string, text: string][], screen: Screen): string {
  const indent = ' '.repeat(10);
  return lines
    .map(([label, text]) => {
      const broken = wrapped(text, Math.min(screen.width, WIDTH), indent);
      return label.padEnd(indent.length) + broken.slice(indent.length);
    })
    .join('\n');
}

function timeText(progress: Progress, screen: Screen, isPast: boolean): string {
  const { left, workers, threads, rates, nowMs } = progress;
  const lines: [string, string][] = [];
  const living = workers.filter(mayTrain).length;
  if (left) {
    const on = `on ${counted(threads, 'thread')} of ${counted(living, 'worker')}`;
    if (left.now) {
      const end = isPast ? '' : `, ends about ${clock(nowMs + 1000 * left.now.seconds, nowMs)}`;
      lines.push(['left', `${interval(left.now)} ${on}${end}`]);
    } else {
      lines.push(['left', 'nobody works on it. Start a worker: spt work']);
    }
    if (left.asked)
      lines.push(['', `with ${counted(left.asked.threads, 'thread')}: ${interval(left.asked)}`]);
    else if (!left.now) lines.push(['', 'spt status --threads N tells how long N threads would take.']);
    const told = left.now ?? left.asked;
    if (told && told.tail.length > 0 && told.threads > 1) lines.push(['tail', tailText(told)]);
    const { all, nothing, 'other splits': others } = left.bases;
    const unsure: string[] = [];
    if (others > 0) unsure.push(`${counted(others, 'config')} by other splits of their pipeline`);
    if (all > 0) unsure.push(`${counted(all, 'config')} by other pipelines`);
    if (nothing > 0) unsure.push(`${counted(nothing, 'config')} by a guess, because none was ever timed`);
    if (told && unsure.length > 0) lines.push(['', `The time is estimated for ${unsure.join(', ')}.`]);
  } else lines.push(['left', 'nothing: every config is done.']);
  const { configs, windowSeconds, configsPerMinute, coreHoursPerMinute } = rates;
  const each = `${rate(configsPerMinute)} configs and ${rate(coreHoursPerMinute)} core hours a minute`;
  const window = `in the last ${rough(windowSeconds)}`;
  lines.push(['speed', configs > 0 ? `${each}, ${window}` : `no config was done ${window}`]);
  return labelled(lines, screen);
}

function rate(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(2);
}

function interval({ seconds, lowSeconds, highSeconds }: TimeLeft): string {
  return `${rough(seconds)} (80%: ${rough(lowSeconds)} to ${rough(highSeconds)})`;
}

/** The time of day of a moment, with the day where it is not today; in the time zone of this machine. */
function clock(ms: number, nowMs: number): string {
  const [date, now] = [new Date(ms), new Date(nowMs)];
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  if (date.toDateString() === now.toDateString()) return time;
  const isSoon = ms - nowMs < 6 * 86_400_000;
  const day = isSoon ? date.toLocaleDateString('en-US', { weekday: 'short' }) : dayOf(date);
  return `${day} ${time}`;
}

function dayOf(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function tailText({ tailSeconds, tail }: TimeLeft): string {
  const kinds = tail.slice(0, MOST_TAILS).map(tailKind);
  const more = tail.length - kinds.length;
  const others = more > 0 ? `, and ${counted(more, 'other pipeline')}` : '';
  return `in the last ${rough(tailSeconds)} some threads have nothing to do: ${kinds.join('; ')}${others}`;
}

function tailKind({ pipeline, split, configs, secondsEach, shared }: TailConfigs): string {
  const names = shared.map(([name, value]) => `${name.replace(/^[^.]*\./, '')}=${shown(value, 20)}`);
  const which = names.length > 0 ? ` (${printable(names.join(', '), 60)})` : '';
  const each = configs === 1 ? `takes ${rough(secondsEach)}` : `take ${rough(secondsEach)} each`;
  return `${configs} ${printable(pipeline, 40)}${which} on ${printable(split, 40)} ${each}`;
}

function groupsText({ groups, enqueues }: Progress, screen: Screen): string {
  const columns = [
    { head: 'split' },
    { head: 'pipeline' },
    { head: 'finished', right: true },
    { head: 'failed' },
    { head: 'training', right: true },
    { head: 'queued', right: true },
    { head: 'best', right: true },
    { head: 'better left', right: true },
  ];
  const rows = groups.map((group): Cell[] => {
    const { split, pipeline, finished, failed, running, training, queued, best, chance } = group;
    const isOlder = group.differs.length > 0;
    const cells: Cell[] = [
      ...[isOlder ? `(${split})` : split, pipeline, finished],
      failed > 0 ? { text: failuresOf(group) || failed, tone: 'bad' as const } : '',
      training > 0 ? { text: training, tone: 'busy' as const } : training,
      queued + running - training,
      best ? score(best.score) : '-',
      chance ? chanceText(chance) : '-',
    ];
    return cells;
  });
  const lines = [table(columns, rows, screen)];
  const isAny = groups.some(({ chance }) => chance && chance.chance > 0);
  const scorings = [...new Set(groups.map(({ scoring }) => printable(scoring, 40)))];
  const notes = [`best: by ${someOf(scorings)}.`];
  if (isAny)
    notes.push('better left: the chance that a better config of the line is not done yet (spt help status).');
  if (isAny && enqueues > 1)
    notes.push(`Configs were added ${enqueues} times, so it is a range: the best one may be of any of them.`);
  if (groups.some(({ differs }) => differs.length > 0))
    notes.push('In brackets: other data, folds or metric than config.yaml has now.');
  lines.push(sentence(notes.join(' '), screen));
  return lines.join('\n');
}

/** A chance with two digits, or its range where the digits of its ends differ. */
function chanceText({ chance, low, high }: Chance): string {
  if (high === 0) return '0';
  const [one, least, most] = [chance, low, high].map(value => value.toFixed(2));
  return least === most ? one : `${least}-${most}`;
}

function workersText({ workers, nowMs }: Progress, state: State, screen: Screen): string {
  const columns = [
    { head: 'worker' },
    { head: 'on' },
    { head: 'job' },
    { head: 'threads', right: true },
    { head: 'for', right: true },
    { head: 'holds', right: true },
    { head: 'trains (longest first)' },
  ];
  // Those that do not live come first, because a person should see them.
  const order = [...workers].sort((a, b) => Number(mayTrain(a)) - Number(mayTrain(b)));
  const rows = order.slice(0, MOST_WORKERS).map((one): Cell[] => {
    const { worker, liveness, threads, sinceMs, training, waiting } = one;
    const trains = mayTrain(one) ? trainsText(one, state, nowMs) : liveness;
    return [
      ...[worker.id, worker.host ?? '-', jobOf(worker.slurm), threads ?? '?'],
      ...[rough(Math.max(0, nowMs - sinceMs) / 1000), training.length + waiting.length],
      mayTrain(one) ? trains : { text: trains, tone: 'bad' as const },
    ];
  });
  const hasJobs = order.some(({ worker }) => worker.slurm);
  const without = (cells: Cell[]): Cell[] => cells.filter((_, i) => hasJobs || i !== 2);
  const lines = [
    table(
      columns.filter((_, i) => hasJobs || i !== 2),
      rows.map(without),
      screen,
    ),
  ];
  if (workers.length > MOST_WORKERS)
    lines.push(`and ${counted(workers.length - MOST_WORKERS, 'other worker')}`);
  const notes: string[] = [];
  if (workers.some(({ liveness }) => liveness === 'dead'))
    notes.push('dead: the process has ended. Any worker takes up what it holds.');
  if (workers.some(({ liveness }) => liveness === 'silent'))
    notes.push('silent: no sign of life. After the lease, any worker takes up what it holds.');
  if (notes.length > 0) lines.push(sentence(notes.join(' '), screen));
  return lines.join('\n');
}

function jobOf(slurm: { [name: string]: string } | undefined): string {
  if (!slurm) return '';
  return slurm.array ? `${slurm.array}_${slurm.task}` : (slurm.job ?? '');
}

/** What a worker trains: the configs of each pipeline and split, with the longest time. */
function trainsText({ training }: WorkerProgress, state: State, nowMs: number): string {
  if (training.length === 0) return '-';
  const groups = new Map<string, { configs: number; longestMs: number }>();
  for (const { row, sinceMs } of training) {
    const { pipeline, split } = state.groupOf(row);
    const key = printable(`${pipeline} ${split}`, 60);
    const known = groups.get(key) ?? { configs: 0, longestMs: -1 };
    known.configs++;
    if (sinceMs !== undefined) known.longestMs = Math.max(known.longestMs, nowMs - sinceMs);
    groups.set(key, known);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.longestMs - a.longestMs)
    .map(([name, { configs, longestMs }]) => {
      const many = configs > 1 ? `${configs} x ` : '';
      return longestMs < 0 ? `${many}${name}` : `${many}${name} ${rough(Math.max(0, longestMs) / 1000)}`;
    })
    .join(', ');
}
