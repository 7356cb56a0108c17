/** The parameters of a config by name, and those that tell configs apart. */
import type { Config, Json } from '../base/config.js';

/**
 * The parameters of a config's steps, in the order of the steps: `SVC.C`, `SelectKBest.k`. If a step occurs twice, the
 * second one is `StandardScaler#2`.
 */
export function parametersOf({ steps }: Pick<Config, 'steps'>): Map<string, Json> {
  const values = new Map<string, Json>();
  const times = new Map<string, number>();
  for (const step of steps) {
    for (const [name, parameters] of Object.entries(step)) {
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      const prefix = time === 1 ? name : `${name}#${time}`;
      for (const [parameter, value] of Object.entries(parameters))
        values.set(`${prefix}.${parameter}`, value);
    }
  }
  return values;
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
