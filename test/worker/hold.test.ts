/** What a worker holds, and in which of its places. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Hold, type Job } from '../../src/worker/hold.js';
import { idOf, makeConfig } from '../../support/log-helpers.js';

const Holds = suite('hold');

/** A hold with the jobs 0 to `count - 1` of claim 7, all of them waiting. */
function holdOf(count: number): { hold: Hold; jobs: Job[] } {
  const hold = new Hold();
  const ids = Array.from({ length: count }, (_, i) => idOf(i));
  hold.enter(ids, 7);
  const jobs = hold.allUnread().map((claimed, i): Job => {
    return { ...claimed, config: makeConfig(i), attempt: 1, expectedSeconds: i, startedAtMs: 0, scored: [] };
  });
  hold.allUnread().forEach((claimed, i) => hold.read(claimed, jobs[i]));
  return { hold, jobs };
}

Holds('what was claimed is held before it is read', () => {
  const hold = new Hold();
  hold.enter([idOf(0), idOf(1)], 7);
  assert.equal(hold.all(), [
    { id: idOf(0), claim: 7 },
    { id: idOf(1), claim: 7 },
  ]);
  assert.is(hold.isEmpty, false);
  const [first, second] = hold.allUnread();
  hold.read(first);
  assert.equal(hold.all(), [{ id: idOf(1), claim: 7 }], 'a config that cannot be read is held no more');
  assert.throws(() => hold.read(first), /was not to be read/);
  assert.equal(hold.empty(), [second]);
  assert.is(hold.isEmpty, true);
});

Holds('jobs move between places in order, and are in one place only', () => {
  const { hold, jobs } = holdOf(4);
  assert.is(hold.waitingSeconds(), 0 + 1 + 2 + 3);
  assert.is(hold.lastWaiting(), jobs[3]);
  hold.move(jobs[1], 'running');
  hold.move(jobs[0], 'alone');
  assert.equal([hold.count('waiting'), hold.count('running'), hold.count('alone')], [2, 1, 1]);
  hold.move(jobs[0], 'waiting');
  assert.equal(hold.in('waiting'), [jobs[2], jobs[3], jobs[0]]);
  assert.is(
    hold.first('waiting', ({ expectedSeconds }) => expectedSeconds < 3),
    jobs[2],
  );
  hold.remove(jobs[2]);
  assert.throws(() => hold.remove(jobs[2]), /is not held/);
  assert.equal(hold.takeAll('waiting'), [jobs[3], jobs[0]]);
  assert.equal(hold.all(), [jobs[1]]);
});

Holds('what is lost is dropped wherever it is, and what of it was running is told', () => {
  const { hold, jobs } = holdOf(4);
  hold.enter([idOf(8), idOf(9)], 8);
  hold.move(jobs[0], 'running');
  hold.move(jobs[1], 'running');
  hold.move(jobs[2], 'returning');
  const kept = new Set([idOf(1), idOf(9)]);
  assert.equal(
    hold.dropUnless(({ id }) => kept.has(id)),
    [jobs[0]],
  );
  assert.equal(new Set(hold.all().map(({ id }) => id)), kept);
});

Holds.run();
