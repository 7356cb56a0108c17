import { defaultsOf, parametersIn, type Definition } from '../ml/definition.js';
import { shareIn, shareText } from '../ml/parameters.js';
import type { Estimator, Transform } from '../ml/types.js';
import { wordsOf, yaml } from './wording.js';

/**
 * An example of a step for pipe_configs.yaml, made from the schema of its parameters: a pipeline that loads, with axes
 * for up to three parameters.
 */

/** Parameters that are rarely searched: they say when a fit ends, or who computes it. */
const RARELY = new Set([
  'tol',
  'max_iter',
  'random_state',
  'engine',
  'fit_intercept',
  'n_quantiles',
  'missing',
]);
/** The most axes of an example. */
const MOST_AXES = 3;
/** The most values of an axis that is a list of words. */
const MOST_WORDS = 4;
/** The most letters of a line. */
const MOST_LETTERS = 78;

type Axis = [name: string, values: unknown[]];

/** The text of the example, with a line end. */
export function exampleOf(step: Transform | Estimator): string {
  const parameters = [...nestedIn(step).map(({ text }) => text), ...axesOf(step).map(axisText)];
  const lines = [`  - ${step.name}${parameters.length > 0 ? ':' : ''}`, ...parameters];
  const others =
    step.kind === 'transform' ? [...lines, '  - LogisticRegression'] : ['  - StandardScaler', ...lines];
  return `example:\n${others.join('\n')}\n`;
}

function axisText([name, values]: Axis): string {
  const texts = values.map(value => {
    const share = shareIn(value);
    return share === undefined ? yaml(value) : shareText(share);
  });
  return `      ${name}: [${texts.join(', ')}]`;
}

/** Examples of the parameters that hold steps: their lines, and the values of a config. */
const NESTED = {
  groups: {
    lines: [
      ':',
      '        numbers:',
      '          columns: numbers',
      '          steps: [SimpleImputer, { PCA: { n_components: [2, 5] } }]',
    ].join('\n'),
    value: [{ name: 'numbers', columns: 'numbers', steps: [] }],
  },
  estimator: {
    lines: ': { LogisticRegression: { penalty: l1, C: [0.1, 1, 10] } }',
    value: { LogisticRegression: {} },
  },
  regressor: { lines: ': { Ridge: { alpha: [0.1, 1, 10] } }', value: { Ridge: {} } },
};

/** The parameters of a step that hold steps. */
function nestedIn({ params }: Transform | Estimator): { name: string; text: string; value: unknown }[] {
  return [...parametersIn(params)].flatMap(([name, { traits }]) => {
    if (!traits.steps) return [];
    const { lines, value } = NESTED[traits.steps];
    return [{ name, text: `      ${name}${lines}`, value }];
  });
}

/** The first axes whose values the step takes in every combination. */
function axesOf(step: Transform | Estimator): Axis[] {
  const { params } = step;
  const defaults = defaultsOf(params);
  const nested = Object.fromEntries(nestedIn(step).map(({ name, value }) => [name, value]));
  const takes = (given: object): boolean => params.safeParse({ ...nested, ...given }).success;
  const axes: Axis[] = [];
  let combinations: object[] = [{}];
  for (const [name, definition] of parametersIn(params)) {
    if (isRarelySearched(name, definition) || axes.length === MOST_AXES) continue;
    const values = candidates(definition, defaults[name]).filter(value => takes({ [name]: value }));
    const more = combinations.flatMap(one => values.map(value => ({ ...one, [name]: value })));
    if (values.length < 2 || !more.every(takes)) continue;
    while (axisText([name, values]).length > MOST_LETTERS) values.pop();
    axes.push([name, values]);
    combinations = more;
  }
  return axes;
}

/** Parameters that change nothing, or the speed only, say so in their descriptions. */
function isRarelySearched(name: string, { traits, description }: Definition): boolean {
  return traits.unused === true || RARELY.has(name) || /no effect|speed only/.test(description);
}

/** Values around a default: its multiples, the words of a choice, or both truth values. */
function candidates(definition: Definition, value: unknown): unknown[] {
  if (typeof value === 'boolean') return [value, !value];
  if (value === null) return isWhole(definition) ? [null, 2, 5] : [];
  if (typeof value === 'number')
    return value <= 0 ? [] : isWhole(definition) ? [value, 2 * value] : [value / 10, value, value * 10];
  const words = wordsOf(definition);
  return typeof value === 'string'
    ? [value, ...words.filter(word => word !== value)].slice(0, MOST_WORDS)
    : [];
}

function isWhole({ isWhole: whole, options = [], traits }: Definition): boolean {
  return whole === true || traits.countOrShare === true || options.some(isWhole);
}
