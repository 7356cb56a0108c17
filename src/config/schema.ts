import { z } from 'zod';
import type { Json } from '../base/config.js';
import { isPlainName, MAX_NAME, NAME } from '../base/names.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { foldTypes } from '../base/fold-types.js';
import { DECIMALS, DELIMITERS } from '../data/dialect.js';
import { ENCODINGS } from '../data/encoding.js';
import { TABLE_EXPECTED, TABLE_NAME, formatHint } from '../data/format.js';
import type { Filter } from '../data/types.js';
import type { CheckParams } from './complaints.js';
import { DEFAULT_MISSING } from './defaults.js';
import { foldComplaints } from './fold-keys.js';
import { DURATION, DURATION_EXPECTED, parseDuration } from './duration.js';

/**
 * The schemas of `configs/config.yaml` and of `configs/pipe_configs.yaml` down to its steps. Unknown keys are refused.
 * Keys that are left out have the defaults that stand here. Where zod cannot tell what a check takes, `.meta()` tells
 * it in the words of JSON Schema, for json-schema.ts.
 */

/** The metrics that a search may name, as ml/scoring/metrics.ts has them. */
export type Metrics = ReadonlyMap<string, { name: string; aliases: readonly string[] }>;

/** Names of splits and pipelines become parts of file names and columns of tables. */
const NAME_EXPECTED = `letters, digits, _ . and -, at most ${MAX_NAME}, and a letter or digit first`;

/** `params` of an issue, with the type that complaints.ts reads. */
export const params = (told: CheckParams): CheckParams => told;

/** A name that is safe as a part of a path: no separator, no dot in front, no control character. */
export const plainName = z
  .string()
  .refine(name => isPlainName(name), { message: `this is not a plain name (${NAME_EXPECTED})` })
  .meta({ pattern: NAME.source, maxLength: MAX_NAME });

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);

/** Text that may look like a number (`target: 1`). Its written form counts, and YamlFile.sourceOf gives that form. */
const word = (what: string) =>
  z
    .custom<Scalar>(value => isScalar(value) && value !== '', {
      message: `this is not ${what}`,
      params: params({ code: 'wrong-type', expected: what }),
      // Checks of the whole file run as well.
      abort: false,
    })
    .meta({ type: ['string', 'number', 'boolean'], minLength: 1 });

export const columnName = word('the name of a column');

const table = z
  .string()
  .max(4096)
  .superRefine((name, context) => {
    if (TABLE_NAME.test(name)) return;
    context.addIssue({
      code: 'custom',
      message: 'the name of the table does not say what kind of file it is',
      params: params({ code: 'unknown-format', expected: TABLE_EXPECTED, hint: formatHint(name) }),
    });
  })
  .meta({ pattern: TABLE_NAME.source });

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const limit = z.union([z.number(), z.string()]);
const values = z.array(scalar).min(1).max(100_000);

const comparison = z
  .strictObject({
    gte: limit.optional(),
    gt: limit.optional(),
    lte: limit.optional(),
    lt: limit.optional(),
    not: z.union([scalar, values]).optional(),
    in: values.optional(),
  })
  .refine(map => Object.keys(map).length > 0, {
    message: 'the condition is empty',
    params: params({ code: 'empty-condition', expected: 'one or more of gte, gt, lte, lt, not, in' }),
  });

const split = z.strictObject({ where: z.record(z.string(), z.union([scalar, values, comparison])) });

/** The levels of an ordered column. The written form counts, as in `word`. */
const levels = z
  .array(scalar)
  .min(2)
  .max(10_000)
  .superRefine((list, context) => {
    const again = list.findIndex((level, i) => list.indexOf(level) < i);
    if (again < 0) return;
    const told = params({ code: 'level-twice', expected: 'each level once' });
    context.addIssue({ code: 'custom', path: [again], message: 'the level stands twice', params: told });
  });

/** What a column holds. */
const columnKind = z.union([z.enum(['number', 'category', 'boolean']), z.strictObject({ ordered: levels })]);

/** The shortest lease, in milliseconds. With a shorter one, slow workers would count as dead, and work would repeat. */
const SHORTEST_LEASE_MS = 1000;

/** A duration as an editor checks it. */
const DURATION_FORM = { type: 'string', pattern: DURATION.source };

/** A duration, in milliseconds. */
const duration = z.unknown().transform((value, context) => {
  const milliseconds = typeof value === 'string' ? parseDuration(value) : undefined;
  if (milliseconds !== undefined) return milliseconds;
  const hint =
    typeof value === 'number' && value > 0 ? `Write the unit: \`${value}s\` are seconds.` : undefined;
  context.addIssue({
    code: 'custom',
    message: 'this is not a duration',
    params: params({ code: 'bad-duration', expected: DURATION_EXPECTED, hint }),
  });
  return z.NEVER;
});

