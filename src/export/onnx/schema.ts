/**
 * The messages of an ONNX file and their bytes. @bufbuild/protobuf writes and reads the bytes, by the numbers and
 * types of the fields in onnx.proto (onnx/onnx, Apache-2.0; IR version 8). Only the fields that spt uses are listed.
 * Others are skipped when a file is read.
 */
import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';

/** The names of the messages are those of onnx.proto. */
export interface ModelProto {
  irVersion: bigint;
  producerName: string;
  producerVersion: string;
  docString: string;
  graph?: GraphProto;
  opsetImport: { domain: string; version: bigint }[];
  metadataProps: { key: string; value: string }[];
}

export interface GraphProto {
  node: NodeProto[];
  name: string;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

export interface NodeProto {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: AttributeProto[];
  domain: string;
}

/** `type` says which member holds the value. Readers refuse an attribute that has another one, too. */
export interface AttributeProto {
  name: string;
  type: number;
  i?: bigint;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats?: number[];
  ints?: bigint[];
  strings?: Uint8Array[];
}

/** Numbers stand in `rawData`, little-endian; texts in `stringData`, in UTF-8. A tensor has only one of them. */
export interface TensorProto {
  dims: bigint[];
  dataType: number;
  stringData?: Uint8Array[];
  name: string;
  rawData?: Uint8Array;
}

export interface ValueInfoProto {
  name: string;
  type?: { tensorType?: { elemType: number; shape?: { dim: DimensionProto[] } } };
}

/** A fixed length, or the name of a length that differs from run to run. */
export interface DimensionProto {
  dimValue?: bigint;
  dimParam?: string;
}

const SCALARS = {
  int64: Type.INT64,
  int32: Type.INT32,
  float: Type.FLOAT,
  string: Type.STRING,
  bytes: Type.BYTES,
};

/** Each message with its fields: name in onnx.proto, number, and type, with [] where it repeats. */
const MESSAGES: { [message: string]: string } = {
  ModelProto:
    'ir_version 1 int64, producer_name 2 string, producer_version 3 string, doc_string 6 string, ' +
    'graph 7 GraphProto, opset_import 8 OperatorSetIdProto[], metadata_props 14 StringStringEntryProto[]',
  OperatorSetIdProto: 'domain 1 string, version 2 int64',
  StringStringEntryProto: 'key 1 string, value 2 string',
  GraphProto:
    'node 1 NodeProto[], name 2 string, initializer 5 TensorProto[], ' +
    'input 11 ValueInfoProto[], output 12 ValueInfoProto[]',
  NodeProto:
    'input 1 string[], output 2 string[], name 3 string, op_type 4 string, attribute 5 AttributeProto[], ' +
    'domain 7 string',
  AttributeProto:
    'name 1 string, i 3 int64, s 4 bytes, t 5 TensorProto, g 6 GraphProto, floats 7 float[], ints 8 int64[], ' +
    'strings 9 bytes[], type 20 int32',
  TensorProto: 'dims 1 int64[], data_type 2 int32, string_data 6 bytes[], name 8 string, raw_data 9 bytes',
  ValueInfoProto: 'name 1 string, type 2 TypeProto',
  TypeProto: 'tensor_type 1 TensorTypeProto',
  TensorTypeProto: 'elem_type 1 int32, shape 2 TensorShapeProto',
  TensorShapeProto: 'dim 1 DimensionProto[]',
  DimensionProto: 'dim_value 1 int64, dim_param 2 string',
};

/** The descriptor of a field such as `dims 1 int64[]`. */
function fieldOf(text: string) {
  const [name, number, written] = text.split(' ');
  const repeats = written.endsWith('[]');
  const type = repeats ? written.slice(0, -2) : written;
  const scalar = SCALARS[type as keyof typeof SCALARS] as Type | undefined;
  const isNumber = scalar !== undefined && !['string', 'bytes'].includes(type);
  return {
    name,
    number: Number(number),
    label: repeats ? Label.REPEATED : Label.OPTIONAL,
    ...(scalar === undefined ? { type: Type.MESSAGE, typeName: `.onnx.${type}` } : { type: scalar }),
    ...(repeats && isNumber && { options: { packed: true } }),
  };
}

const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: 'onnx.proto',
    package: 'onnx',
    syntax: 'proto2',
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      field: fields.split(', ').map(fieldOf),
    })),
  }),
  () => undefined,
);

const MODEL = registry.getMessage('onnx.ModelProto')!;

export function modelBytes(model: Partial<ModelProto>): Uint8Array {
  return toBinary(MODEL, create(MODEL, model as unknown as Record<string, unknown>));
}

/** The message of a file's bytes. Throws an error of the library for bytes that are no message. */
export function modelOfBytes(bytes: Uint8Array): ModelProto {
  return fromBinary(MODEL, bytes) as unknown as ModelProto;
}
