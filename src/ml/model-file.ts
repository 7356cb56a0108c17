/**
 * The model file: a fitted model as JSON that every later version reads. docs/model-file.md describes it member by
 * member. This file goes from models to text and back. It opens no file.
 *
 * A reader refuses what it cannot trust: another format, a newer version, learned numbers that do not give the digest,
 * and any other change since the file was written (`check`). Versions 0.1.0 to 0.3.0 wrote files without a format, a
 * check and the ranges of the training; these are read, too.
 */
import { z } from 'zod';
import type { Config, Scores, Step } from '../base/config.js';
import { classNamesIn, featureNames, type SplitData } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import type { Adjustment } from './calibration/adjustment.js';
import { adjustmentMembers, refuseUnsuited } from './calibration/document.js';
import { ready } from './evaluate.js';
import { trainingOf, type Training } from './explain/contributions.js';
import {
  columnDocuments,
  columnOf,
  columnsOf,
  columnsSchema,
  hasCategories,
  type ModelColumn,
} from './model-columns.js';
import { loadPipeline, pipelineDigest, type FittedPipeline } from './pipeline.js';
import { digest as digestOf, fromText, membersToText } from './serialize.js';
import type { Document } from './types.js';

export const FORMAT = 'spt-model';
/** The newest version of the file that this program reads. */
const NEWEST = 3;

/**
 * The version that a model is written with: the oldest whose readers predict what the model says. Readers of version 1
 * know nothing of calibrations and thresholds, so they would give other probabilities and labels.
 */
function versionOf(model: Model): number {
  if (needsVersion3(model)) return 3;
  return model.calibration || model.threshold ? 2 : 1;
}

/** Readers of version 2 know classes only, columns of numbers only, and tables that have a column of ids. */
export function needsVersion3({
  classes,
  columns,
  table,
}: Pick<Model, 'classes' | 'columns' | 'table'>): boolean {
  return classes.length === 0 || hasCategories(columns) || table?.index === null;
}

/** How a model file begins, also those of 0.1.0 to 0.3.0. */
export const MODEL_STARTS: readonly string[] = [`{\n  "format": "${FORMAT}"`, '{\n  "classes"'];

/** How the tables of the search were written. New tables are read in the same way. */
export interface TableForm {
  /** The column of the ids; null where samples have none and are numbered from 1. */
  index: string | null;
  orientation: 'samples' | 'features';
  /** The cells that mean that there is no value. */
  missing: string[];
}

/** A model and what is known of it. Its pipeline stands before its calibration and threshold. */
export interface Model extends Adjustment {
  config: Config;
  /** The digest of the learned numbers, as in the log. */
  digest: string;
  /** The scores of the config in the log, where it has finished. */
  scores?: Scores;
  /** Which versions trained it. */
  versions: { spt: string; node?: string };
  /** The names of the k classes. A class's code is its place. Empty where the model predicts values. */
  classes: string[];
  /** The p features, in the order of the matrix. */
  columns: ModelColumn[];
  /** How many samples it was fitted on; undefined in a file of 0.1.0 to 0.3.0. */
  samples?: number;
  table?: TableForm;
  /** What explaining needs of the training samples; absent in older files, and where a model is not explained. */
  training?: Training;
  pipeline: FittedPipeline;
}

/** The model of a config that was fitted on its split. */
export function modelOf(
  config: Config,
  data: SplitData,
  fitted: { model: FittedPipeline; digest: string },
  about: Pick<Model, 'versions' | 'scores' | 'table' | 'calibration' | 'threshold'>,
): Model {
  const training = trainingOf(fitted.model, data.train.x, featureNames(data));
  return {
    config,
    digest: fitted.digest,
    ...about,
    classes: classNamesIn(data.target),
    columns: columnsOf(data),
    samples: data.train.x.rows,
    ...(training && { training }),
    pipeline: fitted.model,
  };
}

/** The text of the model file. */
export function modelText(model: Model): string {
  const { versions, config, digest, scores, classes, samples, columns, table, training, pipeline } = model;
  const { calibration, threshold } = model;
  const members: [string, unknown][] = [
    ['format', FORMAT],
    ['version', versionOf(model)],
    ['versions', versions],
    ['config', config],
    ['digest', digest],
    ['scores', scores],
    ...targetMembers(classes),
    ['samples', samples],
    ['columns', columnDocuments(columns)],
    ['table', table],
    ['training', training],
    ['pipeline', pipeline.serialize()],
    ['calibration', calibration],
    ['threshold', threshold],
  ];
  return checkedText(members);
}

