/** `--to onnx`: the whole pipeline as one ONNX graph, which ONNX Runtime runs in any language. */
import type { AnyPlan } from '../plan.js';
import type { About, WrittenFile, Writer } from '../writer.js';
import { encodeModel } from './codec.js';
import { graphOf } from './graph.js';
import { TREE_OPERATORS } from './model.js';
import { evaluator, onnxRuntime, pythonRuntime } from './runners.js';

/**
 * The sets of operators: those of ONNX 1.12. Later runtimes read them, too. The operator for trees of ai.onnx.ml 5
 * is left out, because it only finds leaves here, and older runtimes do not know it.
 */
const OPERATOR_SETS = { '': 17, [TREE_OPERATORS]: 3 };

/** The bytes of the ONNX file. Throws InputError `not-exportable`. */
function onnxBytes(plan: AnyPlan, about: About): Uint8Array {
  const { spt, config, digest, pipeline, split } = about;
  return encodeModel({
    producer: { name: 'spt', version: spt },
    about: `The pipeline ${pipeline}, fitted on the split ${split} by spt ${spt}.`,
    operatorSets: OPERATOR_SETS,
    graph: graphOf(plan, pipeline),
    metadata: {
      spt_version: spt,
      config_id: config,
      digest,
      pipeline,
      split,
      feature_names: JSON.stringify(plan.features),
      ...(plan.levels && { levels: JSON.stringify(plan.levels) }),
      classes: JSON.stringify(plan.classes),
    },
  });
}

export const onnx: Writer = {
  to: 'onnx',
  extension: '.onnx',
  what: 'an ONNX graph of the whole pipeline, for ONNX Runtime',
  files: (plan, about): WrittenFile[] => [{ name: about.file, bytes: onnxBytes(plan, about) }],
  categories:
    'A category goes in as the place of its level in the metadata `levels`, from 0. A level that is not there goes ' +
    'in as their number, and a missing value as NaN.',
  runners: [onnxRuntime, pythonRuntime, evaluator],
};
