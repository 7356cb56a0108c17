/**
 * From a model in plain form to the bytes of an ONNX file and back. A file carries the SHA-256 of its graph in its
 * metadata, because protobuf has no check of its own. So a reader refuses a graph that has changed.
 */
import { createHash } from 'node:crypto';
import { InputError } from '../../base/errors.js';
import { fromAttribute, fromTensor, toAttribute, toTensor, typeCode, typeOfCode } from './codec-values.js';
import type { Graph, OnnxModel, Port } from './model.js';
import {
  graphBytes,
  modelBytes,
  modelOfBytes,
  type DimensionProto,
  type GraphProto,
  type ModelProto,
  type ValueInfoProto,
} from './schema.js';

/** The version of the file format: that of ONNX 1.12. Every runtime since July 2022 reads it. */
const FORMAT_VERSION = 8;

/** The key of the metadata that holds the SHA-256 of the graph's bytes. */
const CHECK = 'spt_graph_sha256';

/** The bytes of the file. The same model has the same bytes. */
export function encodeModel({ producer, about, operatorSets, graph, metadata }: OnnxModel): Uint8Array {
  const encoded = toGraph(graph);
  const entries = Object.entries({ ...metadata, [CHECK]: sha256(encoded) });
  return modelBytes({
    irVersion: BigInt(FORMAT_VERSION),
    producerName: producer.name,
    producerVersion: producer.version,
    docString: about,
    graph: encoded,
    opsetImport: Object.entries(operatorSets).map(([domain, version]) => ({
      domain,
      version: BigInt(version),
    })),
    metadataProps: entries.map(([key, value]) => ({ key, value })),
  });
}

/** The model of a file that spt wrote. Throws InputError `bad-onnx` for other bytes, and for a graph that has changed. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const read = orDamaged(() => modelOfBytes(bytes));
  const { check, metadata } = metadataOf(read);
  if (check === undefined || !read.graph) throw damaged('it has no graph with a check');
  const found = sha256(read.graph);
  if (found !== check) throw damaged('the graph is not the one whose SHA-256 the file names', found, check);
  return orDamaged(() => fromModel(read, metadata));
}

function fromModel(read: ModelProto, metadata: OnnxModel['metadata']): OnnxModel {
  return {
    producer: { name: read.producerName, version: read.producerVersion },
    about: read.docString,
    operatorSets: Object.fromEntries(
      read.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
    ),
    graph: fromGraph(read.graph!),
    metadata,
  };
}

/** What `read` gives. What the library or the form of a value refuses is the fault of the file. */
function orDamaged<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw damaged((cause as Error).message);
  }
}

function metadataOf({ metadataProps }: ModelProto) {
  const { [CHECK]: check, ...metadata } = Object.fromEntries(
    metadataProps.map(({ key, value }) => [key, value]),
  );
  return { check: check as string | undefined, metadata };
}

function damaged(why: string, value?: string, expected?: string): InputError {
  return new InputError('bad-onnx', `this is not an ONNX file of spt as it was written: ${why}`, {
    ...(value && { value, expected }),
    hint: 'Write it again with `spt export`.',
  });
}

function sha256(graph: GraphProto): string {
  return createHash('sha256').update(graphBytes(graph)).digest('hex');
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
