/** ColumnTransformer as code of Python. Each step of a group is made by a function of its own. */
import type { GroupsPart, Levels, TransformPart } from '../plan.js';
import { levelsInto } from '../levels.js';
import { pythonText } from './literals.js';
import type { InnerStep, StepCode } from './step-code.js';

/** What the columns of no group are, which scikit-learn calls so by itself. */
const REMAINDER = 'remainder';

/** What a group is fitted with before its steps are put in. */
const STAND_IN = 'FunctionTransformer()';

/** The code of a ColumnTransformer; `codeOf` gives that of the steps of a group. */
export function groupsCode(
  part: GroupsPart,
  levels: Levels,
  codeOf: (part: TransformPart, levels: Levels) => StepCode,
): StepCode {
  const { step, params, groups, inputs } = part;
  const isKept = params.remainder === 'passthrough';
  const all = groups.map(({ name, places, parts }, g) => {
    const into = levelsInto(
      parts,
      Array.from(places, j => levels[j]),
    );
    const inner = parts.map((own, at): InnerStep => ({
      maker: `group_${g}_${at}_${own.step.toLowerCase()}`,
      code: codeOf(own, into[at]),
      part: own,
    }));
    return { name, places, inner, width: parts.at(-1)?.outputs ?? places.length };
  });
  const named = all.filter(({ name }) => !(isKept && name === REMAINDER));
  const selections = named.map(
    ({ name, places, inner }) =>
      `(${pythonText(name)}, ${inner.length > 0 ? STAND_IN : '"passthrough"'}, [${[...places].join(', ')}])`,
  );
  const made = all
    .filter(({ inner }) => inner.length > 0)
    .map(({ name, inner }) => {
      const g = all.findIndex(group => group.name === name);
      const steps = inner.map(
        ({ maker, part: own }, at) =>
          `("${own.step.toLowerCase()}-${at + 1}", ${maker}(of["groups"][${g}]["steps"][${at}]["learned"]))`,
      );
      return `    ${pythonText(name)}: Pipeline([${steps.join(', ')}]),`;
    });
  return {
    className: step,
    imports: [
      'from sklearn.compose import ColumnTransformer',
      'from sklearn.preprocessing import FunctionTransformer',
    ],
    args: [`[${selections.join(', ')}]`, ...(isKept ? ['remainder="passthrough"'] : [])],
    lines: [
      `step.fit(numpy.zeros((1, ${inputs})))`,
      `widths = [${all.map(({ width }) => width).join(', ')}]`,
      'made = {',
      ...made,
      '}',
      'put_groups(step, made, widths)',
    ],
    numbers: {
      groups: all.map(({ name, places, inner }) => ({
        name,
        places,
        steps: inner.map(({ code, part: { step: own, inputs: count, params: given } }) => ({
          class: code.className,
          step: own,
          inputs: count,
          params: given as { [name: string]: any },
          learned: code.numbers,
        })),
      })),
    },
    helpers: ['groups'],
    inner: all.flatMap(({ inner }) => inner),
    countsFeatures: false,
  };
}
