/** Builds a graph node by node. A value is known by its name. */
import { countOf, type Attribute, type Graph, type Node, type Port, type Tensor } from './model.js';

/** The name of a value: what goes in, a constant, or what a node gives. */
export type Value = string;

type Attributes = { [name: string]: Attribute };

export class Builder {
  private readonly nodes: Node[] = [];
  private readonly constants = new Map<Value, Tensor>();
  /** The step of the pipeline whose nodes are added. Names begin with it. */
  private step = '';

  /** `taken` counts the names that begin alike, in this graph and in those around it. */
  private constructor(private readonly taken: Map<string, number>) {}

  static create(): Builder {
    return new Builder(new Map());
  }

  /** From now on, names begin with this. */
  enter(step: string): void {
    this.step = step;
  }

  private nameFor(what: string): string {
    const start = `${this.step}/${what}`;
    const count = (this.taken.get(start) ?? 0) + 1;
    this.taken.set(start, count);
    return count === 1 ? start : `${start}_${count}`;
  }

  /** A constant of f64. A number is a scalar, and a list without dims is one row. */
  f64(values: number | Float64Array | readonly number[], dims?: number[]): Value {
    const [data, shape] = dataAndDims(Float64Array, values, dims ?? rowDims(values));
    return this.constant({ type: 'f64', dims: shape, data });
  }

  f32(values: number | Float32Array | readonly number[], dims?: number[]): Value {
    const [data, shape] = dataAndDims(Float32Array, values, dims ?? rowDims(values));
    return this.constant({ type: 'f32', dims: shape, data });
  }

  i64(values: number | readonly number[] | Int32Array, dims?: number[]): Value {
    const [data, shape] = dataAndDims(Float64Array, values, dims);
    return this.constant({ type: 'i64', dims: shape, data });
  }

  bools(values: readonly boolean[], dims: number[] = [values.length]): Value {
    return this.constant({ type: 'bool', dims, data: Uint8Array.from(values, Number) });
  }

  texts(values: readonly string[], dims: number[] = [values.length]): Value {
    return this.constant({ type: 'text', dims, data: [...values] });
  }

  private constant(tensor: Tensor): Value {
    const name = this.nameFor('constant');
    this.constants.set(name, tensor);
    return name;
  }

  /** What an operator of ONNX makes of its inputs. */
  node(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.nodeOfSet('', op, inputs, attributes, 1)[0];
  }

  /** The values of a node with several outputs, or of another set of operators. */
  nodeOfSet(
    domain: string,
    op: string,
    inputs: readonly Value[],
    attributes: Attributes,
    outputs: number,
  ): Value[] {
    const name = this.nameFor(op);
    const values = Array.from({ length: outputs }, (_, at) =>
      at === 0 ? name : this.nameFor(`${op}_${at}`),
    );
    this.nodes.push({ name, op, domain, inputs: [...inputs], outputs: values, attributes });
    return values;
  }

  /** Gives a value a name that users read. */
  rename(value: Value, name: string): void {
    this.nodes.push({ name, op: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
  }

  /**
   * A graph for the inside of a node. `fill` gets the names of the inputs, and returns the outputs. The graph may use
   * the values that are around it.
   */
  inner(
    name: string,
    inputs: readonly Omit<Port, 'name'>[],
    outputs: readonly Port['type'][],
    fill: (inside: Builder, inputs: Value[]) => Value[],
  ): Graph {
    const inside = new Builder(this.taken);
    inside.enter(`${this.step}/${name}`);
    const ports = inputs.map((port): Port => ({ name: inside.nameFor('input'), ...port }));
    const filled = fill(
      inside,
      ports.map(port => port.name),
    );
    return inside.graph(
      name,
      ports,
      filled.map((value, at): Port => ({ name: value, type: outputs[at] })),
    );
  }

  graph(name: string, inputs: Port[], outputs: Port[]): Graph {
    return { name, nodes: this.nodes, constants: this.constants, inputs, outputs };
  }
}

function rowDims(values: number | ArrayLike<number>): number[] {
  return typeof values === 'number' ? [] : [1, values.length];
}

function dataAndDims<T extends Float64Array | Float32Array>(
  kind: { from(values: ArrayLike<number>): T },
  values: number | ArrayLike<number>,
  dims?: number[],
): [T, number[]] {
  const list = typeof values === 'number' ? [values] : values;
  const shape = dims ?? (typeof values === 'number' ? [] : [list.length]);
  if (countOf(shape) !== list.length)
    throw new Error(`${list.length} values do not fill ${shape.join(' x ')}`);
  return [kind.from(list), shape];
}

/** Attributes of the usual kinds. */
export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