/** What a file says of the target: the names of the classes, or that it holds values. */
export function targetMembers(classes: string[]): [string, unknown][] {
  return classes.length > 0 ? [['classes', classes]] : [['task', 'regression']];
}

/** The text of the members that are there, with their `check` at the end. */
export function checkedText(members: readonly [string, unknown][]): string {
  const present = members.filter(([, value]) => value !== undefined) as [string, Document][];
  return membersToText([...present, ['check', checkOf(Object.fromEntries(present))]]);
}

/** The digest of all members but `check`. */
export function checkOf(members: { [name: string]: Document }): string {
  const { check: _, ...others } = members;
  return digestOf(others);
}

const text = z.string();
const object = z.looseObject({});
const numbers = z.instanceof(Float64Array);
const config = z.looseObject({
  id: text,
  pipeline: text,
  split: text,
  train: text,
  scoring: text,
  steps: z.array(z.record(text, z.unknown())),
});
const classes = z.array(text).min(2);

/** What every file says, of one model or of several. Members that a later program adds are let through. */
export const commonMembers = {
  versions: z.looseObject({ spt: text, node: text.optional() }),
  digest: text,
  /** The names of the classes, or the task of a model of values. */
  classes: classes.optional(),
  task: z.literal('regression').optional(),
  samples: z.int().positive(),
  columns: columnsSchema,
  table: z
    .looseObject({
      index: text.nullable(),
      orientation: z.enum(['samples', 'features']),
      missing: z.array(text),
    })
    .optional(),
  check: text,
};

/** What a file says of each model. */
export const modelMembers = {
  config,
  digest: text,
  scores: z.looseObject({}).optional(),
  pipeline: z.looseObject({
    steps: z.array(z.looseObject({ name: text, params: object, fitted: object })).min(1),
  }),
};

/** The members of a file of one model with a version. */
const versioned = z.looseObject({
  ...commonMembers,
  ...modelMembers,
  training: z.looseObject({ means: numbers.optional(), covers: numbers.optional() }).optional(),
  ...adjustmentMembers,
});

/** The members of a file of 0.1.0 to 0.3.0. */
const withoutFormat = z.looseObject({
  spt: text,
  config,
  digest: text,
  classes,
  features: z.array(text).min(1),
  pipeline: versioned.shape.pipeline,
});

/**
 * The model of a file's text. Throws InputError: `bad-model` for other text, for a file that has changed, and for the
 * file of an ensemble, `newer-model` for a version that this program does not know, `unknown-step` and `bad-parameter`.
 */
export async function readModel(textOfFile: string): Promise<Model> {
  const document = documentOf(textOfFile);
  if (isMixed(document)) {
    throw new InputError('bad-model', 'the model file holds an ensemble, and one model is needed', {
      expected: 'the file of one model',
      hint: '`spt rebuild ID --out model.json` writes the model of one config. `spt predict` takes ensembles.',
    });
  }
  return modelOfDocument(document);
}

/** The members of a model file by their names. */
export type ModelDocument = { [name: string]: Document };

/** The JSON of a model file of a version that this program reads. */
export function documentOf(textOfFile: string): ModelDocument {
  return fromText(textOfFile, refuseOthers) as ModelDocument;
}

/** Whether the file holds several models. */
export function isMixed(document: ModelDocument): boolean {
  return 'members' in document;
}

/** The model of a file that holds one. Throws InputErrors as `readModel` does. */
export async function modelOfDocument(document: ModelDocument): Promise<Model> {
  const model = 'format' in document ? readVersioned(document) : readWithoutFormat(document);
  const found = pipelineDigest(document.pipeline);
  if (found !== model.digest) throw changedNumbers(found, model.digest);
  if ('format' in document) refuseChanged(document);
  return { ...model, pipeline: await pipelineOf(document.pipeline) };
}

