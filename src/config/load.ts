import { join, relative, resolve } from 'node:path';
import type { z } from 'zod';
import type { Direction } from '../base/direction.js';
import { InputError, InputErrors, type Place } from '../base/errors.js';
import type { Selection } from '../data/selection.js';
import type { Filter, KindRule, TableSource } from '../data/types.js';
import { metrics as allMetrics } from '../ml/scoring/metrics.js';
import { registry as allSteps } from '../ml/registry.js';
import type { Task } from '../ml/task.js';
import { complaintsOf, throwAll } from './complaints.js';
import type { WrittenFolds } from './fold-keys.js';
import { PipelineReader, type Pipeline, type Reading } from './pipeline.js';
import { configSchema, pipelinesSchema, type ConfigFile, type Where } from './schema.js';
import { readSections } from './sections.js';
import type { Registry } from './step-reader.js';
import { writtenFilter } from './where.js';
import { readYaml, type Path, type YamlFile } from './yaml.js';

/**
 * A search, as its two files describe it. Both files are read and checked as a whole, and all mistakes are thrown
 * together.
 */
export interface Experiment {
  source: TableSource;
  /** Each split's filter over the metadata. */
  splits: Map<string, Filter>;
  /** What the file says of cross-validation, if anything. */
  cv?: WrittenFolds;
  /** The metadata column of the weights of samples. */
  weights?: string;
  /** The metric that ranks, where the file names one. */
  scoring?: string;
  /** Whether its larger or its smaller scores rank first. */
  direction?: Direction;
  /** The metrics that are reported beside the ranking one. */
  metrics: string[];
  seed: number;
  worker: WorkerLimits;
  pipelines: Map<string, Pipeline>;
  /** Pipelines that were not asked for and could not be read, with what is wrong. */
  unread: Map<string, InputError[]>;
  /** Where something stands in `config.yaml`, for errors that are found later: `placeOf(['splits', 'A1', 'where'])`. */
  placeOf(path: Path): Place;
}

export interface WorkerLimits {
  /** How long one config may train. */
  timeoutMs: number;
  /** How often a config that failed is tried. */
  attempts: number;
  /** How often a config may be lost with its worker before it is given up. */
  losses: number;
  /** How long a worker may be silent before it is thought dead. */
  leaseMs: number;
  /** Whether workers keep the predictions of samples that the models did not see. */
  keepsPredictions: boolean;
}

export interface Files {
  /** Instead of `configs/config.yaml` and `configs/pipe_configs.yaml` under the root. */
  config?: string;
  pipeConfigs?: string;
  /** The pipelines that are asked for; absent: all. Errors in other pipelines are not thrown. */
  pipelines?: readonly string[];
}

/** What reading the files needs to know of a metric. */
interface KnownMetric {
  name: string;
  aliases: readonly string[];
  needs?: string;
  task?: Task;
  direction: Direction;
}

/** The steps and metrics that the files may name. */
export interface Vocabulary {
  steps: Registry;
  metrics: ReadonlyMap<string, KnownMetric>;
}

/**
 * Reads the search of a root folder; the tables' paths are relative to that folder. Throws InputErrors with all that
 * is wrong in the two files.
 */
export function loadExperiment(
  root: string,
  files: Files = {},
  vocabulary: Vocabulary = { steps: allSteps, metrics: allMetrics },
): Experiment {
  const errors: InputError[] = [];
  const config = checked(
    files.config ?? join(root, 'configs', 'config.yaml'),
    configSchema(vocabulary.metrics),
    errors,
  );
  const pipes = readPipes(files, root, errors);
  const ranking = vocabulary.metrics.get(config?.value.scoring ?? '');
  const pipelines = new Map<string, Pipeline>();
  const unread = pipes?.unread ?? new Map<string, InputError[]>();
  if (pipes) {
    const reading: Reading = {
      file: pipes.file,
      registry: vocabulary.steps,
      seed: config?.value.seed ?? 0,
      needsProbabilities: ranking?.needs === 'probabilities',
    };
    for (const [name, written] of Object.entries(pipes.value)) {
      const reader = new PipelineReader(reading, name);
      const pipeline = reader.read(written);
      if (pipeline) pipelines.set(name, pipeline);
      else if (isAsked(files, name)) errors.push(...reader.errors);
      else unread.set(name, reader.errors);
    }
  }
  throwAll(errors);
  const experiment = experimentOf(resolve(root), config!.value, config!.file, pipelines);
  const { task } = config!.value;
  const source: TableSource = {
    ...experiment.source,
    ...(task && { task }),
    ...(ranking?.task === 'regression' && { ranksValues: true }),
  };
  return { ...experiment, source, ...(ranking && { direction: ranking.direction }), unread };
}

function isAsked({ pipelines }: Files, name: string): boolean {
  return pipelines?.includes(name) ?? true;
}

/** The name of a file in errors. It is relative if the file is below the current folder. */
export function shownName(file: string): string {
  const near = relative(process.cwd(), file);
  return near === '' || near.startsWith('..') ? file : near;
}

/** A file's content as its schema gives it; undefined where `errors` got its mistakes. */
function checked<T>(name: string, schema: z.ZodType<T>, errors: InputError[]) {
  try {
    const file = readYaml(shownName(name));
    const value = fitted(file, file.value, schema, errors);
    return value === undefined ? undefined : { file, value };
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    errors.push(...error.errors);
    return undefined;
  }
}

