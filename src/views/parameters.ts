/** The parameters of a config by name, and those that tell configs apart. */
import type { Config, Json, Step } from '../base/config.js';

/**
 * The parameters of a config's steps, in the order of the steps: `SVC.C`, `SelectKBest.k`. If a step occurs twice, the
 * second one is `StandardScaler#2`. Steps inside of a step have its name and the name of their parameter or group in
 * front: `SelectFromModel.estimator.LogisticRegression.C`, `ColumnTransformer.numbers.SimpleImputer.strategy`. The
 * parameter itself then says which steps these are. `steps` has the names of all steps, because a choice between steps
 * may make configs that differ in nothing else.
 */
export function parametersOf({ steps }: Pick<Config, 'steps'>): Map<string, Json> {
  const values = new Map<string, Json>();
  addParameters(steps, '', values);
  return values.set(STEPS, namesOf(steps));
}

/** The name of the parameter that has the names of the steps. No parameter of a step is called so. */
export const STEPS = 'steps';

function addParameters(steps: readonly Step[], before: string, values: Map<string, Json>): void {
  const times = new Map<string, number>();
  for (const step of steps) {
    for (const [name, parameters] of Object.entries(step)) {
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      const prefix = `${before}${time === 1 ? name : `${name}#${time}`}.`;
      for (const [parameter, value] of Object.entries(parameters)) {
        const inside = stepsIn(parameter, value);
        if (!inside) values.set(prefix + parameter, value);
        for (const chain of inside ?? []) {
          values.set(prefix + chain.name, namesOf(chain.steps));
          addParameters(chain.steps, `${prefix}${chain.name}.`, values);
        }
      }
    }
  }
}

/** Steps inside of a step, and the name of their parameter or group. */
interface Inner {
  name: string;
  steps: readonly Step[];
}

/** The names of steps, one after the other; `passthrough` where there are none. */
export function namesOf(steps: readonly Step[]): string {
  return steps.map(step => Object.keys(step)[0]).join(', ') || 'passthrough';
}

/** The parameters that hold a step. */
const HOLD_A_STEP = new Set(['estimator', 'regressor']);

/** The steps in the value of a parameter; undefined where it holds none. */
function stepsIn(parameter: string, value: Json): Inner[] | undefined {
  if (parameter === 'transformers' && Array.isArray(value)) {
    const groups = value.map(groupOf);
    return groups.every(group => group !== undefined) ? groups : undefined;
  }
  if (!HOLD_A_STEP.has(parameter) || !isStep(value)) return undefined;
  return [{ name: parameter, steps: [value] }];
}

function groupOf(value: Json): Inner | undefined {
  if (!isMap(value) || typeof value.name !== 'string' || !Array.isArray(value.steps)) return undefined;
  const { name, steps } = value;
  return steps.every(isStep) ? { name, steps } : undefined;
}

const isMap = (value: Json): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function isStep(value: Json): value is Step {
  return isMap(value) && Object.keys(value).length === 1 && Object.values(value).every(isMap);
}

/** Finds the parameters that differ among the configs that it was shown. A parameter that some lack differs, too. */
export class Varying {
  private readonly seen = new Map<string, { text: string; configs: number; differs: boolean }>();
  private configs = 0;

  add(parameters: ReadonlyMap<string, Json>): void {
    this.configs++;
    for (const [name, value] of parameters) {
      const text = JSON.stringify(value);
      const known = this.seen.get(name);
      if (!known) this.seen.set(name, { text, configs: 1, differs: false });
      else {
        known.configs++;
        known.differs ||= known.text !== text;
      }
    }
  }

  /** Their names, in the order in which they were met. */
  get names(): string[] {
    return [...this.seen]
      .filter(([, { configs, differs }]) => differs || configs < this.configs)
      .map(([name]) => name);
  }
}
