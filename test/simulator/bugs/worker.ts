/** Bugs of the worker. */
import { change, type Bug } from './plant.js';

const IN = 'src/worker';

/** A bug that is one change of one function. */
function bug(name: string, file: string, inside: string, from: string, to: string): Bug {
  return { name, changes: [change(`${IN}/${file}.ts`, inside, from, to)] };
}

const FORGETTING = `const configs = await readEach(journal, rows).catch(error => {
  for (const claimed of unread) hold.read(claimed);
  throw error;
});`;

export const workerBugs: Bug[] = [
  bug(
    'a claim that cannot be read is forgotten',
    'exchange',
    'readClaims',
    `const configs = await readEach(journal, rows);`,
    FORGETTING,
  ),
  bug(
    'what is held is not given back on leaving',
    'supervisor',
    'leave',
    `const held = this.hold.empty();`,
    `const held = this.hold.empty().slice(0, 0);`,
  ),
  bug(
    'a lost claim is still reported',
    'exchange',
    'dropLost',
    `state.isHeld(state.row(id), claim) && state.claims.get(claim)!.worker.id === worker.id`,
    `id !== undefined && claim > 0`,
  ),
  bug(
    'a report goes under the claim of another worker',
    'standing',
    'eventsToAppend',
    `return claim === undefined || claim.worker.id === id;`,
    `return true;`,
  ),
  bug(
    'strays are not settled',
    'standing',
    'eventsToAppend',
    `if (!this.isDoubtful()) return own;`,
    `if (own.length >= 0) return own;`,
  ),
  bug(
    'losses count as attempts',
    'exchange',
    'readClaims',
    `state.attempts[rows[i]] + 1`,
    `state.attempts[rows[i]] + state.losses[rows[i]] + 1`,
  ),
  bug(
    'a deadline is ignored',
    'claiming',
    'constructor',
    `environment.clock.nowMs() + (seconds - closingSeconds(seconds)) * 1000`,
    `Infinity`,
  ),
  bug(
    'the lease is never renewed',
    'supervisor',
    'renew',
    `await heartbeat.bump().catch(error => writeStatus(\`cannot renew the lease: \${error.message}\`));`,
    ``,
  ),
  bug(
    'a worker with a stale lease starts configs',
    'supervisor',
    'start',
    `|| !this.environment.heartbeat.isFresh()`,
    ``,
  ),
  bug(
    'a passing read error ends the worker',
    'patience',
    'pauseAfter',
    `if (code === undefined || error instanceof Failure) throw error;`,
    `throw error;`,
  ),
  bug(
    'one damaged record fails all configs of its claim',
    'reading',
    'readEach',
    `if (!(error instanceof Failure)) throw error;`,
    `if (error instanceof Failure) return rows.map(() => error);`,
  ),
  bug(
    'an outcome is reported after its job was dropped',
    'crew',
    'finish',
    `if (this.running.get(trainer) !== job) return;`,
    ``,
  ),
  bug(
    'short memory blames everything that runs',
    'crew',
    'watchMemory',
    `if (this.isAlone) return`,
    `this.isAlone = true; return`,
  ),
  bug(
    'what finds no memory beside others has failed',
    'crew',
    'finish',
    `outcome.failure === 'memory' && !isAlone`,
    `outcome.failure === 'memory' && isAlone`,
  ),
  bug(
    'memory is not freed before a config is tried alone',
    'crew',
    'startAlone',
    `if (this.memory === 'kept') return this.freeMemory();`,
    ``,
  ),
  bug(
    'the claims of the dead are not released',
    'watch',
    'look',
    `if (losses.length > 0) await this.release(losses);`,
    ``,
  ),
  bug(
    'splits do not take turns',
    'choosing',
    'chooseConfigs',
    `const turn = splitInTurn(state, pace, request);`,
    `const turn = undefined;`,
  ),
  bug(
    'what may kill its workers is trained beside others',
    'claiming',
    'isDoubtful',
    `return this.environment.journal.state.losses[row] >= this.options.losses / 2;`,
    `return row < 0;`,
  ),
  bug(
    'a failure that comes at once teaches the pace',
    'supervisor',
    'ended',
    `if (outcome.kind === 'finished' || outcome.failure === 'timeout')`,
    ``,
  ),
  bug(
    'a stop after a warning has no grace time',
    'supervisor',
    'stop',
    `Math.min(state.untilMs, graceEndsAtMs)`,
    `state.untilMs`,
  ),
];
