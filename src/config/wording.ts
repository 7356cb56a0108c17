import { defaultsOf, parametersIn, type Definition } from '../ml/definition.js';
import type { Estimator, Transform } from '../ml/types.js';

/**
 * What a step and its parameters take, in words. The words are made from the schemas that check a search. The pages of
 * docs/ and `spt steps` show them.
 */

/** How a value or a name is marked within a sentence. */
export type Mark = (value: unknown) => string;

/** A value in YAML. */
export function yaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`;
  return typeof value === 'string' && value !== '' && value !== '?' ? value : JSON.stringify(value);
}

const written: Mark = value => (typeof value === 'string' ? value : yaml(value));

/** Marks as Markdown does. */
export const markdown: Mark = value => `\`${written(value)}\``;

/** Marks nothing, for a terminal. An empty text is shown with quotes. */
export const plain: Mark = value => (value === '' ? '""' : written(value));

/** "a whole number of at least 1". */
function numberText({ isWhole, range: { least, above, most, below } = {} }: Definition): string {
  const limits = [
    least !== undefined && `of at least ${least}`,
    above !== undefined && `above ${above}`,
    most !== undefined && `of at most ${most}`,
    below !== undefined && `below ${below}`,
  ].filter(Boolean);
  return [isWhole ? 'a whole number' : 'a number', limits.join(' and ')].filter(Boolean).join(' ');
}

/** What a schema takes, in words. */
export function typeText(definition: Definition, mark: Mark): string {
  const text = plainText(definition, mark);
  return definition.isNullable ? `${text} or ${mark('null')}` : text;
}

/** What a parameter that holds steps takes, in words. */
const HOLDS = { estimator: 'an estimator', regressor: 'a regressor', groups: 'groups of columns' } as const;

function plainText(definition: Definition, mark: Mark): string {
  const { kind, options, items, choices, item, expected, traits } = definition;
  if (traits.steps) return HOLDS[traits.steps];
  const inside = (one: Definition): string => typeText(one, mark);
  switch (kind) {
    case 'union':
      return [...new Set(options!.map(inside))].join(' or ');
    case 'choice':
      return choices!.map(mark).join(', ');
    case 'boolean':
      return `${mark('true')} or ${mark('false')}`;
    case 'number':
      return numberText(definition);
    case 'tuple':
      return `[${items!.map(inside).join(', ')}]`;
    case 'list':
      return `a list, each ${inside(item!)}`;
    case 'map':
    case 'record':
      return 'a map';
    case 'null':
      return mark('null');
    case 'text':
      return 'text';
    case 'own':
      return expected!;
  }
}

/** A parameter of a step. */
export interface ParameterFacts {
  name: string;
  /** What it takes, in words. */
  values: string;
  default: unknown;
  /** Whether it has no default. */
  isRequired: boolean;
  meaning: string;
  /** Whether it is checked and then left out of the config. */
  isUnused: boolean;
}

export interface StepFacts {
  name: string;
  kind: 'transform' | 'estimator';
  /** What it does, as a phrase. */
  summary: string;
  parameters: ParameterFacts[];
  /** What each of its engines refuses, as sentences. */
  refusals: string[];
}

/** All that may be written for a step. */
export function stepFacts(step: Transform | Estimator, mark: Mark): StepFacts {
  const all = [...parametersIn(step.params)];
  const defaults = defaultsOf(step.params);
  const parameters = all.map(([name, definition]) => ({
    name,
    values: typeText(definition, mark),
    default: defaults[name],
    isRequired: definition.isRequired,
    meaning: definition.description,
    isUnused: definition.traits.unused === true,
  }));
  const { name, kind, summary } = step;
  return { name, kind, summary, parameters, refusals: refusalsOf(step, all, mark) };
}

/** Values that are tried with every engine, besides the words of a parameter, to see what the engine refuses. */
const TRIED = [null, true, false, 0, 0.25, 1, 2, 3, 0.75, { 0: 1 }, 'balanced'];

/** The words that a parameter takes, through all branches of a union. */
export function wordsOf({ choices = [], options = [] }: Definition): string[] {
  return [...choices.filter(choice => typeof choice === 'string'), ...options.flatMap(wordsOf)];
}

/** What each engine of a step refuses, in the engine's words. */
function refusalsOf(
  { params }: Transform | Estimator,
  all: readonly [string, Definition][],
  mark: Mark,
): string[] {
  const parameters = all.filter(([, { traits }]) => !traits.unused);
  const engines = parameters.find(([name]) => name === 'engine');
  if (!engines) return [];
  return wordsOf(engines[1]).flatMap(engine => {
    const refused = parameters.flatMap(([name, definition]) =>
      [...wordsOf(definition), ...TRIED].flatMap(value =>
        (params.safeParse({ engine, [name]: value }).error?.issues ?? [])
          .filter(issue => issue.path[0] === name && issue.message.startsWith(`engine ${engine} `))
          .map(issue => `${mark(name)}: ${issue.message.slice(`engine ${engine} `.length)}`),
      ),
    );
    const reasons = [...new Set(refused)];
    return reasons.length > 0
      ? [`The engine ${mark(engine)} refuses some values of ${reasons.join('; ')}.`]
      : [];
  });
}
