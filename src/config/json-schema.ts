import { z } from 'zod';
import { COLUMN_KINDS } from '../ml/compose/columns.js';
import { parametersIn, type Definition } from '../ml/definition.js';
import { metrics } from '../ml/scoring/metrics.js';
import { registry } from '../ml/registry.js';
import type { Estimator, Transform } from '../ml/types.js';
import { MAKERS, PASSTHROUGH } from './axis.js';
import { MEANINGS } from './meanings.js';
import { CHOICE, configSchema, pipelinesSchema } from './schema.js';

/**
 * JSON Schemas (draft 7) of the two YAML files, for editors: completion, a word of help for each key, and a mark at a
 * mistake. They are made from the schemas that check a search, and take every file that `spt enqueue` takes. Some
 * rules cannot be said in JSON Schema, such as those between two keys. Only `spt enqueue --dry-run` checks those.
 */

export interface JsonSchema {
  [key: string]: unknown;
  properties?: { [name: string]: JsonSchema };
}

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** A zod schema as a JSON Schema without its dialect. zod bounds whole numbers by 2^53, which helps no reader. */
function plainSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return made as JsonSchema;
}

/** The schema of configs/config.yaml. */
export function configJsonSchema(): JsonSchema {
  const schema = plainSchema(configSchema(metrics));
  for (const [path, [, meaning]] of Object.entries(MEANINGS.config)) {
    let inner: JsonSchema | undefined = schema;
    for (const key of path.split('.')) inner = inner?.properties?.[key];
    if (inner) inner.description = meaning;
  }
  return { $schema: DRAFT, title: 'configs/config.yaml of spt', ...schema };
}

/** The schema of configs/pipe_configs.yaml, down to the values of each parameter. */
export function pipelinesJsonSchema(): JsonSchema {
  const definitions: { [name: string]: JsonSchema } = { axis: axisSchema(), step: stepSchema() };
  for (const step of registry.values()) {
    definitions[step.name] = parametersSchema(step, definitions);
  }
  const schema = plainSchema(pipelinesSchema);
  const items = { $ref: '#/definitions/step' };
  const steps = { type: 'array', items, minItems: 1, maxItems: 32 };
  const [, withSearch] = (schema.additionalProperties as { anyOf: JsonSchema[] }).anyOf;
  withSearch.properties!.steps = steps;
  for (const [key, inner] of Object.entries(withSearch.properties!.search.properties!))
    inner.description = MEANINGS.pipelines[`search.${key}`]?.[1];
  const { propertyNames } = schema;
  return {
    $schema: DRAFT,
    title: 'configs/pipe_configs.yaml of spt',
    type: 'object',
    minProperties: 1,
    propertyNames,
    additionalProperties: { anyOf: [steps, withSearch] },
    definitions,
  };
}

/** The maps that make an axis: `{ logspace: [-3, 2, 30] }`. */
function axisSchema(): JsonSchema {
  const words = [...MAKERS].map(([word, { schema, expected }]) => ({
    type: 'object',
    properties: { [word]: { ...plainSchema(schema), description: expected } },
    required: [word],
    additionalProperties: false,
  }));
  return { anyOf: words };
}

/** A step: its name, or a map from its name to its parameters or to a list of such maps; or a choice of steps. */
function stepSchema(): JsonSchema {
  const names = [...registry.keys(), PASSTHROUGH];
  const choice: JsonSchema = {
    description: 'one of several steps: an axis of the search',
    type: 'array',
    items: { $ref: '#/definitions/step' },
    minItems: 1,
    maxItems: 100,
  };
  const map = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` });
  const properties = Object.fromEntries(
    [...registry.values()].map(({ name, summary }) => [
      name,
      {
        description: summary,
        anyOf: [
          { type: 'null' },
          map(name),
          { type: 'array', items: map(name), minItems: 1, maxItems: 1000 },
        ],
      },
    ]),
  );
  const named = {
    type: 'object',
    properties: { ...properties, [CHOICE]: choice },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  };
  return { anyOf: [{ type: 'string', enum: names }, named] };
}

/** The map of a step's parameters. The values of each parameter become a definition of their own. */
function parametersSchema(
  { params, name }: Transform | Estimator,
  definitions: { [name: string]: JsonSchema },
): JsonSchema {
  const made = plainSchema(params).properties ?? {};
  const properties: { [name: string]: JsonSchema } = {};
  for (const [parameter, definition] of parametersIn(params)) {
    const { description, default: value, ...values } = made[parameter];
    if (definition.traits.steps) {
      properties[parameter] = { description, ...nestedSchema(definition.traits.steps) };
      continue;
    }
    const key = `${name}.${parameter}`;
    definitions[key] = values;
    const one = { $ref: `#/definitions/${key}` };
    // A list is an axis, so a value that is a list itself stands in another list.
    const alone = hasLists(definition) ? { allOf: [{ not: { type: 'array' } }, one] } : one;
    const axes = hasNumbers(definition) ? [{ $ref: '#/definitions/axis' }] : [];
    properties[parameter] = {
      description,
      default: value,
      anyOf: [alone, { type: 'array', items: one, minItems: 1 }, ...axes],
    };
  }
  return { type: 'object', properties, additionalProperties: false };
}

/** What a parameter that holds steps takes: groups of columns, an estimator, or a list of estimators. */
function nestedSchema(holds: NonNullable<Definition['traits']['steps']>): JsonSchema {
  const step = { $ref: '#/definitions/step' };
  const names: JsonSchema = { type: ['string', 'number', 'boolean'] };
  if (holds !== 'groups') return { anyOf: [step, { type: 'array', items: step, minItems: 1 }] };
  const group: JsonSchema = {
    type: 'object',
    properties: {
      columns: {
        description: `a kind (${COLUMN_KINDS.join(', ')}), a name, or a list of names and patterns with *`,
        anyOf: [names, { type: 'array', items: names, minItems: 1 }],
      },
      steps: {
        description: 'transforms, or passthrough',
        anyOf: [{ const: PASSTHROUGH }, { type: 'array', items: step, minItems: 1, maxItems: 32 }],
      },
    },
    required: ['columns', 'steps'],
    additionalProperties: false,
  };
  return { type: 'object', additionalProperties: group, minProperties: 1 };
}

function hasLists({ kind, options = [] }: Definition): boolean {
  return kind === 'list' || kind === 'tuple' || options.some(hasLists);
}

function hasNumbers({ kind, traits, options = [] }: Definition): boolean {
  return kind === 'number' || traits.countOrShare === true || options.some(hasNumbers);
}