/** Words for what stands between cells, beside the character itself. */
const DELIMITER_WORDS: { [word: string]: (typeof DELIMITERS)[number] } = {
  ...{ comma: ',', tab: '\t', semicolon: ';', bar: '|', blank: ' ' },
  ...Object.fromEntries(DELIMITERS.map(delimiter => [delimiter, delimiter])),
};

const delimiter = z
  .enum(Object.keys(DELIMITER_WORDS) as [string, ...string[]])
  .transform(word => DELIMITER_WORDS[word]);

const names = z.array(columnName).min(1).max(100_000);

/** Which columns of one table are features. */
const selection = z.union([names, z.strictObject({ except: names })]);

/** A key that the other form of \`data:\` has, and the form that it belongs to. */
const misplaced = (key: string, hint: string) => ({
  code: 'custom' as const,
  path: [key],
  message: `\`${key}\` does not belong here`,
  params: params({ code: 'misplaced-key', hint, key: true }),
});

const isSelection = (value: unknown): boolean => value !== undefined && typeof value !== 'string';

/** Two tables that are joined, or one table that holds all. */
const dataSection = z
  .strictObject({
    table: table.optional(),
    features: z.union([table, selection]).optional(),
    metadata: table.optional(),
    orientation: z.enum(['samples', 'features']).optional(),
    delimiter: delimiter.optional(),
    decimal: z.enum(DECIMALS).optional(),
    encoding: z.enum(ENCODINGS).optional(),
  })
  .superRefine((data, context) => {
    if (data.table !== undefined) {
      const one = 'With `table:`, one file holds the features, the target and all else.';
      for (const key of ['metadata', 'orientation'] as const)
        if (data[key] !== undefined) context.addIssue(misplaced(key, one));
      if (typeof data.features === 'string')
        context.addIssue(misplaced('features', `${one} \`features:\` then lists columns, or \`except:\`.`));
      return;
    }
    if (isSelection(data.features)) {
      const hint = 'A list of columns needs `table:` with the file that has them.';
      context.addIssue(misplaced('features', hint));
    }
    for (const key of ['features', 'metadata'] as const) {
      if (data[key] !== undefined) continue;
      const expected = `${TABLE_EXPECTED}; or one file for all, under \`table:\``;
      const told = params({ code: 'missing-key', expected });
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `the key \`${key}\` is missing`,
        params: told,
      });
    }
  });

const seed = z.int().min(0);

const crossValidation = z
  .strictObject({
    type: z.enum(foldTypes).optional(),
    folds: z.int().min(2).max(1000).optional(),
    shuffle: z.boolean().optional(),
    seed: seed.optional(),
    repeats: z.int().min(1).max(1000).optional(),
    group: columnName.optional(),
    by: columnName.optional(),
    gap: z.int().min(0).max(1_000_000).optional(),
    outer: z.int().min(2).max(100).optional(),
  })
  .superRefine((cv, context) => {
    for (const { at, message, ...told } of foldComplaints(cv)) {
      context.addIssue({ code: 'custom', path: [at], message, params: params(told) });
    }
  });

/** Names of scikit-learn's scorers, and how the metric here differs. */
const HABITS: { [alias: string]: string } = {
  neg_log_loss: 'log_loss is ranked from small to large by itself.',
  neg_brier_score: 'brier_score is ranked from small to large by itself.',
};

/** The hint for an unknown metric: the metric of that alias, else the nearest name. */
function metricHint(name: string, metrics: Metrics): string | undefined {
  const meant = [...metrics.values()].find(({ aliases }) => aliases.includes(name.toLowerCase()));
  const question = meant ? `Did you mean \`${meant.name}\`?` : didYouMean(name, metrics.keys());
  return HABITS[name] === undefined ? question : [question, HABITS[name]].filter(Boolean).join(' ');
}

const metricName = (metrics: Metrics) =>
  z
    .string()
    .superRefine((name, context) => {
      if (metrics.has(name)) return;
      const told = params({
        code: 'unknown-metric',
        expected: oneOf(metrics.keys()),
        hint: metricHint(name, metrics),
      });
      context.addIssue({ code: 'custom', message: 'there is no such metric', params: told });
    })
    .meta({ enum: [...metrics.keys()] });

/** The section `worker:`. Workers read only this section. */
export const workerSchema = z
  .strictObject({
    timeout: duration.meta(DURATION_FORM).prefault('1h'),
    attempts: z.int().min(1).max(100).default(3),
    losses: z.int().min(1).max(1000).default(10),
    lease: duration
      .refine(milliseconds => milliseconds >= SHORTEST_LEASE_MS, {
        message: 'the lease is too short',
        params: params({
          code: 'short-lease',
          expected: 'at least 1s',
          hint: 'Every worker must reach the log within a lease. On a shared file system, leave the lease at 60s.',
        }),
      })
      .meta(DURATION_FORM)
      .prefault('60s'),
    keep: z.enum(['predictions']).optional(),
  })
  .prefault({});

