/** Whatever stands in the files of a shared folder, every command keeps its promises. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faultsOf } from './inputs.js';
import { fuzz } from './storm.js';

const Inputs = suite('spoiled inputs');

/** How many inputs; `npm run storm` asks for more. */
const COUNT = Number(process.env.SPT_STORM_INPUTS ?? 500);

Inputs(`${COUNT} spoiled files: an exit code and a message, no trace, no raw control character`, async () => {
  const { tried, faults, peakMegabytes } = await fuzz(COUNT);
  assert.equal(faults.slice(0, 10), [], `${faults.length} of ${COUNT} inputs were at fault`);
  assert.is(tried, COUNT);
  if (process.env.SPT_STORM_INPUTS) console.log(`${tried} inputs, no fault, at most ${peakMegabytes} MB`);
});

Inputs('the judge of these trials sees what it looks for', () => {
  const kinds = (code: number, out: string, err = ''): string[] =>
    faultsOf({ code, out, err }).map(fault => fault.split(':')[0]);
  assert.equal(kinds(0, 'fine\n'), []);
  assert.equal(kinds(7, 'x'), ['exit code 7']);
  assert.equal(kinds(1, ''), ['exit code 1 without a message']);
  assert.equal(kinds(0, '{"name":"\u202e"}'), ['prints U+202e']);
  assert.equal(kinds(1, '', new Error('no').stack), ['a trace']);
});

Inputs.run();
