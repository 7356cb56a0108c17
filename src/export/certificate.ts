/**
 * The certificate of an export: it was run on many rows, by what, and how far its answers are from the model's. An
 * export whose labels differ gets none, and is not written.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../base/errors.js';
import { sha256 } from '../base/json.js';
import { counted } from '../base/listing.js';
import type { Config } from '../base/config.js';
import { isEnsemble, type AnyModel } from '../ml/any-model.js';
import { compare, type Comparison } from './compare.js';
import type { Trial } from './trial.js';
import type { About, Runner, WrittenFile, Writer } from './writer.js';

/** A larger difference of probabilities or decisions is held to be a fault, also where no label differs. */
const MOST_DIFFERENCE = 1e-4;

/** What a certificate says. */
export interface Certificate {
  format: 'spt-export-certificate';
  version: 1;
  to: string;
  files: { name: string; bytes: number; sha256: string }[];
  /** Of an ensemble, `config` has the ids of the members with + between, and `steps` are those of all of them. */
  model: {
    config: string;
    digest: string;
    pipeline: string;
    split: string;
    steps: string[];
    /** The shares of the members of an ensemble. */
    weights?: number[];
    calibration?: string;
    threshold?: string;
    spt: string;
  };
  rows: Trial['counts'] & { all: number; nearMeans: string };
  compared: Comparison['compared'];
  largestDifference: number;
  labelsThatDiffer: 0;
  ranBy: { program: string; version: string };
  /** Sentences that the user has to know of the files. */
  notes: string[];
}

/** The config of a model, or those of the members of an ensemble. */
export function configsOf(model: AnyModel): Config[] {
  return isEnsemble(model) ? model.members.map(({ config }) => config) : [model.config];
}

/** What a file says of the model that it holds. */
export function aboutModel(model: AnyModel): Pick<About, 'config' | 'digest' | 'pipeline' | 'split'> {
  const configs = configsOf(model);
  const { pipeline, split } = configs[0];
  return {
    config: configs.map(({ id }) => id).join('+'),
    digest: model.digest,
    pipeline: isEnsemble(model) ? 'ensemble' : pipeline,
    split,
  };
}

/** The first runner that is at hand, and its version. */
export async function runnerOf(writer: Writer): Promise<{ runner: Runner; version: string }> {
  for (const runner of writer.runners) {
    const version = await runner.version();
    if (version !== undefined) return { runner, version };
  }
  throw new Error(`${writer.to} has no runner of its own`);
}

/** Runs the files in a folder of their own, and compares their answers with the model's. */
export async function tried(
  files: readonly WrittenFile[],
  trial: Trial,
  runner: Runner,
): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'spt-export-'));
  try {
    for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
    return compare(await runner.run(folder, files, trial.x), trial.answers);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The certificate of files whose runner gave this. Throws Failure `export-differs`. */
export function certificateOf(
  model: AnyModel,
  { to }: Writer,
  files: readonly WrittenFile[],
  { counts, near }: Trial,
  comparison: Comparison,
  about: Pick<Certificate, 'ranBy' | 'notes'> & { spt: string },
): Certificate {
  refuseDifferent(to, comparison, about.ranBy);
  const { compared, largestDifference, rows } = comparison;
  return {
    format: 'spt-export-certificate',
    version: 1,
    to,
    files: files.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(64, bytes) })),
    model: {
      ...aboutModel(model),
      steps: configsOf(model).flatMap(({ steps }) => steps.map(step => Object.keys(step)[0])),
      ...(isEnsemble(model)
        ? { weights: model.members.map(({ weight }) => weight) }
        : { calibration: model.calibration?.method, threshold: model.threshold?.rule }),
      spt: about.spt,
    },
    rows: { all: rows, ...counts, nearMeans: near },
    compared,
    largestDifference,
    labelsThatDiffer: 0,
    ranBy: about.ranBy,
    notes: about.notes,
  };
}

function refuseDifferent(
  to: string,
  { labelsThatDiffer, largestDifference, compared, rows }: Comparison,
  ranBy: Certificate['ranBy'],
): void {
  if (labelsThatDiffer === 0 && largestDifference <= MOST_DIFFERENCE) return;
  const what =
    labelsThatDiffer > 0
      ? `${labelsThatDiffer} of ${counted(rows, 'label')} differ`
      : `${compared} differ by up to ${largestDifference}`;
  throw new Failure(
    'export-differs',
    `the export to ${to} is not the model: ${what} (run by ${ranBy.program} ${ranBy.version})`,
    'Nothing was written. Choose another format.',
  );
}
