/**
 * Chooses which configs to claim: from the front of the queue, one split at a time, because a trainer has to load the
 * data of each split. A worker stays with a split until the split is an eighth of its own configs ahead of the split
 * that is least done. So half of a search is half of each split, and a worker loads the data of a split about eight
 * times.
 */
import { QUEUED, type State } from '../events/state/state.js';
import { MOST_PER_CLAIM, type Pace } from './pacing.js';

/** How far a split may be ahead of the split that is least done, as a part of its configs. */
const MOST_LEAD = 1 / 8;

/**
 * The most configs that one worker should take from the queue, so that every worker finds some towards the end (guided
 * self-scheduling, Polychronopoulos and Kuck 1987).
 */
function fairShare(queued: number, workers: number): number {
  return Math.max(1, Math.min(MOST_PER_CLAIM, Math.ceil(queued / (2 * Math.max(1, workers)))));
}

/** What a worker asks for when it claims. */
export interface ClaimRequest {
  /** How much work, in seconds. */
  seconds: number;
  /** Only configs that are expected to end within this number of seconds. */
  secondsLeft: number;
  preferredSplit?: string;
  /** Whether the worker holds nothing and trains nothing. */
  isFree: boolean;
  /** Whether the config of a row may kill its workers. Then a free worker claims it alone. */
  isDoubtful(row: number): boolean;
  /** Whether this worker cannot train some configs of a split. */
  isSplitAside(split: string): boolean;
  /** Whether this worker cannot train the config of a row. */
  isAside(row: number): boolean;
}

/** Whether anything is queued that is expected to end within the seconds that are left. */
export function anythingFits(state: State, pace: Pace, secondsLeft: number): boolean {
  if (secondsLeft === Infinity) return state.count('queued') > 0;
  return state.groups.some(
    ({ pipeline, split }, group) =>
      state.counts[4 * group + QUEUED] > 0 && pace.fits(pipeline, split, secondsLeft),
  );
}

/** The same where some configs are set aside. It looks at every queued config. */
export function anythingElseFits(
  state: State,
  pace: Pace,
  secondsLeft: number,
  isAside: (row: number) => boolean,
): boolean {
  for (let row = state.nextQueued(); row >= 0; row = state.nextQueued(row + 1)) {
    const { pipeline, split } = state.groupOf(row);
    if (!isAside(row) && pace.fits(pipeline, split, secondsLeft)) return true;
  }
  return false;
}

/** The ids of the configs to claim next, at least one where one fits. */
export function chooseConfigs(state: State, pace: Pace, request: ClaimRequest): string[] {
  const turn = splitInTurn(state, pace, request);
  const chosen = turn ? chooseFrom(state, pace, request, turn) : [];
  return chosen.length > 0 ? chosen : chooseFrom(state, pace, request);
}

/** A split, and how many of its configs may be claimed before the turn of another split comes. */
interface Turn {
  split: string;
  most: number;
}

/** How many configs of a split are not queued any more. */
interface SplitProgress {
  split: string;
  total: number;
  begun: number;
  isOpen: boolean;
}

/** The preferred split, unless it is too far ahead of the others. Then the split that is least done. */
function splitInTurn(state: State, pace: Pace, request: ClaimRequest): Turn | undefined {
  const open = progressOfSplits(state, pace, request.secondsLeft).filter(
    ({ split, isOpen }) => isOpen && !request.isSplitAside(split),
  );
  const turns = open.map(progress => ({ split: progress.split, most: mostBefore(progress, open) }));
  const preferred = turns.find(({ split }) => split === request.preferredSplit);
  if (preferred && preferred.most >= 1) return preferred;
  const part = ({ begun, total }: SplitProgress) => begun / total;
  const least = open.reduce((a, b) => (part(b) < part(a) ? b : a), open[0]);
  const turn = turns.find(({ split }) => split === least?.split);
  return turn && { split: turn.split, most: Math.max(1, turn.most) };
}

/** How many more configs of a split can be begun until it is too far ahead of another. */
function mostBefore({ split, total, begun }: SplitProgress, open: readonly SplitProgress[]): number {
  const others = open.filter(other => other.split !== split);
  if (others.length === 0) return MOST_PER_CLAIM;
  const least = Math.min(...others.map(other => other.begun / other.total));
  return Math.floor((least + MOST_LEAD) * total) - begun;
}

function progressOfSplits(state: State, pace: Pace, secondsLeft: number): SplitProgress[] {
  const found = new Map<string, SplitProgress>();
  state.groups.forEach(({ pipeline, split }, group) => {
    const progress = found.get(split) ?? { split, total: 0, begun: 0, isOpen: false };
    const counts = state.counts.subarray(4 * group, 4 * group + 4);
    const total = counts.reduce((sum, one) => sum + one, 0);
    progress.total += total;
    progress.begun += total - counts[QUEUED];
    progress.isOpen ||= counts[QUEUED] > 0 && pace.fits(pipeline, split, secondsLeft);
    found.set(split, progress);
  });
  return [...found.values()];
}

/** From the front of the queue, of one split or of all. */
function chooseFrom(
  state: State,
  pace: Pace,
  { seconds, secondsLeft, isFree, isDoubtful, isAside }: ClaimRequest,
  turn?: Turn,
): string[] {
  if (!anythingFits(state, pace, secondsLeft)) return [];
  const share = fairShare(state.count('queued'), state.holders().length);
  const most = Math.min(share, turn?.most ?? MOST_PER_CLAIM);
  const chosen: string[] = [];
  let expectedSeconds = 0;
  let row = state.nextQueued(0, turn?.split);
  while (row >= 0 && chosen.length < most && (chosen.length === 0 || expectedSeconds < seconds)) {
    const { pipeline, split } = state.groupOf(row);
    const fits = pace.fits(pipeline, split, secondsLeft) && !isAside(row);
    const doubtful = fits && isDoubtful(row);
    if (doubtful && isFree && chosen.length === 0) return [state.id(row)];
    if (fits && !doubtful) {
      expectedSeconds += pace.expect(pipeline, split);
      chosen.push(state.id(row));
    }
    row = state.nextQueued(row + 1, turn?.split);
  }
  return chosen;
}
