/** The parameters that tell the configs of a pipeline apart, and a config's values of them as a short text. */
import type { Json } from '../base/config.js';
import { shortValue } from '../base/short-value.js';
import { parametersOf, Varying } from './parameters.js';
import type { Search } from './search.js';

/** How many configs of a pipeline are looked at. They are spread evenly over its configs. */
const LOOKED_AT = 500;

/**
 * For each pipeline among the rows, the names of the parameters that differ. A sample of at most 500 configs of each
 * pipeline tells them, so a parameter that only few configs change can be missed.
 * @param also rows that are looked at in any case
 */
export async function differingParameters(
  search: Search,
  rows: readonly number[],
  also: readonly number[] = [],
): Promise<Map<string, string[]>> {
  const pipelines = new Map<string, number[]>();
  for (const row of rows) {
    const { pipeline } = search.state.groupOf(row);
    const own = pipelines.get(pipeline);
    if (own) own.push(row);
    else pipelines.set(pipeline, [row]);
  }
  const samples = [...pipelines.values()].flatMap(own => {
    const step = Math.max(1, own.length / LOOKED_AT);
    return Array.from({ length: Math.min(own.length, LOOKED_AT) }, (_, i) => own[Math.floor(i * step)]);
  });
  const varying = new Map<string, Varying>();
  const wanted = [...new Set([...samples, ...also])].sort((a, b) => a - b);
  for await (const results of search.results(wanted)) {
    for (const { pipeline, config } of results) {
      if (!config) continue;
      let own = varying.get(pipeline);
      if (!own) varying.set(pipeline, (own = new Varying()));
      own.add(parametersOf(config));
    }
  }
  return new Map([...varying].map(([pipeline, { names }]) => [pipeline, names]));
}

/** The values of some parameters as a text such as `C=10 gamma=scale`. The step is named where the name needs it. */
export function shortParameters(parameters: ReadonlyMap<string, Json>, names: readonly string[]): string {
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const times = new Map<string, number>();
  for (const name of names) times.set(last(name), (times.get(last(name)) ?? 0) + 1);
  return names
    .filter(name => parameters.has(name))
    .map(name => {
      const short = times.get(last(name)) === 1 ? last(name) : name;
      return `${short}=${shortValue(parameters.get(name)!)}`;
    })
    .join(' ');
}
