/**
 * The WebAssembly module that reads rows of numbers (assembly/). Each table has an instance of its own, with a memory
 * that is as large as its rows need.
 */
import { readFileSync } from 'node:fs';
import { powersOfFive } from './powers.js';

export interface Exports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  POWERS_OF_FIVE: { value: number };
  freeMemory(): number;
  setForm(separator: number, decimal: number, newline: number, columns: number, slots: number): void;
  setMissing(texts: number, textCount: number, numbers: number, numberCount: number): void;
  setRows(place: number, valuesOfRow: number, most: number): void;
  setNames(place: number, limit: number): void;
  setOdd(place: number, limit: number): void;
  walk(start: number, stop: number): number;
  rowsRead(): number;
  endOfNames(): number;
  endOfOdd(): number;
  hasRefused(): number;
}

let compiled: WebAssembly.Module | undefined;

/** An instance. Throws RangeError where a limit on address space leaves no room for it. */
export function newInstance(): Exports {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('rows.wasm', import.meta.url)));
  const module = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const powers = powersOfFive();
  new BigUint64Array(module.memory.buffer, module.POWERS_OF_FIVE.value, powers.length).set(powers);
  return module;
}
