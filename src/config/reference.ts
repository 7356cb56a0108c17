import { definitionOf, type Definition } from '../ml/definition.js';
import { metrics } from '../ml/scoring/metrics.js';
import { registry } from '../ml/registry.js';
import type { Estimator, Transform } from '../ml/types.js';
import { MEANINGS, type Meaning } from './meanings.js';
import { configSchema, pipelinesSchema } from './schema.js';
import { markdown as code, stepFacts, typeText } from './wording.js';

/**
 * The pages docs/config.md and docs/steps.md. They are made from the schemas that check a search, so that they stay
 * true. `npm run docs` writes them.
 */

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (...cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function table(heads: string[], rows: string[][]): string {
  return [row(...heads), row(...heads.map(() => '---')), ...rows.map(cells => row(...cells))].join('\n');
}

// ---- steps

/** The section of a step: its parameters, the names of those without effect, and what its engines refuse. */
function stepPage(step: Transform | Estimator): string {
  const { summary, parameters, refusals } = stepFacts(step, code);
  const rows = parameters
    .filter(({ isUnused }) => !isUnused)
    .map(({ name, values, default: value, isRequired, meaning }) => [
      code(name),
      values,
      isRequired ? 'required' : code(value),
      meaning,
    ]);
  const unused = parameters.filter(({ isUnused }) => isUnused).map(({ name }) => code(name));
  return [
    `### ${step.name}`,
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    rows.length > 0 ? table(['parameter', 'values', 'default', 'meaning'], rows) : 'It has no parameters.',
    unused.length > 0 ? `Taken and without effect: ${unused.join(', ')}.` : '',
    ...refusals,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const STEPS_HEAD = `# Steps and their parameters

<!-- Written by \`npm run docs\` from the schemas that check a search: change those. -->

Names, meanings and defaults are those of scikit-learn 1.2 and xgboost 1.7. A pipeline has at most 31 transforms and
ends with an estimator. Where a parameter may be a count or a share, \`1\` and \`1.0\` differ: \`1\` is one, \`1.0\`
is all. Everywhere else a whole number with a point means the whole number. A parameter without effect is checked and
then left out of the config, so writing it down trains nothing again.`;

/** docs/steps.md. */
export function stepsPage(): string {
  const steps = [...registry.values()];
  const transforms = steps.filter(({ kind }) => kind === 'transform').map(stepPage);
  const estimators = (task: Estimator['task']): string[] =>
    steps.filter(step => step.kind === 'estimator' && step.task === task).map(stepPage);
  const parts = [
    STEPS_HEAD,
    ...['## Transforms', ...transforms],
    ...['## Classifiers', ...estimators('classification')],
    ...['## Regressors', ...estimators('regression')],
  ];
  return `${parts.join('\n\n')}\n`;
}

// ---- config.yaml

/** Every key under a schema, as `splits.NAME.where`, with what its value is. */
function keysUnder({ options, members }: Definition, path = ''): [string, Definition][] {
  if (options) return options.flatMap(option => keysUnder(option, path));
  return [...(members ?? [])].flatMap(([key, value]) => {
    const name = path === '' ? key : `${path}.${key}`;
    const inside = keysUnder(value, name);
    const isPlain = value.options?.some(option => keysUnder(option).length === 0) ?? false;
    const own = inside.length === 0 || isPlain ? [[name, value] as [string, Definition]] : [];
    return [...own, ...inside];
  });
}

function defaultText({ isRequired, default: value }: Definition): string {
  if (isRequired) return 'required';
  return value === undefined ? '' : code(value);
}

/** The rows of a file's keys. Throws for a key without a meaning, and for a meaning without a key. */
function keyRows(keys: [string, Definition][], meanings: { [key: string]: Meaning }): string[][] {
  const rows = keys.map(([key, definition]) => {
    const meaning = meanings[key];
    if (!meaning) throw new RangeError(`${key} has no meaning`);
    const [values, text, example] = meaning;
    return [code(key), values ?? typeText(definition, code), defaultText(definition), text, code(example)];
  });
  const idle = Object.keys(meanings).filter(key => !keys.some(([name]) => name === key));
  if (idle.length > 0) throw new RangeError(`there is no key ${idle.join(', ')}`);
  return rows;
}

const CONFIG_HEAD = `# The two files by key

<!-- Written by \`npm run docs\` from the schemas that check a search: change those. -->

Both files are YAML 1.2. A key that is not listed here is refused with the line where it stands. \`spt enqueue
--dry-run\` checks both files and writes nothing.

## configs/config.yaml

It tells the data, the target and how models are scored. Paths are relative to the folder that holds configs/.`;

const PIPES_HEAD = `## configs/pipe_configs.yaml

It maps the name of each pipeline to a list of steps, or to \`{ search: .., steps: [..] }\`. A step is a name,
or a name with a map of its parameters, or a name with a list of such maps. The list stands for the union of its
maps. All steps are in [steps.md](steps.md).

\`- choice: [StandardScaler, { PCA: { n_components: [5, 10] } }, passthrough]\` is one of several steps: an axis
of the search. A config holds the chosen step only, and \`passthrough\` leaves the step out.

ColumnTransformer gives groups of columns steps of their own:

\`\`\`yaml
mixed:
  - ColumnTransformer:
      transformers:
        numbers: { columns: numbers, steps: [SimpleImputer, { choice: [StandardScaler, passthrough] }] }
        sites: { columns: [Site, 'Ward*'], steps: [{ OneHotEncoder: { drop: [null, first] } }] }
      remainder: drop
  - LogisticRegression: { C: [0.1, 1, 10] }
\`\`\`

\`columns\` is a kind (\`numbers\`, \`categories\`, \`ordered\`, \`unordered\`), a name, or a list of names and
of patterns in which \`*\` is any text. It is no axis. What comes out stands in the order of the groups, and
then come the columns of no group, where \`remainder: passthrough\` keeps them. A name that occurs twice gets
the name of its group in front: \`sites__Site\`. A group of a kind that no column has is left out. The names of
columns are known where no step before changes which there are; a name that no column has is then refused before
anything is queued. In results, the parameters of steps inside are called
\`ColumnTransformer.numbers.SimpleImputer.strategy\` and \`SelectFromModel.estimator.LogisticRegression.C\`.

SelectFromModel and RFE have an estimator inside: \`- RFE: { estimator: { LogisticRegression: { C: [0.1, 1] } }
}\`. A list of estimators is an axis.

A parameter has one value, or a list of values. A list is an axis of the grid: every combination is one config. Put a
value that is a list itself into another list. These words make axes:

| word | values |
| --- | --- |
| \`{ logspace: [a, b, n] }\` | n values from 10^a to 10^b, as numpy.logspace; 1 is the share 1.0 where that differs |
| \`{ linspace: [a, b, n] }\` | n values from a to b, as numpy.linspace; 1 is the share 1.0 where that differs |
| \`{ range: [start, stop, step] }\` | whole numbers, as Python's range |
| \`{ uniform: [a, b] }\` | draws from a up to b; needs a search that draws |
| \`{ loguniform: [a, b] }\` | draws from a up to b, evenly over powers of ten; needs a search that draws |
| \`{ randint: [a, b] }\` | whole numbers from a up to, not including, b; needs a search that draws |

Without distributions, a search that draws takes every combination of a union with the same chance, and none twice. If
a map of the union has a distribution, every map gets the same share of the draws, even where two maps overlap.`;

/** docs/config.md. */
export function configPage(): string {
  const heads = ['key', 'values', 'default', 'meaning', 'example'];
  const config = keyRows(keysUnder(definitionOf(configSchema(metrics))), MEANINGS.config);
  const pipelines = keyRows(keysUnder(definitionOf(pipelinesSchema).item!), MEANINGS.pipelines);
  return `${[CONFIG_HEAD, table(heads, config), PIPES_HEAD, table(heads, pipelines)].join('\n\n')}\n`;
}