/** A value of a file as its schema gives it; undefined where `errors` got its mistakes. */
function fitted<T>(
  file: YamlFile,
  value: unknown,
  schema: z.ZodType<T>,
  errors: InputError[],
): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { placeOf, placeOfKey } = file;
  errors.push(...complaintsOf(result.error.issues, { schema, value, placeOf, placeOfKey }));
  return undefined;
}

/** The pipelines as they are written. Errors of a pipeline that was not asked for go to `unread`. */
function readPipes(files: Files, root: string, errors: InputError[]) {
  const name = files.pipeConfigs ?? join(root, 'configs', 'pipe_configs.yaml');
  if (!files.pipelines) {
    const all = checked(name, pipelinesSchema, errors);
    return all && { ...all, unread: new Map<string, InputError[]>() };
  }
  let read: ReturnType<typeof readSections>;
  try {
    read = readSections(shownName(name), files.pipelines);
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    errors.push(...error.errors);
    return undefined;
  }
  const { file, unread } = read;
  const isMap = typeof file.value === 'object' && file.value !== null && !Array.isArray(file.value);
  const written: { [name: string]: unknown } = {};
  for (const [key, value] of Object.entries(isMap ? (file.value as object) : {})) {
    const wrong: InputError[] = [];
    if (!isAsked(files, key)) fitted(file, { [key]: value }, pipelinesSchema, wrong);
    if (wrong.length === 0) written[key] = value;
    else unread.set(key, wrong);
  }
  const value = fitted(file, isMap ? written : file.value, pipelinesSchema, errors);
  return value && { file, value, unread };
}

/** The limits under the names that the program uses, with units. */
export function limitsOf({ timeout, attempts, losses, lease, keep }: ConfigFile['worker']): WorkerLimits {
  return { timeoutMs: timeout, attempts, losses, leaseMs: lease, keepsPredictions: keep === 'predictions' };
}

/** The tables, how they are written, and which columns are features. */
function filesOf(
  root: string,
  { data, splits, cv, weights }: ConfigFile,
  file: YamlFile,
): Pick<TableSource, 'features' | 'metadata' | 'orientation' | 'dialect' | 'select' | 'aside'> {
  const { table, features, metadata, orientation = 'samples', delimiter, decimal, encoding } = data;
  const dialect = {
    ...(delimiter && { delimiter }),
    ...(decimal && { decimal }),
    ...(encoding && { encoding }),
  };
  if (table === undefined) {
    const [first, second] = [features as string, metadata!].map(name => resolve(root, name));
    return { features: first, metadata: second, orientation, dialect };
  }
  const one = resolve(root, table);
  const aside = new Set(Object.values(splits).flatMap(({ where }) => Object.keys(where)));
  for (const key of ['group', 'by'] as const)
    if (cv?.[key] !== undefined) aside.add(file.sourceOf(['cv', key])!);
  if (weights !== undefined) aside.add(file.sourceOf(['weights'])!);
  const select = selectionOf(features as Exclude<typeof features, string>, file);
  return { features: one, metadata: one, orientation, dialect, aside: [...aside], ...(select && { select }) };
}

function selectionOf(
  written: Exclude<ConfigFile['data']['features'], string>,
  file: YamlFile,
): Selection | undefined {
  if (written === undefined) return undefined;
  const isList = Array.isArray(written);
  const path: Path = isList ? ['data', 'features'] : ['data', 'features', 'except'];
  const patterns = (isList ? written : written.except).map((_, i) => ({
    text: file.sourceOf([...path, i])!,
    place: file.placeOf([...path, i]),
  }));
  return { kind: isList ? 'only' : 'except', patterns };
}

/** The rules of `columns:`. Levels count as they are written. */
function kindRules(columns: NonNullable<ConfigFile['columns']>, file: YamlFile): KindRule[] {
  return Object.entries(columns).map(([pattern, kind]) => {
    const place = file.placeOf(['columns', pattern]);
    if (typeof kind === 'string') return { pattern, kind, place };
    const levels = kind.ordered.map((_, i) => file.sourceOf(['columns', pattern, 'ordered', i]) ?? '');
    return { pattern, kind: 'ordered', levels, place };
  });
}

function experimentOf(
  root: string,
  config: ConfigFile,
  file: YamlFile,
  pipelines: Map<string, Pipeline>,
): Omit<Experiment, 'unread'> {
  // Names and markers count as they were written: `1.0` is not `1` in a table's header or cell.
  const text = (...path: Path): string => file.sourceOf(path) ?? '';
  const { positive, missing, cv, worker } = config;
  const written = (file.value as { missing?: unknown[] }).missing;
  return {
    source: {
      ...filesOf(root, config, file),
      ...(config.index === undefined ? {} : { index: text('index') }),
      target: text('target'),
      ...(positive === undefined ? {} : { positive: text('positive') }),
      missing: written ? missing.map((_, i) => text('missing', i)) : missing.map(String),
      ...(config.columns && { kinds: kindRules(config.columns, file) }),
    },
    splits: new Map(
      Object.entries(config.splits).map(([name, { where }]) => [
        name,
        writtenFilter(where as Where, ['splits', name, 'where'], file.sourceOf),
      ]),
    ),
    ...(config.weights !== undefined && { weights: text('weights') }),
    ...(cv !== undefined && {
      cv: {
        ...cv,
        ...(cv.group !== undefined && { group: text('cv', 'group') }),
        ...(cv.by !== undefined && { by: text('cv', 'by') }),
      } as WrittenFolds,
    }),
    ...(config.scoring !== undefined && { scoring: config.scoring }),
    metrics: [...new Set(config.metrics)],
    seed: config.seed,
    worker: limitsOf(worker),
    pipelines,
    placeOf: file.placeOf,
  };
}
