/** ColumnTransformer as code of Python. Each step of a group is made by a function of its own. */
import type { Levels } from '../plan.js';
import type { GroupsPart, TransformPart } from '../plan-transforms.js';
import { levelsInto } from '../levels.js';
import type { Document } from '../../ml/types.js';
import { pythonText } from './literals.js';
import type { InnerStep, StepCode } from './step-code.js';

/** What the columns of no group are, which scikit-learn calls so by itself. */
const REMAINDER = 'remainder';

/** What a group is fitted with before its steps are put in. */
const STAND_IN = 'FunctionTransformer()';

/** A group, with the code of its steps. `width` is how many features it becomes. */
interface CodedGroup {
  name: string;
  places: Int32Array;
  inner: InnerStep[];
  width: number;
}

type CodeOf = (part: TransformPart, levels: Levels) => StepCode;

/** The code of a ColumnTransformer; `codeOf` gives that of the steps of a group. */
export function groupsCode(part: GroupsPart, levels: Levels, codeOf: CodeOf): StepCode {
  const { step, params, inputs } = part;
  const isKept = params.remainder === 'passthrough';
  const groups = codedGroups(part, levels, codeOf);
  const named = groups.filter(({ name }) => !(isKept && name === REMAINDER));
  return {
    className: step,
    imports: [
      'from sklearn.compose import ColumnTransformer',
      'from sklearn.preprocessing import FunctionTransformer',
    ],
    args: [`[${named.map(selectionText).join(', ')}]`, ...(isKept ? ['remainder="passthrough"'] : [])],
    lines: [
      `step.fit(numpy.zeros((1, ${inputs})))`,
      `widths = [${groups.map(({ width }) => width).join(', ')}]`,
      'made = {',
      ...groups.flatMap((group, g) => (group.inner.length > 0 ? [pipelineText(group, g)] : [])),
      '}',
      'put_groups(step, made, widths)',
    ],
    numbers: { groups: groups.map(numbersOf) },
    helpers: ['groups'],
    inner: groups.flatMap(({ inner }) => inner),
    countsFeatures: false,
  };
}

function codedGroups({ groups }: GroupsPart, levels: Levels, codeOf: CodeOf): CodedGroup[] {
  return groups.map(({ name, places, parts }, g) => {
    const own = Array.from(places, j => levels[j]);
    const into = levelsInto(parts, own);
    const inner = parts.map((part, at): InnerStep => ({
      maker: `group_${g}_${at}_${part.step.toLowerCase()}`,
      code: codeOf(part, into[at]),
      part,
    }));
    return { name, places, inner, width: parts.at(-1)?.outputs ?? places.length };
  });
}

/** The group as the constructor gets it. */
function selectionText({ name, places, inner }: CodedGroup): string {
  const way = inner.length > 0 ? STAND_IN : '"passthrough"';
  return `(${pythonText(name)}, ${way}, [${places.join(', ')}])`;
}

/** The fitted pipeline of group g. */
function pipelineText({ name, inner }: CodedGroup, g: number): string {
  const steps = inner.map(({ maker, part: { step } }, at) => {
    const learned = `of["groups"][${g}]["steps"][${at}]["learned"]`;
    return `("${step.toLowerCase()}-${at + 1}", ${maker}(${learned}))`;
  });
  return `    ${pythonText(name)}: Pipeline([${steps.join(', ')}]),`;
}

function numbersOf({ name, places, inner }: CodedGroup): Document {
  const steps = inner.map(({ code, part: { inputs, params } }) => ({
    class: code.className,
    inputs,
    params: params as Document,
    learned: code.numbers,
  }));
  return { name, places, steps };
}
