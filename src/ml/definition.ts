import { z } from 'zod';

/**
 * What a schema takes, as plain data. Only this file looks into zod's own definitions. The traits of parameters, the
 * keys that errors suggest and the pages of docs/ are read from here.
 */

/** Facts about a parameter besides its type. */
export interface Traits {
  /** `1` is one and `1.0` is all, as in scikit-learn. */
  countOrShare?: true;
  /**
   * The peer has the parameter, and it changes nothing here. Its value is checked and then left out of the config, so
   * that writing it down trains nothing again.
   */
  unused?: true;
  /** null stands for the default, and is left out of the config as well. */
  nullIsDefault?: true;
  /** The parameter holds steps: an estimator, a regressor, or groups of columns with transforms of their own. */
  steps?: 'estimator' | 'regressor' | 'groups';
}

/** The limits of a number. An absent limit is no limit. */
export interface Range {
  /** The number is at least this. */
  least?: number;
  /** The number is larger than this. */
  above?: number;
  /** The number is at most this. */
  most?: number;
  /** The number is smaller than this. */
  below?: number;
}

/** What one schema takes. */
export interface Definition {
  /** `own` is a check that a schema of ours makes by itself. */
  kind:
    'boolean' | 'number' | 'text' | 'null' | 'choice' | 'list' | 'tuple' | 'map' | 'record' | 'union' | 'own';
  /** The text of `.describe()`; empty where there is none. */
  description: string;
  /** Whether null is taken as well. */
  isNullable: boolean;
  /** Whether a value has to be given. */
  isRequired: boolean;
  /** What stands in for a value that is not given; undefined if nothing does. */
  default?: unknown;
  traits: Traits;
  /** Of a number: whether it is whole. */
  isWhole?: boolean;
  /** Of a number. */
  range?: Range;
  /** Of a choice: the values. */
  choices?: readonly unknown[];
  /** Of a list or a record: what each value is. */
  item?: Definition;
  /** Of a tuple: what the values are, one after the other. */
  items?: readonly Definition[];
  /** Of a map: what stands under each key. */
  members?: ReadonlyMap<string, Definition>;
  /** Of a union: what the value may be. */
  options?: readonly Definition[];
  /** Of a check of our own: what it expects, in words. */
  expected?: string;
}

/** The parts of zod's definitions that are read here. */
interface ZodDefinition {
  type: string;
  innerType?: z.ZodType;
  in?: z.ZodType;
  options?: z.ZodType[];
  shape?: { [key: string]: z.ZodType };
  element?: z.ZodType;
  valueType?: z.ZodType;
  items?: z.ZodType[];
  entries?: { [key: string]: string };
  values?: unknown[];
  format?: string;
  checks?: { _zod: { def: ZodCheck } }[];
  defaultValue?: unknown;
}

/** zod's check of a number: that it is whole, or a limit. */
interface ZodCheck {
  format?: string;
  check?: string;
  value?: number;
  inclusive?: boolean;
}

const ALL_TRAITS = z.registry<Traits>();
const KNOWN = new WeakMap<z.ZodType, Definition>();

/** Notes traits of a schema. Schemas that are made from it, such as its `.default()`, have the traits as well. */
export function withTraits<T extends z.ZodType>(schema: T, traits: Traits): T {
  ALL_TRAITS.add(schema, traits);
  return schema;
}

/** What a schema takes. It is worked out once for each schema. */
export function definitionOf(schema: z.ZodType): Definition {
  let found = KNOWN.get(schema);
  if (!found) KNOWN.set(schema, (found = read(schema)));
  return found;
}

/** The parameters of a step, by name, given its `params`. */
export function parametersIn(params: z.ZodType): ReadonlyMap<string, Definition> {
  return definitionOf(params).members ?? new Map();
}

/** What stands in for parameters that are not given. A parameter that has to be given is not there. */
export function defaultsOf(params: z.ZodType): { [name: string]: unknown } {
  const parsed = params.safeParse({});
  if (parsed.success) return parsed.data as { [name: string]: unknown };
  const known = [...parametersIn(params)].filter(([, { isRequired }]) => !isRequired);
  return Object.fromEntries(known.map(([name, definition]) => [name, definition.default]));
}

/** The traits of a parameter of a step, given its `params`; none where the step does not know the parameter. */
export function traitsOf(params: z.ZodType, parameter: string): Traits {
  return parametersIn(params).get(parameter)?.traits ?? {};
}

/** Whether a parameter holds steps, given the `params` of a step. */
export function holdsSteps(params: z.ZodType): boolean {
  return [...parametersIn(params).values()].some(({ traits }) => traits.steps !== undefined);
}

function read(schema: z.ZodType): Definition {
  const { def } = schema as unknown as { def: ZodDefinition };
  const inside = def.innerType ?? def.in;
  const own = { description: schema.description ?? '', traits: ALL_TRAITS.get(schema) };
  if (!inside) {
    const options = def.options?.map(definitionOf) ?? [];
    const traits: Traits = Object.assign({}, ...options.map(option => option.traits), own.traits);
    return {
      description: own.description,
      isNullable: false,
      isRequired: true,
      traits,
      ...content(schema, def),
    };
  }
  const inner = definitionOf(inside);
  const outer: Definition = {
    ...inner,
    description: own.description || inner.description,
    traits: { ...inner.traits, ...own.traits },
  };
  if (def.type === 'nullable') outer.isNullable = true;
  if (def.type === 'default' || def.type === 'prefault') outer.default = def.defaultValue;
  if (['default', 'prefault', 'optional'].includes(def.type)) outer.isRequired = false;
  return outer;
}

/** What a schema takes that does not wrap another schema. */
function content(schema: z.ZodType, def: ZodDefinition): Pick<Definition, 'kind'> & Partial<Definition> {
  switch (def.type) {
    case 'boolean':
    case 'null':
      return { kind: def.type };
    case 'string':
      return { kind: 'text' };
    case 'number':
      return { kind: 'number', ...limitsOf(def) };
    case 'enum':
      return { kind: 'choice', choices: Object.values(def.entries!) };
    case 'literal':
      return { kind: 'choice', choices: def.values };
    case 'array':
      return { kind: 'list', item: definitionOf(def.element!) };
    case 'tuple':
      return { kind: 'tuple', items: def.items!.map(definitionOf) };
    case 'record':
      return { kind: 'record', item: definitionOf(def.valueType!) };
    case 'object': {
      const members = Object.entries(def.shape!).map(([key, value]) => [key, definitionOf(value)] as const);
      return { kind: 'map', members: new Map(members) };
    }
    case 'union':
      return { kind: 'union', options: def.options!.map(definitionOf) };
    default:
      return { kind: 'own', expected: expectedBy(schema) };
  }
}

function limitsOf({ format, checks = [] }: ZodDefinition): { isWhole: boolean; range: Range } {
  const all = checks.map(({ _zod }) => _zod.def);
  const range: Range = {};
  for (const { check, value, inclusive } of all) {
    if (check === 'greater_than') range[inclusive ? 'least' : 'above'] = value;
    if (check === 'less_than') range[inclusive ? 'most' : 'below'] = value;
  }
  return { isWhole: [format, ...all.map(check => check.format)].includes('safeint'), range };
}

/** What a check of our own expects. The error for an absent value contains it. */
function expectedBy(schema: z.ZodType): string {
  const issue = schema.safeParse(undefined).error?.issues[0];
  const expected = issue?.code === 'custom' ? issue.params?.expected : undefined;
  return String(expected ?? issue?.message ?? '');
}
