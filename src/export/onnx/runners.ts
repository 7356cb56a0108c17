/** Who runs an ONNX file: ONNX Runtime for Node or Python where it is installed, and spt's own evaluator. */
import { createRequire } from 'node:module';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Matrix } from '../../base/dataset.js';
import { askPython, findPython } from '../python.js';
import type { Answers, Runner } from '../writer.js';
import { decodeModel } from './codec.js';
import { runGraph } from './evaluator/run.js';
import type { OnnxModel, Tensor } from './model.js';

/** Samples that are run together: a runtime may hold some values for each sample and each tree, or stored sample. */
const ROWS_TOGETHER = 1024;
/** The evaluator works within the cache of a core. */
const EVALUATED_TOGETHER = 256;

/** What a model gives for m samples: the texts of `label`, and the numbers of the others. */
interface Given {
  label?: string[];
  probabilities?: Float64Array;
  decision?: Float64Array;
  value?: Float64Array;
}

export const evaluator: Runner = {
  name: 'spt',
  version: () => 'its own evaluator of the file; no ONNX Runtime was at hand',
  run: (_folder, [{ bytes }], x) => {
    const model = decodeModel(bytes);
    return answersOf(model, x, EVALUATED_TOGETHER, rows => Promise.resolve(evaluated(model, rows)));
  },
};

function evaluated({ graph }: OnnxModel, x: Tensor): Given {
  const values = runGraph(graph, [x]);
  return Object.fromEntries(graph.outputs.map(({ name }, at) => [name, values[at].data])) as unknown as Given;
}

/** The part of the API of onnxruntime-node that is used. */
interface OrtTensor {
  data: unknown;
}
interface Ort {
  InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      run(feeds: { [name: string]: OrtTensor }): Promise<{ [name: string]: OrtTensor }>;
      release(): Promise<void>;
    }>;
  };
  Tensor: new (type: 'float64', data: Float64Array, dims: number[]) => OrtTensor;
}

const PACKAGE = 'onnxruntime-node';
const load = createRequire(import.meta.url);

export const onnxRuntime: Runner = {
  name: PACKAGE,
  version: () => {
    const path = pathOf(`${PACKAGE}/package.json`);
    return path && (load(path) as { version: string }).version;
  },
  run: async (_folder, [{ bytes }], x) => {
    const { InferenceSession, Tensor } = load(pathOf(PACKAGE)!) as Ort;
    const session = await InferenceSession.create(bytes);
    try {
      return await answersOf(decodeModel(bytes), x, ROWS_TOGETHER, async ({ data, dims }) => {
        const given = await session.run({ x: new Tensor('float64', data as Float64Array, dims) });
        return Object.fromEntries(Object.entries(given).map(([name, { data: own }]) => [name, own])) as never;
      });
    } finally {
      await session.release();
    }
  },
};

/**
 * Where the package lies: beside spt, or in a folder that NODE_PATH names. The folder of the search does not count,
 * because others may write into it. Undefined where there is none.
 */
function pathOf(name: string): string | undefined {
  const folders = (process.env.NODE_PATH ?? '').split(delimiter).filter(folder => folder !== '');
  try {
    return load.resolve(name, { paths: [dirname(fileURLToPath(import.meta.url)), ...folders] });
  } catch {
    return undefined;
  }
}

const IN_PYTHON = `
import json, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
names = [output.name for output in session.get_outputs()]
parts = [session.run(None, {"x": x[i:i + ${ROWS_TOGETHER}]}) for i in range(0, len(x), ${ROWS_TOGETHER})]
given = {name: numpy.concatenate(values) for name, values in zip(names, zip(*parts))}
if "label" in given:
    labels = [classes.index(name) for name in given["label"]]
probabilities, decisions, values = given.get("probabilities"), given.get("decision"), given.get("value")
`;

/** ONNX Runtime for Python. */
export const pythonRuntime: Runner = {
  name: 'onnxruntime',
  version: () => findPython('onnxruntime')?.version,
  run: (folder, [{ name }], x) => askPython(findPython('onnxruntime')!, folder, IN_PYTHON, x, [name]),
};

/** The answers for all samples, by a run for some thousand of them after another. */
async function answersOf(
  model: OnnxModel,
  x: Matrix,
  together: number,
  run: (rows: Tensor) => Promise<Given>,
): Promise<Answers> {
  const classes = JSON.parse(model.metadata.classes) as string[];
  const parts: Given[] = [];
  for (let first = 0; first < x.rows; first += together) {
    parts.push(await run(rowsOf(x, first, Math.min(x.rows, first + together))));
  }
  const joined = (name: 'probabilities' | 'decision' | 'value'): Float64Array | undefined =>
    parts[0]?.[name] && Float64Array.from(parts.flatMap(part => Array.from(part[name]!)));
  const values = joined('value');
  if (values) return { values };
  const labels = parts.flatMap(({ label }) => label!.map(name => classes.indexOf(name)));
  const [probabilities, decisions] = [joined('probabilities'), joined('decision')];
  return {
    labels: Int32Array.from(labels),
    ...(probabilities && { probabilities }),
    ...(decisions && { decisions }),
  };
}

/** The samples from `first` to `last` - 1, row by row. */
function rowsOf({ rows, columns, data }: Matrix, first: number, last: number): Tensor {
  const values = new Float64Array((last - first) * columns);
  for (let at = 0; at < values.length; at++) {
    values[at] = data[(at % columns) * rows + first + Math.floor(at / columns)];
  }
  return { type: 'f64', dims: [last - first, columns], data: values };
}
