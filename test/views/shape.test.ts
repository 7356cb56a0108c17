/** The columns of a table of results are those that a reading of all records finds, although few records are parsed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSearch } from '../../src/commands/view.js';
import type { Draft } from '../../src/events/format/event.js';
import { Shape } from '../../src/views/shape.js';
import type { Result } from '../../src/views/result.js';
import { manyFinished } from '../../support/large-log.js';
import { oddLog } from '../../support/odd-log.js';
import { makeSearch } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Shapes = suite('shape');

/** The shape of some batches of results, and how many results there were. */
async function shapeOf(batches: AsyncGenerator<Result[]>): Promise<{ shape: Shape; count: number }> {
  const shape = new Shape();
  let count = 0;
  for await (const results of batches)
    for (const result of results) {
      shape.add(result);
      count++;
    }
  return { shape, count };
}

/** Both readings of a log: their shapes are equal. Gives how many records each has parsed. */
async function counts(events: Draft[], damage: (text: string) => string = text => text): Promise<number[]> {
  const search = makeSearch();
  try {
    writeLog(search, events);
    const { look } = await openSearch({ root: search.root });
    const found = await look();
    // The state knows the records, and one of them changes afterwards.
    search.write('log/events-000001.jsonl', damage(search.read('log/events-000001.jsonl')));
    const all = await shapeOf(found.results());
    const some = await shapeOf(found.examples(found.rows));
    assert.equal([...some.shape.metrics], [...all.shape.metrics]);
    assert.equal([...some.shape.sizes], [...all.shape.sizes]);
    assert.equal(some.shape.parameters, all.shape.parameters);
    assert.is(some.shape.hasDamage, all.shape.hasDamage);
    assert.ok(all.shape.metrics.size > 0 && all.shape.parameters.length > 0);
    return [all.count, some.count, Number(some.shape.hasDamage)];
  } finally {
    search.remove();
  }
}

Shapes('of values of every kind', async () => {
  await counts(oddLog());
});

Shapes('of many configs, of which few are parsed', async () => {
  const [all, some] = await counts(manyFinished(400));
  assert.is(all, 400);
  assert.ok(some < 40, `${some} were parsed`);
});

Shapes('of a log with a damaged record', async () => {
  const [, , hasDamage] = await counts(manyFinished(40), text => text.replace(/"digest39"/, '"digesT39"'));
  assert.is(hasDamage, 1);
});

Shapes.run();