/** `configs/config.yaml`. */
export function configSchema(metrics: Metrics) {
  return z
    .strictObject({
      data: dataSection,
      index: columnName.optional(),
      target: columnName,
      task: z.enum(['classification', 'regression']).optional(),
      positive: word('a value of the target').optional(),
      weights: columnName.optional(),
      missing: z
        .array(z.union([scalar, z.null()]))
        .max(1000)
        .default([...DEFAULT_MISSING]),
      columns: z.record(z.string().max(1000), columnKind).optional(),
      splits: z.record(plainName, split).refine(splits => Object.keys(splits).length > 0, {
        message: 'there are no splits',
        params: params({ code: 'no-splits', expected: 'a map of names, each with its `where`' }),
      }),
      cv: crossValidation.optional(),
      scoring: metricName(metrics).optional(),
      metrics: z.array(metricName(metrics)).max(100).default([]),
      seed: seed.default(0),
      worker: workerSchema,
    })
    .refine(joins, {
      path: ['index'],
      message: 'the key `index` is missing',
      params: params({ code: 'missing-key', expected: 'the name of the column that joins the two tables' }),
      // Other mistakes of the file do not hide this one.
      when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
    });
}

/** Whether a config names an index, or has one table, which needs none. */
function joins({ data, index }: { data?: { table?: unknown }; index?: unknown }): boolean {
  return index !== undefined || Object(data).table !== undefined;
}

export type ConfigFile = z.infer<ReturnType<typeof configSchema>>;
export type Where = ConfigFile['splits'][string]['where'] & Filter;

/** The largest number of draws of a search. */
const MAX_DRAWS = 1_000_000;

const search = z
  .strictObject({
    method: z.enum(['grid', 'random', 'sobol']).default('grid'),
    n: z.int().min(1).max(MAX_DRAWS).optional(),
    seed: seed.optional(),
  })
  .superRefine((written, context) => {
    for (const key of ['n', 'seed'] as const) {
      if (written.method !== 'grid' || written[key] === undefined) continue;
      const told = params({
        code: 'needs-drawing',
        hint: 'Add `method: random` or `method: sobol`.',
        key: true,
      });
      context.addIssue({ code: 'custom', path: [key], message: `a grid has no \`${key}\``, params: told });
    }
    if (written.method === 'grid' || written.n !== undefined) return;
    const told = params({ code: 'missing-key', expected: 'how many to draw' });
    context.addIssue({ code: 'custom', path: ['n'], message: 'the key `n` is missing', params: told });
  });

const parameters = z.record(z.string(), z.custom<Json>());

/** The word for a choice between steps: `- choice: [StandardScaler, MinMaxScaler, passthrough]`. */
export const CHOICE = 'choice';

/** A name, and the parameters of that step or a union of them. */
const named = z.record(z.string(), z.union([z.null(), parameters, z.array(parameters).min(1).max(1000)]));

/** A map with one name. `content` is what stands under the name. */
const oneName = z.record(z.string(), z.unknown()).superRefine((map, context) => {
  const names = Object.keys(map);
  if (names.length === 1) return;
  const hint = 'Begin each step with a `-`, and indent its parameters deeper.';
  const told = params({
    code: 'one-step',
    expected: 'one name',
    ...(names.length > 1 && { hint, key: true }),
  });
  const message = 'an item of a pipeline is one step';
  context.addIssue({ code: 'custom', path: names.slice(1, 2), message, params: told });
});

/** A step without a choice: its name, or a map from its name to its parameters or to a union of them. */
export const stepSchema = z.union([z.string(), oneName.pipe(named)]);

const choiceSchema = z.strictObject({ [CHOICE]: z.array(stepSchema).min(1).max(100) });

/** A step or a choice. The key says which form the map has to have. */
const stepOrChoice = oneName.superRefine((map, context) => {
  if (Object.keys(map).length !== 1) return;
  const found = (CHOICE in map ? choiceSchema : named).safeParse(map);
  for (const issue of found.error?.issues ?? []) context.addIssue({ ...issue } as never);
});

/** An item of a list of steps: a step, or a choice between several. */
export const slotSchema = z.union([z.string(), stepOrChoice as unknown as z.ZodType<WrittenMap>]);

export type WrittenStep = z.infer<typeof stepSchema>;
type WrittenMap = Exclude<WrittenStep, string> | { [CHOICE]: WrittenStep[] };
export type WrittenSlot = string | WrittenMap;

const steps = z.array(slotSchema).min(1).max(32);

/** `configs/pipe_configs.yaml`. The parameters of steps are checked later, by the schemas of the steps. */
export const pipelinesSchema = z
  .record(plainName, z.union([steps, z.strictObject({ search: search.prefault({}), steps })]))
  .refine(pipelines => Object.keys(pipelines).length > 0, {
    message: 'there are no pipelines',
    params: params({ code: 'no-pipelines', expected: 'a map of names, each with its steps' }),
  });

export type PipelinesFile = z.infer<typeof pipelinesSchema>;
