/**
 * The audit of a search: the outcome of each config, who reported it, and everything in the log that a reviewer would
 * ask about. Pure: it is shown the lines of a log (inspect.ts) and makes a report.
 *
 * The fold gives each config one status, and so at most one effective outcome. The audit also looks at what the fold
 * ignored. If a worker was thought lost and reported late, the config was trained twice, and both digests must be the
 * same. If they differ, the audit names the hosts.
 *
 * The **manifest** is the SHA-256 of one line per config, sorted by id: `<id> <outcome> <digest>\n`, where the outcome
 * is finished, failed or open, and the digest that of the model, or `-`. Where models differ, all their digests stand
 * there, sorted, with commas between. It depends on the outcomes, not on who reported them, when, or by which clock. So
 * merges of the same logs in any order have the same manifest.
 */
import { sha256 } from '../../base/json.js';
import type { Damage } from '../format/decode.js';
import type { Entry, Failed, Finished, Released } from '../format/event.js';
import { Inspector, MOST_LISTED, type LinePlace, type Trouble, type Visitor } from './inspect.js';
import { mayFollow } from '../fold.js';
import { FAILED, FINISHED } from '../state/state.js';

/** What a record says about one config. */
export interface Statement {
  config: string;
  /** `finished` or `failed`: the config's outcome. `lost`: its worker was lost. */
  says: 'finished' | 'failed' | 'lost';
  digest?: string;
  /** The author of the record; where the claim is known, the machine and the worker that made it. */
  by: string;
  host?: string;
  worker?: string;
  at: string;
  place: LinePlace;
}

/** Two or more different models of one config. The effective one comes first, if there is one. */
export interface Disagreement {
  config: string;
  statements: Statement[];
}

export interface Audit {
  configs: number;
  finished: number;
  failed: number;
  /** Configs without an outcome, and their ids. */
  open: number;
  openIds: string[];
  /** Troubles of the log by kind, and the first of them. */
  counts: { [kind: string]: number };
  troubles: Trouble[];
  /** Reports under a claim that was over, which all readers ignore; and configs that were taken from a lost worker. */
  late: number;
  lateReports: Statement[];
  reclaimed: number;
  reclaims: Statement[];
  disagreements: Disagreement[];
  /** Configs with more than one effective outcome: none, unless the fold is wrong. */
  finishedTwice: string[];
  manifest: string;
  /** Whether nothing was lost, no config has two outcomes, and all models of a config agree. */
  isRight: boolean;
}

interface Maker {
  host: string;
  worker: string;
}

export class Auditor implements Visitor {
  private readonly inspector = new Inspector();
  /** Who made each claim, by epoch. */
  private readonly makers = new Map<number, Maker>();
  /** By config: the first report of each digest among those that did not apply. */
  private readonly reports = new Map<string, Statement[]>();
  /** By config: the report that applied. */
  private readonly effective = new Map<string, Statement>();
  private readonly lateReports: Statement[] = [];
  private late = 0;
  private readonly reclaims: Statement[] = [];
  private reclaimed = 0;
  private readonly finishedTwice: string[] = [];

  entry(entry: Entry, place: LinePlace): void {
    const { inspector } = this;
    const { event } = entry;
    const isUnique = mayFollow(entry.n, inspector.state.n);
    const held = event.type === 'released' ? this.heldBy(event) : [];
    const { applied } = inspector.entry(entry, place);
    if (inspector.isDouble) return;
    if (event.type === 'claimed' && isUnique)
      this.makers.set(entry.n, { host: event.worker.host, worker: event.worker.id });
    else if (event.type === 'finished') this.finished(entry, event, place, applied);
    else if (event.type === 'failed') this.failed(entry, event, place, applied);
    else if (event.type === 'released' && applied && event.why === 'lost')
      for (const config of held) this.reclaim(this.statement(entry, config, 'lost', event.claim!, place));
  }

  damaged(damage: Damage, place: LinePlace, bytes: Uint8Array): void {
    this.inspector.damaged(damage, place, bytes);
  }

