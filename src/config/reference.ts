import { z } from 'zod';
import { metrics } from '../ml/scoring/metrics.js';
import { traitsOf } from '../ml/parameters.js';
import { registry } from '../ml/registry.js';
import type { Estimator, Transform } from '../ml/types.js';
import { MEANINGS, type Meaning } from './meanings.js';
import { configSchema, pipelinesSchema } from './schema.js';

/**
 * The pages docs/config.md and docs/steps.md, made from the schemas that check what is written, so that they stay true.
 * `npm run docs` writes them.
 */

/** The parts of zod's definitions that a page tells of. */
interface Definition {
  type: string;
  innerType?: z.ZodType;
  in?: z.ZodType;
  options?: z.ZodType[];
  shape?: { [key: string]: z.ZodType };
  element?: z.ZodType;
  items?: z.ZodType[];
  entries?: { [key: string]: string };
  values?: unknown[];
  format?: string;
  checks?: { _zod: { def: NumberCheck } }[];
  defaultValue?: unknown;
}

const definitionOf = (schema: z.ZodType) => (schema as unknown as { def: Definition }).def;

/** A check of a number: that it is whole, or a bound. */
interface NumberCheck {
  format?: string;
  check?: string;
  value?: number;
  inclusive?: boolean;
}

/** "a whole number of at least 1". */
function numberText({ format, checks = [] }: Definition): string {
  const definitions = checks.map(({ _zod }) => _zod.def);
  const whole = [format, ...definitions.map(check => check.format)].includes('safeint');
  const limits = definitions.flatMap(({ check, value, inclusive }) => {
    if (check === 'greater_than') return [`${inclusive ? 'of at least' : 'above'} ${value}`];
    return check === 'less_than' ? [`${inclusive ? 'of at most' : 'below'} ${value}`] : [];
  });
  return [whole ? 'a whole number' : 'a number', limits.join(' and ')].filter(Boolean).join(' ');
}

/** What a schema takes, in words. */
export function typeText(schema: z.ZodType): string {
  const definition = definitionOf(schema);
  const { type, innerType, options = [], items = [] } = definition;
  switch (type) {
    case 'default':
    case 'prefault':
    case 'optional':
      return typeText(innerType!);
    case 'nullable':
      return `${typeText(innerType!)} or \`null\``;
    case 'pipe':
      return typeText(definition.in!);
    case 'union':
      return [...new Set(options.map(typeText))].join(' or ');
    case 'enum':
      return Object.values(definition.entries!).map(code).join(', ');
    case 'literal':
      return definition.values!.map(code).join(', ');
    case 'boolean':
      return '`true` or `false`';
    case 'number':
      return numberText(definition);
    case 'tuple':
      return `[${items.map(typeText).join(', ')}]`;
    case 'array':
      return `a list, each ${typeText(definition.element!)}`;
    case 'record':
      return 'a map';
    case 'null':
      return '`null`';
    case 'string':
      return 'text';
    default:
      return customText(schema);
  }
}

/** What a check of our own expects: it says so when it is given nothing. */
function customText(schema: z.ZodType): string {
  const issue = schema.safeParse(undefined).error?.issues[0];
  const expected = issue?.code === 'custom' ? issue.params?.expected : undefined;
  return String(expected ?? issue?.message ?? '');
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : yaml(value)}\``;

/** A value as it may be written in YAML. */
function yaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`;
  return typeof value === 'string' && value !== '' && value !== '?' ? value : JSON.stringify(value);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (...cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function table(heads: string[], rows: string[][]): string {
  return [row(...heads), row(...heads.map(() => '---')), ...rows.map(cells => row(...cells))].join('\n');
}

// ---- steps

/** Parameters that have a meaning here, and the names of those that have none. */
function stepPage(step: Transform | Estimator): string {
  const shape = Object.entries(definitionOf(step.params).shape ?? {});
  const defaults = step.params.parse({}) as { [name: string]: unknown };
  const isUnused = (name: string): boolean => traitsOf(step.params, name).unused === true;
  const read = shape.filter(([name]) => !isUnused(name));
  const rows = read.map(([name, schema]) => [
    code(name),
    typeText(schema),
    code(defaults[name]),
    schema.description ?? '',
  ]);
  const unused = shape.filter(([name]) => isUnused(name)).map(([name]) => code(name));
  return [
    `### ${step.name}`,
    `${step.summary[0].toUpperCase()}${step.summary.slice(1)}.`,
    rows.length > 0 ? table(['parameter', 'values', 'default', 'meaning'], rows) : 'It has no parameters.',
    unused.length > 0 ? `Taken and without effect: ${unused.join(', ')}.` : '',
    ...enginePage(step, read),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Values that are tried with every engine, to see what it refuses. */
const TRIED = [null, true, false, 0, 0.25, 1, 2, 3, 0.75, { 0: 1 }, 'balanced'];

function valuesToTry(schema: z.ZodType): unknown[] {
  const { entries, innerType, in: input, options = [] } = definitionOf(schema);
  const inside = [innerType, input, ...options].filter(one => one !== undefined).flatMap(valuesToTry);
  return [...Object.values(entries ?? {}), ...inside, ...TRIED];
}

/** What the engines of a step refuse, in their own words. */
function enginePage({ params }: Transform | Estimator, shape: [string, z.ZodType][]): string[] {
  const engines = shape.find(([name]) => name === 'engine');
  if (!engines) return [];
  const names = valuesToTry(engines[1]).filter(name => typeof name === 'string' && name !== 'balanced');
  return [...new Set(names)].flatMap(engine => {
    const refused = shape.flatMap(([name, schema]) =>
      valuesToTry(schema).flatMap(value =>
        (params.safeParse({ engine, [name]: value }).error?.issues ?? [])
          .filter(issue => issue.path[0] === name && issue.message.startsWith(`engine ${engine} `))
          .map(issue => `${code(name)}: ${issue.message.slice(`engine ${engine} `.length)}`),
      ),
    );
    const reasons = [...new Set(refused)];
    return reasons.length > 0
      ? [`The engine \`${engine}\` refuses some values of ${reasons.join('; ')}.`]
      : [];
  });
}

