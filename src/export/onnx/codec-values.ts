/** Tensors and attributes of ONNX in plain form, to their messages and back. */
import { countOf, type Attribute, type ElementType, type Graph, type Tensor } from './model.js';
import type { AttributeProto, GraphProto, TensorProto } from './schema.js';

/** The numbers of the types (TensorProto.DataType). */
const TYPE_CODES: { [T in ElementType]: number } = { f32: 1, i64: 7, text: 8, bool: 9, f64: 11 };

/** The numbers of the kinds of attributes (AttributeProto.AttributeType). */
const KIND_CODES: { [K in Attribute['kind']]: number } = {
  int: 2,
  text: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  texts: 8,
};

export function typeCode(type: ElementType): number {
  return TYPE_CODES[type];
}

/** Throws Error for a type that spt does not write. */
export function typeOfCode(code: number): ElementType {
  return keyOf(TYPE_CODES, code, 'type');
}

function keyOf<K extends string>(codes: { [key in K]: number }, code: number, what: string): K {
  const found = (Object.keys(codes) as K[]).find(key => codes[key] === code);
  if (found === undefined) throw new Error(`the ${what} ${code} of ONNX is not one that spt writes`);
  return found;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

export function toTensor(name: string, tensor: Tensor): TensorProto {
  const head = { name, dims: tensor.dims.map(BigInt), dataType: TYPE_CODES[tensor.type] };
  if (tensor.type === 'text') return { ...head, stringData: tensor.data.map(value => utf8.encode(value)) };
  // All platforms of Node are little-endian, as ONNX is.
  const data = tensor.type === 'i64' ? BigInt64Array.from(tensor.data, BigInt) : tensor.data;
  return { ...head, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

export function fromTensor({ name, dims: lengths, dataType, stringData, rawData }: TensorProto): Tensor {
  const type = typeOfCode(dataType);
  const dims = lengths.map(Number);
  const tensor = { type, dims, data: dataOf(type, stringData ?? [], rawData ?? new Uint8Array()) } as Tensor;
  if (tensor.data.length === countOf(dims)) return tensor;
  throw new Error(
    `the tensor ${name} has ${tensor.data.length} values, and its dims ask for ${countOf(dims)}`,
  );
}

function dataOf(type: ElementType, texts: Uint8Array[], raw: Uint8Array): Tensor['data'] {
  if (type === 'text') return texts.map(bytes => fromUtf8.decode(bytes));
  const { buffer } = new Uint8Array(raw);
  if (type === 'f64') return new Float64Array(buffer);
  if (type === 'f32') return new Float32Array(buffer);
  if (type === 'i64') return Float64Array.from(new BigInt64Array(buffer), Number);
  return new Uint8Array(buffer);
}

export function toAttribute(
  name: string,
  attribute: Attribute,
  toGraph: (graph: Graph) => GraphProto,
): AttributeProto {
  return { name, type: KIND_CODES[attribute.kind], ...memberOf(attribute, toGraph) };
}

function memberOf(
  { kind, value }: Attribute,
  toGraph: (graph: Graph) => GraphProto,
): Partial<AttributeProto> {
  switch (kind) {
    case 'int':
      return { i: BigInt(value) };
    case 'ints':
      return { ints: value.map(BigInt) };
    case 'floats':
      return { floats: [...value] };
    case 'text':
      return { s: utf8.encode(value) };
    case 'texts':
      return { strings: value.map(each => utf8.encode(each)) };
    case 'tensor':
      return { t: toTensor('', value) };
    case 'graph':
      return { g: toGraph(value) };
  }
}

export function fromAttribute(own: AttributeProto, fromGraph: (graph: GraphProto) => Graph): Attribute {
  const kind = keyOf(KIND_CODES, own.type, 'kind of attribute');
  switch (kind) {
    case 'int':
      return { kind, value: Number(own.i) };
    case 'ints':
      return { kind, value: own.ints!.map(Number) };
    case 'floats':
      return { kind, value: own.floats! };
    case 'text':
      return { kind, value: fromUtf8.decode(own.s) };
    case 'texts':
      return { kind, value: own.strings!.map(bytes => fromUtf8.decode(bytes)) };
    case 'tensor':
      return { kind, value: fromTensor(own.t!) };
    case 'graph':
      return { kind, value: fromGraph(own.g!) };
  }
}
