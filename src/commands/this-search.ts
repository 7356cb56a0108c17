/**
 * Tells which configs of a log belong to the search that the files describe now, and what differs in the others. The
 * tables are not read: the data of a split is the data that the last `spt enqueue` prepared.
 */
import { closeSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CrossValidation } from '../base/config.js';
import { InputErrors } from '../base/errors.js';
import { openFile } from '../base/files.js';
import { defaultFoldType } from '../base/fold-types.js';
import { someOf } from '../base/listing.js';
import { outerOf } from '../base/outer.js';
import { DEFAULT_CV, DEFAULT_SCORING } from '../config/defaults.js';
import { readYaml, type YamlFile } from '../config/yaml.js';
import { isObject } from '../events/format/event.js';
import { differences, foldsOf, type Folds, type Setting } from '../events/ask/setting.js';
import type { State } from '../events/state/state.js';
import type { Beside } from '../events/ask/summary.js';
import type { Host } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import { deadWorkers } from '../log/liveness.js';
import { metrics } from '../ml/scoring/metrics.js';
import { Settings } from '../log/settings.js';
import { type PlaceOptions, configFile, folders } from './place.js';

/** What `config.yaml` says about scores. */
interface Said {
  /** Absent where the tables tell the metric. */
  scoring?: string;
  /** The folds of a search that this metric ranks. */
  cv(scoring: string): Folds;
  splits: ReadonlySet<string>;
}

/** A function that looks at a journal: the settings of its configs, what differs, and which workers are dead. */
export function besides(journal: Journal, host: Host, options: PlaceOptions): () => Promise<Beside> {
  const { log, root } = folders(options);
  const settings = new Settings();
  return async () => {
    const { state } = journal;
    await settings.follow(state, log, host);
    const holders = state.holders().map(({ id }) => id);
    const dead = await deadWorkers(log, host, holders);
    return {
      settings,
      differs: differing(state, settings, said(options), lastData(root)),
      isDead: worker => dead.has(worker),
    };
  };
}

/** For each setting, by its number: what differs from the search of now. */
function differing(
  state: State,
  settings: Settings,
  files: Said | undefined,
  prepared: ReadonlyMap<string, string>,
): string[][] {
  const last = new Array<number>(settings.all.length).fill(-1);
  for (let row = 0; row < state.size; row++) last[settings.of(row)] = row;
  const newest = (fits: (setting: Setting) => boolean): Setting | undefined => {
    let found = -1;
    settings.all.forEach((setting, i) => {
      if (fits(setting) && (found < 0 || last[i] > last[found])) found = i;
    });
    return settings.all[found];
  };
  return settings.all.map(setting => {
    const { split, cv } = setting;
    const isAlike = (other: Setting): boolean =>
      other.split === split && isDeepStrictEqual(columnsOf(other), columnsOf(setting));
    const latest = newest(other => isAlike(other) && (!cv || other.cv !== undefined))!;
    const scoring = files ? (files.scoring ?? usualScoring(latest)) : latest.scoring;
    const folds = files ? files.cv(scoring) : latest.cv;
    const now = { split, scoring, ...(cv && folds && { cv: folds }) };
    const data =
      newest(other => isAlike(other) && other.data === prepared.get(split)) ??
      newest(other => isAlike(other) && differences({ ...other, data: undefined }, now).length === 0) ??
      newest(isAlike);
    const words = differences(setting, { ...now, data: data!.data });
    const written = outerOf(split)?.split ?? split;
    if (files && !files.splits.has(written) && !files.splits.has(`train_${written}`))
      words.push('a split that config.yaml does not have');
    return words;
  });
}

/** The columns that folds are made of. They are a part of the data. */
const columnsOf = ({ cv }: Setting): unknown[] => [cv?.group, cv?.by];

/** The metric that ranks where the file tells neither a metric nor the task: the table told the task. */
const usualScoring = ({ scoring }: Setting): string =>
  Object.values<string>(DEFAULT_SCORING).includes(scoring) ? scoring : DEFAULT_SCORING.classification;

