/**
 * From a model in plain form to the bytes of an ONNX file and back. A file carries a SHA-256 in its metadata, because
 * protobuf has no check of its own. So the reader refuses a file that has changed.
 */
import { InputError } from '../../base/errors.js';
import { sha256 } from '../../base/json.js';
import { fromAttribute, fromTensor, toAttribute, toTensor, typeCode, typeOfCode } from './codec-values.js';
import type { Graph, OnnxModel, Port } from './model.js';
import {
  modelBytes,
  modelOfBytes,
  type DimensionProto,
  type GraphProto,
  type ModelProto,
  type ValueInfoProto,
} from './schema.js';

/** The version of the file format: that of ONNX 1.12. Every runtime since July 2022 reads it. */
const FORMAT_VERSION = 8;

/** The key of the metadata that holds the SHA-256 of the bytes before this entry, which is the last one. */
const CHECK = 'spt_sha256';

/** The bytes of the file. The same model has the same bytes. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const bytes = modelBytes(toModel(model));
  return new Uint8Array(Buffer.concat([bytes, checkBytes(bytes)]));
}

/**
 * The model of a file that spt wrote. Throws InputError `bad-onnx` for other bytes, and for a file that has changed.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const length = bytes.length - checkBytes(new Uint8Array()).length;
  const [head, check] = [bytes.subarray(0, Math.max(0, length)), bytes.subarray(Math.max(0, length))];
  if (Buffer.compare(checkBytes(head), check) !== 0) throw damaged('its check is that of other bytes');
  try {
    return fromModel(modelOfBytes(head));
  } catch (cause) {
    throw damaged((cause as Error).message, cause);
  }
}

/** The entry of the metadata that checks the bytes. Protobuf joins messages whose bytes follow one another. */
function checkBytes(bytes: Uint8Array): Uint8Array {
  return modelBytes({ metadataProps: [{ key: CHECK, value: sha256(64, bytes) }] });
}

function toModel({ producer, about, operatorSets, graph, metadata }: OnnxModel): ModelProto {
  return {
    irVersion: BigInt(FORMAT_VERSION),
    producerName: producer.name,
    producerVersion: producer.version,
    docString: about,
    graph: toGraph(graph),
    opsetImport: Object.entries(operatorSets).map(([domain, version]) => ({
      domain,
      version: BigInt(version),
    })),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
}

function fromModel(read: ModelProto): OnnxModel {
  return {
    producer: { name: read.producerName, version: read.producerVersion },
    about: read.docString,
    operatorSets: Object.fromEntries(
      read.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
    ),
    graph: fromGraph(read.graph!),
    metadata: Object.fromEntries(read.metadataProps.map(({ key, value }) => [key, value])),
  };
}

function damaged(why: string, cause?: unknown): InputError {
  const message = `this is not an ONNX file of spt as it was written: ${why}`;
  return new InputError('bad-onnx', message, { hint: 'Write it again with `spt export`.' }, { cause });
}

function toGraph({ name, nodes, constants, inputs, outputs }: Graph): GraphProto {
  return {
    name,
    node: nodes.map(node => ({
      name: node.name,
      opType: node.op,
      domain: node.domain,
      input: node.inputs,
      output: node.outputs,
      attribute: Object.entries(node.attributes).map(([own, attribute]) =>
        toAttribute(own, attribute, toGraph),
      ),
    })),
    initializer: [...constants].map(([own, tensor]) => toTensor(own, tensor)),
    input: inputs.map(toPort),
    output: outputs.map(toPort),
  };
}

function fromGraph({ name, node, initializer, input, output }: GraphProto): Graph {
  return {
    name,
    nodes: node.map(own => ({
      name: own.name,
      op: own.opType,
      domain: own.domain,
      inputs: own.input,
      outputs: own.output,
      attributes: Object.fromEntries(own.attribute.map(each => [each.name, fromAttribute(each, fromGraph)])),
    })),
    constants: new Map(initializer.map(tensor => [tensor.name, fromTensor(tensor)])),
    inputs: input.map(fromPort),
    outputs: output.map(fromPort),
  };
}

function toPort({ name, type, dims }: Port): ValueInfoProto {
  const dim = dims?.map((length): DimensionProto =>
    typeof length === 'string' ? { dimParam: length } : { dimValue: BigInt(length) },
  );
  return { name, type: { tensorType: { elemType: typeCode(type), ...(dim && { shape: { dim } }) } } };
}

function fromPort({ name, type }: ValueInfoProto): Port {
  const { elemType, shape } = type!.tensorType!;
  const dims = shape?.dim.map(({ dimValue, dimParam }) => dimParam || Number(dimValue));
  return { name, type: typeOfCode(elemType), ...(dims && { dims }) };
}
