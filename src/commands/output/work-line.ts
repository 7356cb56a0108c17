/**
 * The one line that `spt work` shows on a terminal: how far the search is, how fast it goes, what time is left, and the
 * best score. The line costs nothing that a worker would notice: it looks at the state that the worker has, and at the
 * times of the configs that this worker trained. `spt status` reads more and says the time better.
 */
import type { Config } from '../../base/config.js';
import { CLAIMED, QUEUED, type State } from '../../events/state/state.js';
import { isFirst, rankingScore } from '../../events/ask/summary.js';
import type { Host } from '../../log/host.js';
import type { Journal } from '../../log/journal.js';
import { Settings } from '../../log/settings.js';
import { printable } from '../../terminal/printable.js';
import { LiveLine } from '../../terminal/live-line.js';
import { rough, score } from '../../terminal/units.js';
import type { Outcome, Trainer } from '../../worker/protocol.js';

/** The time between two drawings, in ms. */
const DRAW_MS = 500;
/** The time between two looks for the best score, in ms: it goes through all configs. */
const BEST_MS = 3000;
/** Rates are those of this time, in seconds. */
const WINDOW_SECONDS = 300;
const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;
/** From this width on there is always a bar, and parts are left out for it. */
const WIDTH_WITH_BAR = 60;
/** The time that is left is told when so many configs are done. */
const ENOUGH_CONFIGS = 5;

/** The mean time of the configs of a pipeline and split. */
class MeanTimes {
  private readonly sums = new Map<string, { seconds: number; configs: number }>();

  add(key: string, seconds: number): void {
    for (const name of [key, '']) {
      const known = this.sums.get(name) ?? { seconds: 0, configs: 0 };
      known.seconds += seconds;
      known.configs++;
      this.sums.set(name, known);
    }
  }

  /** The mean of the group; of all configs where it has none; 1 before any. */
  of(key: string): number {
    const known = this.sums.get(key) ?? this.sums.get('');
    return known ? known.seconds / known.configs : 1;
  }
}

/** What had been done at a moment: the counts of done configs by group. */
interface Sight {
  seconds: number;
  done: number[];
}