/** What the file of this search says. Undefined if it cannot be read. */
function said(options: PlaceOptions): Said | undefined {
  const file = configFile(options);
  if (!file) return undefined;
  const { scoring, task, cv, seed, splits } = isObject(file.value) ? file.value : {};
  const usual = task === 'regression' || task === 'classification' ? DEFAULT_SCORING[task] : undefined;
  const ranking = typeof scoring === 'string' ? scoring : usual;
  return {
    ...(ranking !== undefined && { scoring: ranking }),
    cv: scoring => foldsOf(saidFolds(file, cv, scoring), typeof seed === 'number' ? seed : 0),
    splits: new Set(isObject(splits) ? Object.keys(splits) : []),
  };
}

/** The cross-validation as configs have it: names as they are written, and no type that is the default. */
function saidFolds(file: YamlFile, cv: unknown, scoring: string): CrossValidation {
  const written = isObject(cv) ? (cv as unknown as CrossValidation) : DEFAULT_CV;
  const [group, by] = [file.sourceOf(['cv', 'group']), file.sourceOf(['cv', 'by'])];
  const named = { ...(group !== undefined && { group }), ...(by !== undefined && { by }) };
  const { type, ...folds } = { ...DEFAULT_CV, ...written, ...named };
  const target = metrics.get(scoring)?.task === 'classification' ? 'classes' : 'values';
  return type === undefined || type === defaultFoldType(folds, target) ? folds : { ...folds, type };
}

/**
 * Sentences about the files that were written after the last `spt enqueue`: what they say may not be in the log yet.
 * Times of files tell this, so a file that was only copied is named, too.
 */
export function changedSince(options: PlaceOptions): string[] {
  const { root } = folders(options);
  const enqueued = writtenAt(lastDataFile(root));
  if (enqueued === undefined) return [];
  const config = options.config ?? join(root, 'configs', 'config.yaml');
  const files = [
    config,
    options.pipeConfigs ?? join(root, 'configs', 'pipe_configs.yaml'),
    ...tablesOf(config, root),
  ];
  const later = files.filter(path => (writtenAt(path) ?? 0) > enqueued);
  if (later.length === 0) return [];
  const names = someOf(later.map(path => relative(root, path)));
  const verb = later.length === 1 ? 'was' : 'were';
  return [
    `${names} ${verb} written after the last spt enqueue. The scores are those of what was enqueued then. ` +
      'Run spt enqueue with --dry-run to see whether anything is new.',
  ];
}

/** The two tables that a config names; none if it cannot be read. */
function tablesOf(config: string, root: string): string[] {
  try {
    const { value } = readYaml(config);
    const { features, metadata } = isObject(value) && isObject(value.data) ? value.data : {};
    return [features, metadata].flatMap(path => (typeof path === 'string' ? [resolve(root, path)] : []));
  } catch {
    return [];
  }
}

/** When a file was written last, in milliseconds; undefined if there is none. */
function writtenAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** A file that may be deleted at any time. It holds the data of each split when it was last enqueued. */
const lastDataFile = (root: string): string => join(root, 'data', '.enqueued.json');

function lastData(root: string): Map<string, string> {
  const path = lastDataFile(root);
  try {
    const value = existsSync(path) ? readYaml(path).value : undefined;
    const entries = isObject(value) ? Object.entries(value) : [];
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch (error) {
    if (error instanceof InputErrors) return new Map();
    throw error;
  }
}

/** Writes down the data of the splits that are enqueued now. Without this file, the newest configs are meant. */
export function noteData(root: string, digests: ReadonlyMap<string, string>): void {
  const all = new Map([...lastData(root), ...digests]);
  const path = lastDataFile(root);
  const written = `${path}.${process.pid}`;
  try {
    const file = openFile(written, 'create');
    try {
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(all))}\n`);
    } finally {
      closeSync(file);
    }
    renameSync(written, path);
  } catch {
    rmSync(written, { force: true });
  }
}
