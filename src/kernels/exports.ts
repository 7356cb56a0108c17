/**
 * What the WebAssembly module exports, by topic: assembly/<topic>.ts holds the code and the docstrings,
 * reference/<topic>.ts its plain TypeScript form. Parameters of type Pointer are byte offsets into the kernel memory.
 */

/** The byte offset of an array's first element in the kernel memory: `array.byteOffset`. */
export type Pointer = number;

export interface MathKernels {
  exp(x: number): number;
  expm1(x: number): number;
  log(x: number): number;
  log1p(x: number): number;
  tanh(x: number): number;
  sigmoid(x: number): number;
  softplus(x: number): number;
  expOfAll(n: number, x: Pointer, out: Pointer): void;
}

export interface KernelExports extends MathKernels {
  heapStart(): number;
}
