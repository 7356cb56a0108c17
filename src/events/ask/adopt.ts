/**
 * Takes the facts of other logs (facts.ts) into a living log: it makes the events that the living log lacks. The
 * records of the living log stay as they are, and the new events follow them. Pure.
 *
 * The living log comes first. A config that it has finished stays finished, and another digest is only noted. A config
 * that one of its workers trains now is left to that worker. A config that it was told to retry does not fail again
 * because of other logs.
 */
import type { Config } from '../../base/config.js';
import type { Claimed, Draft, Failed, Finished, Origin, Worker } from '../format/event.js';
import type { ConfigFacts, Facts, Report, Told } from './facts.js';
import { CLAIMED, FAILED, FINISHED, type State } from '../state/state.js';

/** How many facts were taken over, in configs. */
export interface Adopted {
  enqueued: number;
  finished: number;
  failed: number;
  /** Other digests of configs that are finished. */
  noted: number;
  /** Configs that others have finished, and that are left to the worker that holds them. */
  busy: number;
}

/** The ids of all configs in the facts of others. */
export function configsOf(others: Facts): string[] {
  return [...others.configs.keys()].sort();
}

/**
 * The events that bring some configs up to the facts of others, to be appended to a log in this state.
 * @param own the facts of the log, as of some moment before
 */
export function adopt(
  state: State,
  own: Facts,
  others: Facts,
  ids: readonly string[],
): { drafts: Draft[]; adopted: Adopted } {
  const adoption = new Adoption(state, own, others);
  for (const id of ids) adoption.take(id, others.configs.get(id)!);
  return adoption;
}

class Adoption {
  readonly drafts: Draft[] = [];
  readonly adopted: Adopted = { enqueued: 0, finished: 0, failed: 0, noted: 0, busy: 0 };
  private readonly retried: ReadonlySet<string>;

  constructor(
    private readonly state: State,
    private readonly own: Facts,
    private readonly others: Facts,
  ) {
    this.retried = new Set([...own.retries.values()].flatMap(({ configs }) => configs));
  }

  take(id: string, of: ConfigFacts): void {
    const { state, adopted } = this;
    const row = state.row(id);
    const status = row < 0 ? undefined : state.status[row];
    if (row < 0) {
      if (!of.enqueued) return;
      const config = JSON.parse(of.enqueued.body) as Config;
      this.drafts.push({ type: 'enqueued', config, origin: originOf(of.enqueued) });
      adopted.enqueued++;
    }
    const { finished, failed } = of;
    if (finished && status === CLAIMED) adopted.busy++;
    else if (finished && status !== FINISHED) {
      if (status === FAILED) this.drafts.push({ type: 'released', configs: [id], why: 'retry' });
      this.report(id, finished, 'finished', [id]);
      adopted.finished++;
    } else if (
      failed &&
      status !== FINISHED &&
      status !== FAILED &&
      status !== CLAIMED &&
      !this.retried.has(id)
    ) {
      this.report(id, failed, 'failed', [id]);
      adopted.failed++;
    }
    this.noteOthers(id, of, status);
  }

  /** Notes each digest that this log does not know. */
  private noteOthers(id: string, { finished, reports }: ConfigFacts, status: number | undefined): void {
    const known = this.own.configs.get(id)?.reports;
    const isFinishing = finished && status !== FINISHED && status !== CLAIMED;
    for (const [digest, report] of reports) {
      if (known?.has(digest)) continue;
      if (finished && digestOf(finished) === digest && (isFinishing || status === CLAIMED)) continue;
      this.report(id, report, 'finished', []);
      this.adopted.noted++;
    }
  }

  /**
   * A claim in the name of the author of the report, and the report. The claim is empty if the report is only noted.
   */
  private report(config: string, report: Report, type: 'finished' | 'failed', configs: string[]): void {
    const told = report.claim === undefined ? undefined : this.others.claims.get(report.claim);
    const worker = told ? (JSON.parse(told.body) as Worker) : UNKNOWN_WORKER;
    const by = told && { origin: originOf(told) };
    this.drafts.push({ type: 'claimed', configs, worker, ...by } satisfies Claimed);
    const claim = this.state.n + this.drafts.length;
    const content = JSON.parse(report.body) as object;
    this.drafts.push({ type, config, claim, ...content, origin: originOf(report) } as Finished | Failed);
  }
}

/** The worker of a report whose claim is not in the other log. */
const UNKNOWN_WORKER: Worker = { id: 'unknown', host: 'unknown', pid: 0 };

/** Author, time and event id as they stood in the other log. */
function originOf({ id, at, by }: Told): Origin {
  return { id, at, by };
}

function digestOf(report: Report): string {
  return (JSON.parse(report.body) as { digest: string }).digest;
}
