/** `spt steps`: what may stand in a pipeline, from the schemas that check a search. */
import { Command } from 'commander';
import { exampleOf } from '../config/step-example.js';
import { plain, stepFacts, type ParameterFacts, type StepFacts } from '../config/wording.js';
import { findStep, registry } from '../ml/registry.js';
import type { Estimator, Transform } from '../ml/types.js';
import { safeJson } from '../terminal/printable.js';
import { screenOf, wrapped } from '../terminal/screen.js';

const AFTER_HELP = `
Examples:
  spt steps
      every step, with the names of its parameters
  spt steps SVC
      one step: each parameter with its values and default, and an example`;

/** How wide a text may be where the output is no terminal. */
const WIDTH = 80;

export function steps(): Command {
  return new Command('steps')
    .summary('what may stand in a pipeline: steps, their parameters and defaults')
    .description(
      "Lists the steps that configs/pipe_configs.yaml may name. Names, parameters and defaults are scikit-learn's " +
        "(xgboost's for XGBClassifier).",
    )
    .argument('[steps...]', 'the names of steps, to show all about them')
    .option('--json', 'print one JSON object for each step, one a line')
    .addHelpText('after', AFTER_HELP)
    .action(run);
}

function run(names: string[], { json }: { json?: boolean }): void {
  const asked = names.map(findStep);
  const shown = asked.length > 0 ? asked : [...registry.values()];
  if (json) {
    for (const step of shown) console.log(safeJson(factsOf(step)));
    return;
  }
  const width = Math.min(screenOf(process.stdout).width, WIDTH);
  console.log(asked.length > 0 ? asked.map(step => stepText(step, width)).join('\n\n') : listText(width));
}

/** All facts of a step, for programs. */
function factsOf(
  step: Transform | Estimator,
): StepFacts & { example: string } & ReturnType<typeof abilities> {
  return { ...stepFacts(step, plain), ...abilities(step), example: exampleOf(step) };
}

/** What a step can do with its default parameters. */
function abilities(step: Transform | Estimator): {
  missing: boolean;
  decision?: boolean;
  proba?: boolean;
  values?: true;
} {
  const { missing } = step.tags;
  if (step.kind === 'transform') return { missing };
  if (step.task === 'regression') return { missing, values: true };
  return { missing, decision: step.tags.decision, proba: step.tags.proba(step.params.parse({})) };
}

function listText(width: number): string {
  const all = [...registry.values()];
  const longest = Math.max(...all.map(({ name }) => name.length));
  const indent = ' '.repeat(longest + 4);
  const lines = (step: Transform | Estimator): string => {
    const { name, summary, parameters } = stepFacts(step, plain);
    const names = parameters.filter(({ isUnused }) => !isUnused).map(one => one.name);
    const head = wrapped(summary, width, indent).slice(longest + 4);
    const rest = names.length > 0 ? [wrapped(names.join(', '), width, indent)] : [];
    return [`  ${name.padEnd(longest)}  ${head}`, ...rest].join('\n');
  };
  const transforms = all.filter(({ kind }) => kind === 'transform').map(lines);
  const estimators = (task: Estimator['task']): string[] =>
    all.filter(step => step.kind === 'estimator' && step.task === task).map(lines);
  return [
    'Transforms: any number up to 31, in front.',
    ...transforms,
    '',
    'Classifiers: one, the last step.',
    ...estimators('classification'),
    '',
    'Regressors: one, the last step, for a target of values.',
    ...estimators('regression'),
    '',
    'spt steps NAME shows the values and defaults of the parameters, and an example.',
  ].join('\n');
}

function stepText(step: Transform | Estimator, width: number): string {
  const { name, summary, parameters, refusals, example } = factsOf(step);
  const read = parameters.filter(({ isUnused }) => !isUnused);
  const longest = Math.max(...read.map(one => one.name.length));
  const unused = parameters.filter(({ isUnused }) => isUnused).map(one => one.name);
  const sentences = [
    abilityText(step),
    ...(unused.length > 0 ? [`Taken and without effect: ${unused.join(', ')}.`] : []),
    ...refusals,
  ];
  return [
    wrapped(`${name}: ${summary}.`, width),
    read.length > 0
      ? read.map(one => parameterText(one, longest, width)).join('\n')
      : '  It has no parameters.',
    ...sentences.map(sentence => wrapped(sentence, width)),
    `In configs/pipe_configs.yaml:\n\n${example.trimEnd()}`,
  ].join('\n\n');
}

function parameterText(
  { name, values, default: value, isRequired, meaning }: ParameterFacts,
  longest: number,
  width: number,
): string {
  const indent = ' '.repeat(longest + 4);
  const usual = isRequired ? 'required' : `default ${plain(value)}`;
  const first = wrapped(`${values}; ${usual}`, width, indent).slice(longest + 4);
  return `  ${name.padEnd(longest)}  ${first}\n${wrapped(meaning, width, indent)}`;
}

function abilityText(step: Transform | Estimator): string {
  const { missing, decision, proba } = abilities(step);
  const values = missing ? 'It takes missing values.' : 'It refuses missing values.';
  if (step.kind === 'transform') return values;
  if (step.task === 'regression') return `${values} It gives a value.`;
  const given = [decision && 'a decision', proba && 'probabilities'].filter(Boolean).join(' and ');
  return `${values} With its defaults it gives labels${given === '' ? '' : ` and ${given}`}.`;
}
