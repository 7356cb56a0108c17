import { z } from 'zod';
import type { Json, Step } from '../base/config.js';
import { isColumnKind } from '../ml/compose/columns.js';
import { PASSTHROUGH, type Chain, type Nested } from './axis.js';
import { columnName, params, plainName, slotSchema, type WrittenSlot } from './schema.js';

/** How steps inside of a step are written, and the values of a config that they make. */

/** An estimator under its parameter: `{ LogisticRegression: { C: 1 } }`. */
export function oneStep(parameter: string, chain: Chain): Nested {
  return {
    kind: 'steps',
    chains: [chain],
    names: [parameter],
    join: ([[step]]) => step,
    split: value => (isMap(value) ? [[value as Step]] : undefined),
  };
}

/** A kind of columns, a name, or a list of names and patterns. */
const selection = z.union([columnName, z.array(columnName).min(1).max(100_000)]);

const group = z.strictObject({
  columns: selection,
  steps: z.union([z.literal(PASSTHROUGH), z.array(slotSchema).min(1).max(32)]),
});

/** The name of the group of all other columns, as scikit-learn has it. */
const REMAINDER = 'remainder';

/** Groups of columns by name, each with its columns and steps. */
export const groupsSchema = z
  .record(plainName, group)
  .refine(groups => Object.keys(groups).length > 0, {
    message: 'there are no groups of columns',
    params: params({ code: 'no-groups', expected: 'a map of names, each with its columns and steps' }),
  })
  .superRefine((groups, context) => {
    if (!(REMAINDER in groups)) return;
    const told = params({
      code: 'bad-name',
      key: true,
      hint: 'Write `remainder: passthrough` beside `transformers`, or give the group another name.',
    });
    const message = `no group has the name \`${REMAINDER}\``;
    context.addIssue({ code: 'custom', path: [REMAINDER], message, params: told });
  });

export type WrittenGroups = z.infer<typeof groupsSchema>;

/** The items of a group's list of steps. `passthrough` is a list without steps. */
export function itemsOf({ steps }: WrittenGroups[string]): WrittenSlot[] {
  return typeof steps === 'string' ? [] : steps;
}

/** Columns as they stand in a config: a kind is a word, and names and patterns are a list. */
function selectionOf(written: string | string[]): Json {
  return typeof written === 'string' && !isColumnKind(written) ? [written] : written;
}

/** The name and the columns of a group. */
export interface GroupHead {
  name: string;
  columns: string | string[];
}

/**
 * The groups of a ColumnTransformer. A config has them in a list, because their order counts and the members of a map
 * have none.
 */
export function groupsOfColumns(written: readonly GroupHead[], chains: Chain[]): Nested {
  const names = written.map(({ name }) => name);
  const heads = written.map(({ name, columns }) => ({ name, columns: selectionOf(columns) }));
  return {
    kind: 'steps',
    chains,
    names,
    join: elements => heads.map((head, k) => ({ ...head, steps: elements[k] })),
    split(value) {
      if (!Array.isArray(value) || value.length !== heads.length) return undefined;
      const found = value.map((one, k) => stepsOf(one, heads[k]));
      return found.every(steps => steps !== undefined) ? found : undefined;
    },
  };
}

/** The steps of a group of a config; undefined where it is another group. */
function stepsOf(value: Json, head: { name: string; columns: Json }): Step[] | undefined {
  if (!isMap(value) || !Array.isArray(value.steps) || value.name !== head.name) return undefined;
  const isSame = JSON.stringify(value.columns) === JSON.stringify(head.columns);
  return isSame && value.steps.every(isMap) ? (value.steps as Step[]) : undefined;
}

const isMap = (value: Json): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