  report(): Audit {
    const { state, counts, troubles, serious } = this.inspector;
    const open: number[] = [];
    for (let row = 0; row < state.size; row++)
      if (state.status[row] !== FINISHED && state.status[row] !== FAILED) open.push(row);
    const disagreements = this.disagreements();
    const { finishedTwice, late, lateReports, reclaimed, reclaims } = this;
    return {
      configs: state.size,
      finished: state.count('finished'),
      failed: state.count('failed'),
      open: open.length,
      openIds: open.map(row => state.id(row)),
      ...{ counts, troubles, late, lateReports, reclaimed, reclaims, disagreements, finishedTwice },
      manifest: this.manifest(),
      isRight: serious === 0 && disagreements.length === 0 && finishedTwice.length === 0,
    };
  }

  private finished(entry: Entry, event: Finished, place: LinePlace, applied: boolean): void {
    const { config } = event;
    const statement: Statement = {
      ...this.statement(entry, config, 'finished', event.claim, place),
      digest: event.digest,
    };
    if (applied) {
      if (this.effective.has(config)) this.finishedTwice.push(config);
      this.effective.set(config, statement);
      return;
    }
    this.isLate(statement);
    const reports = this.reports.get(config) ?? [];
    // One statement for each digest is enough to tell of a disagreement.
    if (reports.every(({ digest }) => digest !== event.digest))
      this.reports.set(config, [...reports, statement]);
  }

  private failed(entry: Entry, event: Failed, place: LinePlace, applied: boolean): void {
    const statement = this.statement(entry, event.config, 'failed', event.claim, place);
    if (!applied) this.isLate(statement);
    else if (event.kind === 'lost') this.reclaim({ ...statement, says: 'lost' });
  }

  private isLate(statement: Statement): void {
    if (++this.late <= MOST_LISTED) this.lateReports.push(statement);
  }

  private reclaim(statement: Statement): void {
    if (++this.reclaimed <= MOST_LISTED) this.reclaims.push(statement);
  }

  /** The ids of the configs that a release will free. */
  private heldBy({ claim, configs, why }: Released): string[] {
    const { state } = this.inspector;
    const held = why === 'lost' && claim !== undefined ? state.claims.get(claim) : undefined;
    if (!held) return [];
    const ids = state.held(held).map(row => state.id(row));
    return configs ? ids.filter(id => configs.includes(id)) : ids;
  }

  private statement(
    { event, ...own }: Entry,
    config: string,
    says: Statement['says'],
    claim: number,
    place: LinePlace,
  ): Statement {
    const { by, at } = ('origin' in event && event.origin) || own;
    return { config, says, by, at, place: { ...place }, ...this.makers.get(claim) };
  }

  private disagreements(): Disagreement[] {
    const found: Disagreement[] = [];
    for (const [config, reports] of this.reports) {
      const effective = this.effective.get(config);
      const others = reports.filter(({ digest }) => digest !== effective?.digest);
      const statements = effective ? [effective, ...others] : others;
      if (statements.length > 1) found.push({ config, statements });
    }
    return found.sort((a, b) => (a.config < b.config ? -1 : 1));
  }

  private manifest(): string {
    const { state } = this.inspector;
    const lines: string[] = [];
    for (let row = 0; row < state.size; row++) {
      const status = state.status[row];
      const outcome = status === FINISHED ? 'finished' : status === FAILED ? 'failed' : 'open';
      const id = state.id(row);
      lines.push(`${id} ${outcome} ${status === FINISHED ? this.digestsOf(id) : '-'}\n`);
    }
    return sha256(64, lines.sort().join(''));
  }

  /** The digests of all models that were reported of a finished config, in an order that depends on nothing else. */
  private digestsOf(config: string): string {
    const statements = [this.effective.get(config)!, ...(this.reports.get(config) ?? [])];
    return [...new Set(statements.map(({ digest }) => digest))].sort().join(',');
  }
}
