/** Who runs an ONNX file: ONNX Runtime for Node where it is installed, and spt's own evaluator. */
import { createRequire } from 'node:module';
import type { Matrix } from '../../base/dataset.js';
import type { Answers, Runner } from '../writer.js';
import { decodeModel } from './codec.js';
import { runGraph } from './evaluator/run.js';
import type { OnnxModel, Tensor } from './model.js';

/** Samples that are run together: a runtime may hold some values for each sample and each tree, or stored sample. */
const ROWS_TOGETHER = 4096;
/** The evaluator works within the cache of a core. */
const EVALUATED_TOGETHER = 256;

/** What a model gives for m samples: the texts of `label`, and the values of the others. */
interface Given {
  label: string[];
  probabilities?: Float64Array;
  decision?: Float64Array;
}

export const evaluator: Runner = {
  name: 'spt',
  version: () => 'the evaluator of the written file',
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
  version: () => versionOfRuntime(),
  run: async (_folder, [{ bytes }], x) => {
    const { InferenceSession, Tensor } = load(PACKAGE) as Ort;
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

/** The version of the package beside spt, or in a folder that NODE_PATH names; undefined where there is none. */
function versionOfRuntime(): string | undefined {
  try {
    return (load(`${PACKAGE}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}

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
  const labels = parts.flatMap(({ label }) => label.map(name => classes.indexOf(name)));
  const joined = (name: 'probabilities' | 'decision'): Float64Array | undefined =>
    parts[0]?.[name] && Float64Array.from(parts.flatMap(part => Array.from(part[name]!)));
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
