/**
 * Finds new configs that have a twin in the log: a config with the same steps and parameters that differs in something
 * else. The new config is trained, and the user should know why. This file only looks and changes nothing.
 */
import type { Config, Step } from '../base/config.js';
import { canonicalJson } from '../base/json.js';
import { counted } from '../base/listing.js';
import { decode, isWholeConfig } from '../events/format/decode.js';
import { foldsOf, foldsText } from '../events/ask/setting.js';
import type { Host } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import { visitConfigs } from '../log/records.js';
import { registry } from '../ml/registry.js';

/** The most new configs, and the most of the log's last configs, that are looked at. */
const MOST_LOOKED_AT = 100_000;

/** A config without its steps. */
type Frame = Omit<Config, 'id' | 'steps'>;

export class Twins {
  /** The number of configs in the log before. */
  private readonly before: number;
  private readonly added: { steps: string; frame: Frame }[] = [];
  private readonly frames = new Map<string, Frame>();

  constructor(
    private readonly journal: Journal,
    private readonly host: Host,
    private readonly log: string,
  ) {
    this.before = journal.state.size;
  }

  /** Takes note of a new config. */
  add({ id: _, steps, ...frame }: Config): void {
    if (this.before === 0 || this.added.length === MOST_LOOKED_AT) return;
    this.added.push({ steps: meaningOf(steps), frame: this.shared(frame) });
  }

  /** A sentence for each way in which new configs differ from their twins. */
  async notes(): Promise<string[]> {
    if (this.added.length === 0) return [];
    const twins = await this.twins(new Set(this.added.map(({ steps }) => steps)));
    const counts = new Map<string, number>();
    for (const { steps, frame } of this.added) {
      const words = fewest([...(twins.get(steps) ?? [])].map(twin => twinWords(twin, frame)));
      if (words) counts.set(words, (counts.get(words) ?? 0) + 1);
    }
    const atLeast = this.added.length === MOST_LOOKED_AT ? 'at least ' : '';
    return [...counts].map(
      ([words, n]) =>
        `${atLeast}${counted(n, 'new config')} ${n === 1 ? 'is' : 'are'} in the log already ${words}: trained again.`,
    );
  }

  /** What the log has with these steps. */
  private async twins(wanted: ReadonlySet<string>): Promise<Map<string, Set<Frame>>> {
    const { state } = this.journal;
    const found = new Map<string, Set<Frame>>();
    const rows = [Math.max(0, this.before - MOST_LOOKED_AT), this.before] as const;
    await visitConfigs(this.log, this.host, state, rows, (bytes, start, end) => {
      const entry = decode(bytes, start, end);
      if (typeof entry === 'string' || entry.event.type !== 'enqueued') return;
      if (!isWholeConfig(entry.event.config)) return;
      const { id: _, steps, ...frame } = entry.event.config;
      const meaning = meaningOf(steps);
      if (!wanted.has(meaning)) return;
      const frames = found.get(meaning) ?? new Set();
      found.set(meaning, frames.add(this.shared(frame)));
    });
    return found;
  }

  /** One object for all equal frames, because there are few different ones. */
  private shared(frame: Frame): Frame {
    const key = JSON.stringify(frame);
    const known = this.frames.get(key);
    if (known) return known;
    this.frames.set(key, frame);
    return frame;
  }
}

/** A text that is equal for steps that mean the same: parameters with their default values are left out. */
function meaningOf(steps: readonly Step[]): string {
  return canonicalJson(
    steps.map(step => {
      const [[name, params]] = Object.entries(step);
      const defaults = defaultsOf(name);
      const said = Object.entries(params ?? {}).filter(
        ([parameter, value]) => defaults.get(parameter) !== canonicalJson(value),
      );
      return [name, Object.fromEntries(said)];
    }),
  );
}

const knownDefaults = new Map<string, Map<string, string>>();

/** The defaults of a step's parameters, as canonical JSON. */
function defaultsOf(name: string): Map<string, string> {
  const known = knownDefaults.get(name);
  if (known) return known;
  const parsed = registry.get(name)?.params.safeParse({});
  const values = Object.entries((parsed?.success && parsed.data) || {}) as [string, never][];
  const written = values.filter(([, value]) => value !== undefined);
  const defaults = new Map(written.map(([parameter, value]) => [parameter, canonicalJson(value)]));
  knownDefaults.set(name, defaults);
  return defaults;
}

/** What differs between a twin and the new config, as phrases about the twin; undefined if it is no twin. */
function twinWords(twin: Frame, now: Frame): string[] | undefined {
  const words: string[] = [];
  const isRenamed = twin.split !== now.split || twin.train !== now.train || twin.validate !== now.validate;
  if (twin.data !== now.data && isRenamed) return undefined;
  if (twin.data !== now.data) words.push('with other data');
  if (isRenamed) words.push(`under the split ${twin.split}`);
  if (twin.pipeline !== now.pipeline) words.push(`under the pipeline ${twin.pipeline}`);
  const [then, current] = [twin, now].map(({ cv, seed }) => foldsText(cv && foldsOf(cv, seed)));
  if (then !== current) words.push(`with ${then}`);
  else if (canonicalJson(twin.cv ?? null) !== canonicalJson(now.cv ?? null))
    words.push('with the same folds, written in another way');
  if (twin.scoring !== now.scoring) words.push(`ranked by ${twin.scoring}`);
  words.push(...metricWords(twin.metrics, now.metrics));
  if (twin.seed !== now.seed) words.push(`with the seed ${twin.seed}`);
  if (words.length === 0) words.push('with a default written out or left out');
  return words;
}

function metricWords(then: readonly string[], now: readonly string[]): string[] {
  if (then.length === now.length && then.every((name, i) => name === now[i])) return [];
  const isSameSet = then.length === now.length && then.every(name => now.includes(name));
  return [isSameSet ? 'with the metrics in another order' : `with other metrics (${then.join(', ')})`];
}

/** What differs from the nearest of several twins. */
function fewest(all: (string[] | undefined)[]): string | undefined {
  const twins = all.filter(words => words !== undefined);
  if (twins.length === 0) return undefined;
  return twins.reduce((a, b) => (b.length < a.length ? b : a)).join(' and ');
}
