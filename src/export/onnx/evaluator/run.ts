/**
 * Runs a graph in plain TypeScript, node by node: spt's own evaluator of the files that it writes. It knows the
 * operators that the writer uses, with the meaning that the ONNX specification gives them (opset 17, ai.onnx.ml 3).
 * Values of f32 are rounded after each operation. Sums run in rising order.
 */
import type { Graph, Node, Tensor } from '../model.js';
import { CONTROL } from './control.js';
import { ELEMENTWISE } from './elementwise.js';
import { REDUCTIONS } from './reductions.js';
import { SHAPES } from './shapes.js';
import { TREES } from './trees.js';

/** The values that are known, by name. */
export type Scope = Map<string, Tensor>;

/** What a node makes of its inputs. `run` runs the graphs inside of it. */
export type Operator = (
  node: Node,
  inputs: Tensor[],
  run: (graph: Graph, inputs: Tensor[]) => Tensor[],
) => Tensor[];

const OPERATORS: { [name: string]: Operator } = {
  ...ELEMENTWISE,
  ...SHAPES,
  ...REDUCTIONS,
  ...TREES,
  ...CONTROL,
};

/** The outputs of the graph. Throws Error for an operator or a value that is not known. */
export function runGraph(graph: Graph, inputs: readonly Tensor[], around: Scope = new Map()): Tensor[] {
  const scope: Scope = new Map([...around, ...graph.constants]);
  graph.inputs.forEach(({ name }, at) => scope.set(name, inputs[at]));
  for (const node of graph.nodes) {
    const operator = OPERATORS[node.op];
    if (!operator) throw new Error(`${node.name}: the evaluator has no operator ${node.op}`);
    const given = node.inputs.map(name => valueOf(scope, name));
    const made = operator(node, given, (inner, own) => runGraph(inner, own, scope));
    node.outputs.forEach((name, at) => scope.set(name, made[at]));
  }
  return graph.outputs.map(({ name }) => valueOf(scope, name));
}

function valueOf(scope: Scope, name: string): Tensor {
  const value = scope.get(name);
  if (value) return value;
  throw new Error(`the graph has no value ${name}`);
}
