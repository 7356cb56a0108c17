/** `spt export`: a model as a file of another program, with a certificate that it says the same. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { Failure } from '../base/errors.js';
import { sha256 } from '../base/json.js';
import { counted } from '../base/listing.js';
import { shellWord } from '../base/shell.js';
import { readPrepared } from '../data/store.js';
import {
  certificateOf,
  configsOf,
  aboutModel,
  runnerOf,
  tried,
  type Certificate,
} from '../export/certificate.js';
import { FORMATS } from '../export/formats.js';
import { anyPlanOf } from '../export/planning.js';
import { trialOf, type Samples } from '../export/trial.js';
import { notesOn, type WrittenFile, type Writer } from '../export/writer.js';
import { isEnsemble, type AnyModel } from '../ml/any-model.js';
import { readAnyModel } from '../ml/ensemble-file.js';
import { printable, safeJson } from '../terminal/printable.js';
import { SENTENCE_WIDTH, screenOf, wrapped } from '../terminal/screen.js';
import { chosenModel, refuseTwoModels, type ModelOptions } from './chosen-model.js';
import { checkOut, writeOut } from './output/out-file.js';
import { VERSION } from './package.js';
import { folders, withPlace } from './place.js';
import { withChoice } from './rebuild.js';

interface Options extends ModelOptions {
  to: string;
}

const HELP = `
Examples:
  spt export --best --split A1 --to c -o model.c
  spt export 0f3a --to xgboost -o model.json
  spt export --model model.json --to c -o model.c
  spt export --model ensemble.json --to onnx -o ensemble.onnx

Beside FILE stands FILE.certificate.json. It says that all training and
validation samples, and 1,000 rows near thresholds, were predicted by the
file with the labels or the values of the model, what ran it, and its SHA-256.
A file that says something else is not written. docs/using-models.md has
examples.`;

export function exportCommand(): Command {
  const formats = FORMATS.map(({ to }) => to);
  const command = new Command('export')
    .summary('write a model for another program, with a certificate that it agrees')
    .description(
      `Writes the whole pipeline of a model as ${FORMATS.map(({ what, to }) => `${what} (${to})`).join(', or ')}. ` +
        'The config is trained again first, and its digest is compared with the log, as spt rebuild does. With ' +
        '--model, the file of an earlier rebuild is used instead. A format that cannot hold a step refuses it.',
    )
    .argument('[configId]', 'the id of a config, or its first digits')
    .addOption(new Option('--to <format>', 'the format').choices(formats).makeOptionMandatory())
    .option('--model <file>', 'use this model file, as spt rebuild --out writes it');
  withChoice(command)
    .option('--config <file>', 'the config of the search (default: configs/config.yaml)')
    .option('-o, --out <file>', 'write to this file (default: model-ID, with the usual ending)')
    .option('--json', 'print the certificate')
    .addHelpText('after', HELP);
  return withPlace(command, 'log').action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  refuseTwoModels(id, options);
  const writer = FORMATS.find(({ to }) => to === options.to)!;
  const { model, notes } = await chosenModel(id, options, {
    command: 'export',
    rest: [`--to ${shellWord(options.to)}`],
    read: readAnyModel,
  });
  const id8 = (isEnsemble(model) ? model.digest : model.config.id).slice(0, 8);
  const out = options.out ?? `model-${id8}${writer.extension}`;
  const certificatePath = `${out}.certificate.json`;
  const check = (path: string): void => checkFile(path, certificatePath, writer.what);
  check(out);
  checkOut(certificatePath, {
    what: 'a certificate',
    isOne: start => start.indexOf(CERTIFICATE_START) === 0,
  });
  const { files, certificate } = await exported(model, samplesOf(model, options), writer, basename(out));
  const paths = files.map(({ name }) => join(dirname(out), name));
  paths.slice(1).forEach(check);
  files.forEach(({ bytes }, i) => writeOut(paths[i], bytes));
  writeOut(certificatePath, `${JSON.stringify(certificate, null, 2)}\n`);
  tell(options, certificate, [...paths, certificatePath], [...notes, ...certificate.notes]);
}

const CERTIFICATE_START = '{\n  "format": "spt-export-certificate"';

/** Refuses a file that stands there and is no export, or was changed after it was written. */
function checkFile(path: string, certificate: string, what: string): void {
  const kind = { what: `an unchanged export of spt (${what})`, needsFile: true };
  checkOut(path, { ...kind, isOne: () => isUnchanged(path, certificate) });
}

/** Whether the certificate has the file's SHA-256. */
function isUnchanged(path: string, certificate: string): boolean {
  try {
    const { files } = JSON.parse(readFileSync(certificate, 'utf8')) as Certificate;
    return files.some(({ sha256: digest }) => digest === sha256(64, readFileSync(path)));
  } catch {
    return false;
  }
}

/** The samples that the model was fitted on and validated on. Undefined where this is not the folder of the search. */
function samplesOf(model: AnyModel, options: Options): Samples | undefined {
  try {
    const { train, validate } = readPrepared(folders(options).prepared, configsOf(model)[0].data);
    return { train: train.x, validate: validate?.x };
  } catch (error) {
    if (options.model !== undefined && error instanceof Failure && error.code === 'data-missing')
      return undefined;
    throw error;
  }
}

/** The files, and the certificate of the first runner that is at hand. Throws InputError and Failure. */
async function exported(
  model: AnyModel,
  samples: Samples | undefined,
  writer: Writer,
  file: string,
): Promise<{ files: WrittenFile[]; certificate: Certificate }> {
  const plan = anyPlanOf(model);
  const trial = trialOf(model, plan, samples);
  const about = { file, spt: VERSION, ...aboutModel(model), examples: trial.examples };
  const files = writer.files(plan, about);
  const { runner, version } = await runnerOf(writer);
  const comparison = await tried(files, trial, runner);
  const ranBy = { program: runner.name, version };
  const said = { spt: VERSION, ranBy, notes: notesOn(writer, plan) };
  return { files, certificate: certificateOf(model, writer, files, trial, comparison, said) };
}

function tell(
  { json }: Options,
  certificate: Certificate,
  paths: readonly string[],
  notes: readonly string[],
): void {
  if (json) {
    console.log(safeJson({ ...certificate, out: paths, notes }));
    return;
  }
  const { model, rows, ranBy, compared, largestDifference } = certificate;
  const { train, validate, made, near, refused } = rows;
  const kinds = [
    ...(made > 0
      ? [`${made} made in the ranges of the training`]
      : [`${train} of the training`, ...(validate > 0 ? [`${validate} of the validation`] : [])]),
    `${near.toLocaleString('en-US')} more (${rows.nearMeans})`,
  ];
  const width = Math.min(screenOf(process.stdout).width, SENTENCE_WIDTH);
  const print = (line: string): void => console.log(printable(line, 1000));
  for (const note of notes) console.log(wrapped(printable(`note: ${note}`, 1000), width));
  print(`config   ${model.config}  ${model.pipeline} ${model.split}, digest ${model.digest}`);
  print(`run by   ${ranBy.program}${ranBy.program === 'spt' ? ',' : ''} ${ranBy.version}`);
  print(`rows     ${rows.all.toLocaleString('en-US')} were compared:`);
  for (const kind of kinds) print(`         ${kind}`);
  if (refused > 0) print(`         ${counted(refused, 'more row')} that the model refuses were left out`);
  if (compared !== 'values') print('labels   0 differ');
  if (compared !== 'labels')
    print(`largest  difference of ${compared}: ${Number(largestDifference.toPrecision(2))}`);
  for (const path of paths) print(`written  ${path}`);
}
