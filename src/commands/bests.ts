/** What the summary tells of the best config of each group besides its score: its deviation and its parameters. */
import type { GroupSummary, Summary } from '../events/ask/summary.js';
import type { Json } from '../base/config.js';
import { differingParameters, shortParameters } from '../views/differing.js';
import { parametersOf } from '../views/parameters.js';
import type { Search } from '../views/search.js';
import { foldsIn } from '../views/shape.js';
import { correctedError } from '../statistics/folds.js';
import { sampleDeviation } from '../statistics/sample.js';

export interface BestDetails {
  /** The sample deviation over the folds, and the corrected standard error of the mean; absent without folds. */
  sd?: number;
  se?: number;
  /** The parameters that differ among the configs of its pipeline. */
  parameters: { [name: string]: Json };
  /** The same as a short text. */
  text: string;
}

/** Reads the details of the best configs of a summary. It remembers which parameters differ while no config is new. */
export class Bests {
  private names = new Map<string, string[]>();
  private known = -1;

  async of(search: Search, { groups }: Summary): Promise<Map<GroupSummary, BestDetails>> {
    const { state } = search;
    const rows = new Map<number, GroupSummary>();
    for (const group of groups) if (group.best) rows.set(state.row(group.best.config), group);
    const best = [...rows.keys()].sort((a, b) => a - b);
    if (this.known !== state.size) this.names = await differingParameters(search, search.rows, best);
    this.known = state.size;
    const details = new Map<GroupSummary, BestDetails>();
    for await (const results of search.results(best)) {
      for (const { row, config, finished, pipeline, scoring } of results) {
        if (!config) continue;
        const folds = foldsIn(finished?.scores.cv?.[scoring]);
        const [sd, se] = [sampleDeviation(folds), correctedError(folds, config.cv)];
        const all = parametersOf(config);
        const names = (this.names.get(pipeline) ?? []).filter(name => all.has(name));
        details.set(rows.get(row)!, {
          ...(sd !== null && { sd }),
          ...(se !== null && { se }),
          parameters: Object.fromEntries(names.map(name => [name, all.get(name)!])),
          text: shortParameters(all, names),
        });
      }
    }
    return details;
  }
}
