/**
 * An ONNX model in plain form. The writer makes it, codec.ts turns it into bytes and back, and the evaluator runs
 * it.
 */

/** Types of values: f64 is `double` in ONNX, f32 `float`, i64 `int64`. */
export type ElementType = 'f64' | 'f32' | 'i64' | 'bool' | 'text';

/** Numbers of i64 stand in doubles; they are below 2^53. */
export interface DataOf {
  f64: Float64Array;
  f32: Float32Array;
  i64: Float64Array;
  bool: Uint8Array;
  text: string[];
}

/** Values of one type, row-major. A scalar has no dims and one value. */
export type Tensor = { [T in ElementType]: { type: T; dims: number[]; data: DataOf[T] } }[ElementType];

/** The value of an attribute. */
export type Attribute =
  | { kind: 'int'; value: number }
  | { kind: 'ints'; value: readonly number[] }
  | { kind: 'floats'; value: readonly number[] }
  | { kind: 'text'; value: string }
  | { kind: 'texts'; value: readonly string[] }
  | { kind: 'tensor'; value: Tensor }
  | { kind: 'graph'; value: Graph };

export interface Node {
  name: string;
  /** The operator, and its set: '' is ONNX's own. */
  op: string;
  domain: string;
  /** Names of values. */
  inputs: string[];
  outputs: string[];
  attributes: { [name: string]: Attribute };
}

/** What goes in or comes out of a graph. A length that is a text differs from run to run. */
export interface Port {
  name: string;
  type: ElementType;
  /** Absent where it is not stated: in the graphs that are inside of nodes. */
  dims?: (number | string)[];
}

export interface Graph {
  name: string;
  /** In an order in which each node finds its inputs. */
  nodes: Node[];
  constants: Map<string, Tensor>;
  inputs: Port[];
  outputs: Port[];
}

export interface OnnxModel {
  /** The program that wrote it, and its version. */
  producer: { name: string; version: string };
  about: string;
  /** The version of each set of operators. */
  operatorSets: { [domain: string]: number };
  graph: Graph;
  metadata: { [key: string]: string };
}

/** The set of operators for trees. */
export const TREE_OPERATORS = 'ai.onnx.ml';

/** How many values a tensor of these dims has. */
export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, length) => product * length, 1);
}
