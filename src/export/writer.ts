/** What a format is: who writes its files, and who runs them for the certificate. */
import type { Matrix } from '../base/dataset.js';
import { pipelinesOf, type AnyPlan } from './plan.js';

/** What is written of a model besides its numbers. */
export interface About {
  /** The name of the main file, without folders. Other files of the export take their names from it. */
  file: string;
  /** The version of spt that writes. */
  spt: string;
  /** The id and the digest of the config, as in the log. Of an ensemble, the ids of its members, and its digest. */
  config: string;
  digest: string;
  pipeline: string;
  split: string;
  /**
   * Some rows that the model has an answer for, and its answers, for a self-test inside the file. At least one row.
   */
  examples: { x: Matrix; answers: Answers };
}

/** A file of an export. The first one has the name that the user gave. */
export interface WrittenFile {
  /** Without folders. */
  name: string;
  bytes: Uint8Array;
}

/** What a model of classes says of m samples. */
export interface ClassAnswers {
  /** m codes of classes. */
  labels: Int32Array;
  /** m x k, row-major; absent where the model has none. */
  probabilities?: Float64Array;
  /** m values for two classes, else m x k, row-major; absent where the model, or the format, has none. */
  decisions?: Float64Array;
  values?: undefined;
}

/** What a model of values says of m samples. */
export interface ValueAnswers {
  /** m values. */
  values: Float64Array;
  labels?: undefined;
}

export type Answers = ClassAnswers | ValueAnswers;

/** A program that can run the files of a format. */
export interface Runner {
  /** `gcc`, `scikit-learn`, `onnxruntime-node`, `spt`. */
  name: string;
  /** The version, in words for the certificate; undefined where the program is not at hand. */
  version(): Promise<string | undefined> | string | undefined;
  /** The answers for the m x p matrix, by the files in that folder (an absolute path). */
  run(folder: string, files: readonly WrittenFile[], x: Matrix): Promise<Answers> | Answers;
}

/** The sentences that the user has to know of the files of a plan. */
export function notesOn(writer: Writer, plan: AnyPlan): string[] {
  const keepers = pipelinesOf(plan)
    .filter(({ last: { kind } }) => kind === 'neighbors' || kind === 'machine')
    .map(({ last: { step } }) => step);
  return [
    ...(writer.notes?.(plan) ?? []),
    ...(plan.levels && writer.categories ? [writer.categories] : []),
    ...[...new Set(keepers)].map(
      step =>
        `${step} keeps training samples, so the file holds them: share it as you would share the table.`,
    ),
  ];
}

/** A format that `spt export --to` knows. */
export interface Writer {
  /** What stands after --to: `onnx`. */
  to: string;
  /** The usual end of the main file's name, with its dot: `.onnx`. */
  extension: string;
  /** What the main file is, for messages and help: `an ONNX graph`. */
  what: string;
  /** The files, the main one first. Throws InputError `not-exportable` (`refusal`) for a step that it cannot hold. */
  files(plan: AnyPlan, about: About): WrittenFile[];
  /** Sentences that the user has to know of the files. Absent where there are never any. */
  notes?(plan: AnyPlan): string[];
  /** How a feature of categories goes in, as a sentence for the user. Absent where the format holds none. */
  categories?: string;
  /**
   * Who runs the files, the best first. The first one that is at hand writes the certificate. The last one is spt's own
   * evaluator of the written bytes, which is always at hand.
   */
  runners: readonly Runner[];
}