const STEPS_HEAD = `# Steps and their parameters

<!-- Written by \`npm run docs\` from the schemas that check a search: change those. -->

Names, meanings and defaults are those of scikit-learn 1.2 and xgboost 1.7. A pipeline has at most 31 transforms and ends
with a classifier. \`1\` and \`1.0\` differ where a parameter may be a count or a share: \`1\` is one, \`1.0\` is all. A whole
number with a point means the whole number everywhere else. What has no effect is checked and then left out of the config,
so that writing it down trains nothing again.`;

/** docs/steps.md. */
export function stepsPage(): string {
  const steps = [...registry.values()];
  const transforms = steps.filter(({ kind }) => kind === 'transform').map(stepPage);
  const classifiers = steps.filter(({ kind }) => kind !== 'transform').map(stepPage);
  return `${[STEPS_HEAD, '## Transforms', ...transforms, '## Classifiers', ...classifiers].join('\n\n')}\n`;
}

// ---- config.yaml

/** Every key under a schema, as `splits.NAME.where`, with the schema of its value. */
function keysUnder(schema: z.ZodType, path: string): [string, z.ZodType][] {
  const { shape, innerType, in: input, options = [] } = definitionOf(schema);
  if (innerType) return keysUnder(innerType, path);
  if (input) return keysUnder(input, path);
  if (options.length > 0) return options.flatMap(option => keysUnder(option, path));
  return Object.entries(shape ?? {}).flatMap(([key, value]) => {
    const name = path === '' ? key : `${path}.${key}`;
    const inside = keysUnder(value, name);
    return inside.length > 0 ? inside : [[name, value] as [string, z.ZodType]];
  });
}

function defaultOf(schema: z.ZodType): string {
  const { type, innerType, defaultValue } = definitionOf(schema);
  if (type === 'default' || type === 'prefault') return code(defaultValue);
  if (type === 'optional') return '';
  return innerType ? defaultOf(innerType) : 'required';
}

/** The rows of a file's keys. Throws for a key without a meaning, and for a meaning without a key. */
function keyRows(keys: [string, z.ZodType][], meanings: { [key: string]: Meaning }): string[][] {
  const rows = keys.map(([key, schema]) => {
    const meaning = meanings[key];
    if (!meaning) throw new RangeError(`${key} has no meaning`);
    const [values, text, example] = meaning;
    return [code(key), values ?? typeText(schema), defaultOf(schema), text, code(example)];
  });
  const idle = Object.keys(meanings).filter(key => !keys.some(([name]) => name === key));
  if (idle.length > 0) throw new RangeError(`there is no key ${idle.join(', ')}`);
  return rows;
}

const CONFIG_HEAD = `# The two files by key

<!-- Written by \`npm run docs\` from the schemas that check a search: change those. -->

Both are YAML 1.2. A key that is not here is refused with the line where it stands. \`spt enqueue --dry-run\` checks all of it
and writes nothing.

## configs/config.yaml

It says what is learned from what, and how it is judged. Paths are relative to the folder that holds configs/.`;

const PIPES_HEAD = `## configs/pipe_configs.yaml

It maps the name of each pipeline to a list of steps, or to \`{ search: .., steps: [..] }\`. A step is a name, or a name with a
map of its parameters, or a name with a list of such maps, which is their union. The steps are in [steps.md](steps.md).

A parameter is a value, or as a list an axis of the grid: every combination is one config. A value that is a list itself is
written in a list. These words make axes:

| word | values |
| --- | --- |
| \`{ logspace: [a, b, n] }\` | n values from 10^a to 10^b, as numpy.logspace; 1 is the share 1.0 where that differs |
| \`{ linspace: [a, b, n] }\` | n values from a to b, as numpy.linspace; 1 is the share 1.0 where that differs |
| \`{ range: [start, stop, step] }\` | whole numbers, as Python's range |
| \`{ uniform: [a, b] }\` | draws from a up to b; needs a search that draws |
| \`{ loguniform: [a, b] }\` | draws from a up to b, each power of ten as likely as the next; needs a search that draws |
| \`{ randint: [a, b] }\` | whole numbers from a up to, not including, b; needs a search that draws |

A search that draws takes every combination of a union without distributions as often as the next, and none twice. Where a map
of the union has a distribution, every map gets the same share of the draws, whatever it shares with another.`;

/** docs/config.md. */
export function configPage(): string {
  const heads = ['key', 'values', 'default', 'meaning', 'example'];
  const config = keyRows(keysUnder(configSchema(metrics), ''), MEANINGS.config);
  const search = keysUnder(z.object({ pipelines: searchOf(pipelinesSchema) }), '');
  const pipes = keyRows(
    search.map(([key, schema]) => [key.replace('pipelines.', ''), schema]),
    MEANINGS.pipelines,
  );
  return `${[CONFIG_HEAD, table(heads, config), PIPES_HEAD, table(heads, pipes)].join('\n\n')}\n`;
}

/** The schema of a pipeline that is written as a map. */
function searchOf(schema: z.ZodType): z.ZodType {
  const { valueType } = definitionOf(schema) as Definition & { valueType: z.ZodType };
  return definitionOf(valueType).options!.find(option => definitionOf(option).shape !== undefined)!;
}