export class WorkLine {
  private readonly line: LiveLine;
  private readonly times = new MeanTimes();
  private readonly settings = new Settings();
  private readonly sights: Sight[] = [];
  /** For each split, a config that this worker trained last: its setting is the one whose best is shown. */
  private readonly recent = new Map<string, string>();
  private best = '';
  private bestLookedMs = -Infinity;
  private isLooking = false;
  private readonly busy = new Set<Trainer>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    output: NodeJS.WriteStream,
    private readonly journal: Journal,
    private readonly host: Host,
  ) {
    this.line = new LiveLine(output);
  }

  start(): void {
    this.timer = setInterval(() => this.draw(), DRAW_MS);
    this.timer.unref();
    this.draw();
  }

  /** Ends the drawing and removes the line. */
  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.line.clear();
  }

  /** Prints what a person should see above the line. What is only about a finished config is not printed. */
  tell(message: string, line: string): void {
    if (message.startsWith('finished ')) return;
    this.line.print(line);
    if (this.timer) this.draw();
  }

  /** A trainer whose work is counted. */
  watching(trainer: Trainer): Trainer {
    return {
      train: async (config, ...rest) => {
        this.busy.add(trainer);
        const outcome = await trainer.train(config, ...rest);
        this.busy.delete(trainer);
        this.note(config, outcome);
        return outcome;
      },
      end: outcome => {
        // a training that is ended may never answer
        this.busy.delete(trainer);
        return trainer.end(outcome);
      },
    };
  }

  private note(config: Config, outcome: Outcome): void {
    this.times.add(keyOf(config), outcome.seconds);
    if (outcome.kind === 'finished') this.recent.set(config.split, config.id);
  }

  private draw(): void {
    const { state } = this.journal;
    void this.lookForBest();
    this.line.draw(this.text(state, this.host.monotonicMs() / 1000));
  }

  /** The line, with as many of its parts as fit. */
  private text(state: State, seconds: number): string {
    const total = state.size;
    const open = state.count('queued') + state.count('claimed');
    const part = total === 0 ? 0 : (total - open) / total;
    const { perMinute, leftSeconds } = this.speed(state, seconds);
    const parts = [`${(Math.floor(part * 1000) / 10).toFixed(1)}%  ${total - open} of ${total}`];
    if (leftSeconds !== undefined) parts.push(`about ${rough(leftSeconds)} left`);
    if (perMinute !== undefined)
      parts.push(`${perMinute < 10 ? perMinute.toPrecision(2) : Math.round(perMinute)}/min`);
    if (this.best !== '') parts.push(this.best);
    parts.push(`${this.busy.size} running`);
    const { width } = this.line;
    const reserved = width >= WIDTH_WITH_BAR ? NARROWEST_BAR + 1 : 0;
    while (parts.length > 1 && parts.join('  ').length > width - reserved) parts.pop();
    const text = parts.join('  ');
    const room = Math.min(WIDEST_BAR, width - text.length - 1);
    if (room < NARROWEST_BAR) return text;
    const filled = part >= 1 ? room : Math.min(room - 1, Math.floor(part * room));
    return `${'#'.repeat(filled)}${'.'.repeat(room - filled)} ${text}`;
  }

  /** Configs a minute, of all workers; and the time that is left, if configs go on as they did in the window. */
  private speed(state: State, seconds: number): { perMinute?: number; leftSeconds?: number } {
    const keys = state.groups.map(keyOf);
    const done = state.groups.map(
      (_, group) => state.count('finished', group) + state.count('failed', group),
    );
    const { sights } = this;
    sights.push({ seconds, done });
    while (sights.length > 2 && sights[1].seconds < seconds - WINDOW_SECONDS) sights.shift();
    const [first] = sights;
    const passed = seconds - first.seconds;
    let [configs, doneSeconds, openSeconds] = [0, 0, 0];
    keys.forEach((key, group) => {
      const mean = this.times.of(key);
      const more = Math.max(0, done[group] - (first.done[group] ?? 0));
      configs += more;
      doneSeconds += more * mean;
      openSeconds += mean * (state.counts[4 * group + QUEUED] + state.counts[4 * group + CLAIMED]);
    });
    if (configs === 0 || passed <= 0) return {};
    const leftSeconds = configs < ENOUGH_CONFIGS ? undefined : (openSeconds * passed) / doneSeconds;
    return { perMinute: (60 * configs) / passed, leftSeconds };
  }

  /** Looks for the best score of each split, among the configs that may be compared with what this worker trains. */
  private async lookForBest(): Promise<void> {
    const { journal, host, settings } = this;
    if (this.isLooking || host.monotonicMs() < this.bestLookedMs + BEST_MS) return;
    this.isLooking = true;
    try {
      const { state } = journal;
      await settings.follow(state, journal.directory, host);
      const wanted = new Map([...this.recent].map(([split, id]) => [settings.of(state.row(id)), split]));
      const best = new Map<number, number>();
      for (let row = 0; row < state.size; row++) {
        const setting = settings.of(row);
        if (wanted.has(setting) && isFirst(state, row, best.get(setting) ?? -1)) best.set(setting, row);
      }
      const texts = [...best].map(([setting, row]) => {
        const { pipeline } = state.groupOf(row);
        const name = wanted.size > 1 ? `${wanted.get(setting)} ` : '';
        return printable(`${name}${score(rankingScore(state, row))} ${pipeline}`, 40);
      });
      this.best = texts.length > 0 ? `best ${texts.join(', ')}` : '';
    } catch {
      // The log cannot be read for a moment. The worker tells that, and the line goes on.
    } finally {
      this.bestLookedMs = host.monotonicMs();
      this.isLooking = false;
    }
  }
}

function keyOf({ pipeline, split }: { pipeline: string; split: string }): string {
  return `${pipeline}\0${split}`;
}
