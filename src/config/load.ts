import { join, relative, resolve } from 'node:path';
import type { z } from 'zod';
import type { CrossValidation } from '../base/config.js';
import { InputError, InputErrors, type Place } from '../base/errors.js';
import type { Filter, TableSource } from '../data/types.js';
import { metrics as allMetrics } from '../ml/metrics.js';
import { registry as allSteps } from '../ml/registry.js';
import { complaintsOf, throwAll } from './complaints.js';
import { readPipeline, type Pipeline, type Reading, type Registry } from './pipeline.js';
import { configSchema, pipelinesSchema, type ConfigFile, type Where } from './schema.js';
import { writtenFilter } from './where.js';
import { readYaml, type Path, type YamlFile } from './yaml.js';

/**
 * The two files of a search, read and checked whole: what is returned can be searched, and of what cannot, everything
 * is told at once.
 */
export interface Experiment {
  source: TableSource;
  /** Each split's filter over the metadata. */
  splits: Map<string, Filter>;
  /** What the file says of cross-validation, if anything. */
  cv?: CrossValidation;
  /** The metric that ranks. */
  scoring: string;
  /** The metrics that are reported beside it. */
  metrics: string[];
  seed: number;
  worker: WorkerLimits;
  pipelines: Map<string, Pipeline>;
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
}

export interface Files {
  /** Instead of `configs/config.yaml` and `configs/pipe_configs.yaml` under the root. */
  config?: string;
  pipeConfigs?: string;
}

/** The steps and metrics that the files may name. */
export interface Vocabulary {
  steps: Registry;
  metrics: ReadonlyMap<string, { name: string; aliases: readonly string[]; needs: string }>;
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
  const pipes = checked(
    files.pipeConfigs ?? join(root, 'configs', 'pipe_configs.yaml'),
    pipelinesSchema,
    errors,
  );
  const ranking = vocabulary.metrics.get(config?.value.scoring ?? '');
  const pipelines = new Map<string, Pipeline>();
  if (pipes) {
    const reading: Reading = {
      file: pipes.file,
      registry: vocabulary.steps,
      seed: config?.value.seed ?? 0,
      needsProbabilities: ranking?.needs === 'probabilities',
      errors,
    };
    for (const [name, written] of Object.entries(pipes.value)) {
      const pipeline = readPipeline(reading, name, written);
      if (pipeline) pipelines.set(name, pipeline);
    }
  }
  throwAll(errors);
  return experimentOf(resolve(root), config!.value, config!.file, pipelines);
}

/** A file as it is named in errors: from here, where that is no detour. */
export function shownName(file: string): string {
  const near = relative(process.cwd(), file);
  return near === '' || near.startsWith('..') ? file : near;
}

/** A file's content after its schema, or undefined where `errors` got what is wrong with it. */
function checked<T>(name: string, schema: z.ZodType<T>, errors: InputError[]) {
  let file: YamlFile;
  try {
    file = readYaml(shownName(name));
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    errors.push(...error.errors);
    return undefined;
  }
  const result = schema.safeParse(file.value);
  if (result.success) return { file, value: result.data };
  const { value, placeOf, placeOfKey } = file;
  errors.push(...complaintsOf(result.error.issues, { schema, value, placeOf, placeOfKey }));
  return undefined;
}

/** The limits as the program calls them. */
export function limitsOf({ timeout, attempts, losses, lease }: ConfigFile['worker']): WorkerLimits {
  return { timeoutMs: timeout, attempts, losses, leaseMs: lease };
}

function experimentOf(
  root: string,
  config: ConfigFile,
  file: YamlFile,
  pipelines: Map<string, Pipeline>,
): Experiment {
  // Names and markers count as they were written: `1.0` is not `1` in a table's header or cell.
  const text = (...path: Path): string => file.sourceOf(path) ?? '';
  const { positive, missing, cv, worker } = config;
  const written = (file.value as { missing?: unknown[] }).missing;
  return {
    source: {
      features: resolve(root, config.data.features),
      orientation: config.data.orientation,
      metadata: resolve(root, config.data.metadata),
      index: text('index'),
      target: text('target'),
      ...(positive === undefined ? {} : { positive: text('positive') }),
      missing: written ? missing.map((_, i) => text('missing', i)) : missing.map(String),
    },
    splits: new Map(
      Object.entries(config.splits).map(([name, { where }]) => [
        name,
        writtenFilter(where as Where, ['splits', name, 'where'], file.sourceOf),
      ]),
    ),
    ...(cv === undefined
      ? {}
      : { cv: cv.group === undefined ? (cv as CrossValidation) : { ...cv, group: text('cv', 'group') } }),
    scoring: config.scoring,
    metrics: [...new Set(config.metrics)],
    seed: config.seed,
    worker: limitsOf(worker),
    pipelines,
    placeOf: file.placeOf,
  };
}