/** Throws InputError `bad-model` where the members do not give their `check`. */
export function refuseChanged(document: ModelDocument): void {
  const check = checkOf(document);
  if (check !== document.check)
    throw changed('something beside the learned numbers has changed', document.check, check);
}

/** The error for learned numbers whose digest is not the one that the file names. */
export function changedNumbers(found: string, expected: string): InputError {
  return changed('the learned numbers are not those whose digest the file names', found, expected);
}

/** Looks at the JSON of a file before anything else of it is read. */
function refuseOthers(json: unknown): void {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  const { format, version, spt, pipeline, versions } = (isObject ? json : {}) as { [name: string]: unknown };
  const isOld = format === undefined && typeof spt === 'string' && pipeline !== undefined;
  if (!isOld && format !== FORMAT) {
    throw new InputError('bad-model', 'this is not the model file of spt', {
      value: format,
      expected: `an object with "format": "${FORMAT}"`,
      hint: '`spt rebuild ID --out model.json` writes one.',
    });
  }
  if (isOld || (Number.isInteger(version) && (version as number) >= 1 && (version as number) <= NEWEST))
    return;
  if (typeof version !== 'number' || version <= NEWEST) {
    throw new InputError('bad-model', 'the model file has no version', {
      value: version,
      expected: 'a whole number',
    });
  }
  const writer = (versions as { spt?: unknown } | undefined)?.spt;
  const by = typeof writer === 'string' ? ` spt ${writer} wrote it.` : '';
  throw new InputError('newer-model', `the model file has version ${version}, and this spt reads ${NEWEST}`, {
    value: version,
    expected: `at most ${NEWEST}`,
    hint: `Use the spt that wrote the file, or a newer one.${by}`,
  });
}

type Members = Omit<Model, 'pipeline'>;

function readVersioned(document: Document): Members {
  const read = parsed(versioned, document);
  const classes = classesIn(read);
  refuseUnsuited(read, classes.length, REBUILD);
  return { ...(read as unknown as Members), classes, ...tableOf(read) };
}

/** The names of the classes; none of values. Throws InputError `bad-model` where the file tells neither, or both. */
export function classesIn({ classes, task }: { classes?: string[]; task?: string }): string[] {
  if ((classes === undefined) !== (task === undefined)) return classes ?? [];
  throw new InputError(
    'bad-model',
    'the model file is incomplete: classes: neither their names nor a task of values stands there',
    {
      expected: '"classes" with their names, or "task": "regression"',
      hint: REBUILD,
    },
  );
}

/** The columns and the form of tables, without what a later program added. */
export function tableOf({ columns, table }: Pick<z.infer<typeof versioned>, 'columns' | 'table'>): {
  columns: ModelColumn[];
  table?: TableForm;
} {
  return {
    columns: columns.map(columnOf),
    ...(table && { table: { index: table.index, orientation: table.orientation, missing: table.missing } }),
  };
}

function readWithoutFormat(document: Document): Members {
  const { spt, config, digest, classes, features } = parsed(withoutFormat, document);
  return {
    config: config as unknown as Config,
    digest,
    versions: { spt },
    classes,
    columns: features.map(name => ({ name, kind: 'number', smallest: null, largest: null })),
  };
}

/** The members that a schema takes. Throws InputError `bad-model`. */
export function parsed<T>(schema: z.ZodType<T>, document: Document): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new InputError('bad-model', `the model file is incomplete: ${path.join('.')}: ${message}`, {
    hint: REBUILD,
  });
}

const REBUILD = '`spt rebuild` writes the model again.';

function changed(what: string, value: unknown, expected: string): InputError {
  return new InputError('bad-model', `the model file has changed since it was written: ${what}`, {
    value,
    expected,
    hint: `Copy it again from where it is whole. ${REBUILD}`,
  });
}

/** The pipeline of a document. What a step cannot load is the fault of the file: InputError `bad-model`. */
export async function pipelineOf(document: Document): Promise<FittedPipeline> {
  const { steps } = document as unknown as { steps: { name: string; params: Step[string] }[] };
  await ready(steps.map(({ name, params }) => ({ [name]: params })));
  try {
    return loadPipeline(document);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const message = `a step of the model file cannot be read: ${(cause as Error).message}`;
    throw new InputError('bad-model', message, { hint: REBUILD }, { cause });
  }
}
