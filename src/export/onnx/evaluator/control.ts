/** Operators that run a graph again and again. */
import { attributeOf, numbersOf } from './tensors.js';
import { sliceAt } from './shapes.js';
import type { Operator } from './run.js';

/**
 * States go through the graph once for each slice of the inputs along their first axis. It knows graphs that give
 * states only.
 */
const scan: Operator = (node, inputs, run) => {
  const body = attributeOf(node, 'body', 'graph');
  const count = attributeOf(node, 'num_scan_inputs', 'int');
  const along = inputs.slice(inputs.length - count);
  let states = inputs.slice(0, inputs.length - count);
  const length = along[0].dims[0];
  for (let at = 0; at < length; at++) {
    states = run(body, [...states, ...along.map(x => sliceAt(x, at))]);
  }
  return states;
};

/** States go through the graph at most as often as the first input says, and while it says that it goes on. */
const loop: Operator = (node, [most, condition, ...first], run) => {
  const body = attributeOf(node, 'body', 'graph');
  let states = first;
  let goesOn = numbersOf(condition)[0] !== 0;
  for (let turn = 0; turn < numbersOf(most)[0] && goesOn; turn++) {
    const number = { type: 'i64' as const, dims: [], data: Float64Array.of(turn) };
    const again = { type: 'bool' as const, dims: [], data: Uint8Array.of(1) };
    const [next, ...made] = run(body, [number, again, ...states]);
    goesOn = numbersOf(next)[0] !== 0;
    states = made;
  }
  return states;
};

export const CONTROL: { [name: string]: Operator } = { Scan: scan, Loop: loop };
