/** `spt rebuild --ensemble`: trains the members of a recipe again, and proves that each model is the same. */
import { readFileSync } from 'node:fs';
import type { Config } from '../base/config.js';
import { classNamesIn, type SplitData } from '../base/dataset.js';
import { Failure, InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { readPrepared } from '../data/store.js';
import type { Finished } from '../events/format/event.js';
import type { Journal } from '../log/journal.js';
import type { Ensemble, Member } from '../ml/ensemble.js';
import { ensembleText } from '../ml/ensemble-file.js';
import { ready, refit } from '../ml/evaluate.js';
import { columnsOf } from '../ml/model-columns.js';
import { readRecipe, type Ingredient, type Recipe } from '../ml/recipe.js';
import { printable, safeJson } from '../terminal/printable.js';
import { duration } from '../terminal/units.js';
import { existingLog, rowOf } from './journal.js';
import { otherModel } from './other-bits.js';
import { writeOut } from './output/out-file.js';
import { VERSION } from './package.js';
import { type PlaceOptions, folders } from './place.js';
import { tableForm } from './table-form.js';

interface Options extends PlaceOptions {
  out?: string;
  json?: boolean;
  best?: boolean;
  select?: string;
  split?: string;
  pipelines?: string[];
  scoring?: string;
  like?: string;
  calibrate?: string;
  threshold?: unknown;
}

/** Trains what the recipe in a file names, and writes it where the options say. */
export async function rebuildEnsemble(file: string, id: string | undefined, options: Options): Promise<void> {
  const { best, select, split, pipelines, scoring, like, calibrate, threshold } = options;
  const others = [id, best, select, split, ...(pipelines ?? []), scoring, like, calibrate, threshold];
  const other = others.find(one => one !== undefined);
  if (other !== undefined) {
    throw new InputError(
      'one-config',
      '--ensemble cannot stand beside an id, options that choose a config, --calibrate or --threshold',
      {
        value: other,
        expected: 'the recipe of an ensemble alone, because it names its configs',
      },
    );
  }
  const recipe = recipeOf(file);
  const { log, prepared } = folders(options);
  const { journal } = await existingLog(log);
  const started = performance.now();
  const ensemble = await rebuilt(recipe, journal, prepared, options);
  const seconds = (performance.now() - started) / 1000;
  const { out } = options;
  if (out !== undefined) writeOut(out, ensembleText(ensemble));

  const { digest } = ensemble;
  if (options.json) {
    const members = ensemble.members.map(({ config: { id: config }, weight, digest: own }) => ({
      ...{ config, weight, digest: own },
    }));
    console.log(safeJson({ ensemble: file, members, digest, proven: true, seconds, out }));
    return;
  }
  const models = counted(ensemble.members.length, 'model');
  console.log(printable(`ensemble ${models}, chosen by ${recipe.scoring} on ${recipe.split}`, 400));
  console.log(`digest   ${digest}`);
  console.log('         the same models, bit for bit, as those that were chosen');
  console.log(`         (trained again in ${duration(seconds)})`);
  if (out !== undefined) console.log(printable(`written  ${out}`, 1000));
}

/** Reads a recipe. An InputError names the file. */
function recipeOf(path: string): Recipe {
  const place = { place: { file: path } };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `the recipe cannot be read: ${(cause as Error).message}`;
    throw new InputError('bad-recipe', message, { value: path, ...place }, { cause });
  }
  try {
    return readRecipe(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.code, error.message, { ...error.complaint, ...place }, { cause: error });
  }
}

/** The ensemble of a recipe. Throws Failure `digest-differs` where one of its models is another one now. */
async function rebuilt(
  recipe: Recipe,
  journal: Journal,
  prepared: string,
  options: Options,
): Promise<Ensemble> {
  const members: Member[] = [];
  const data = readPrepared(prepared, recipe.data);
  for (const ingredient of recipe.members) members.push(await memberOf(ingredient, recipe, journal, data));
  return {
    digest: recipe.digest,
    versions: { spt: VERSION, node: process.versions.node },
    classes: classNamesIn(data.target),
    columns: columnsOf(data),
    samples: data.train.x.rows,
    table: tableForm(options),
    members,
  };
}

async function memberOf(
  { id, weight, digest }: Ingredient,
  { data: expectedData }: Recipe,
  journal: Journal,
  data: SplitData,
): Promise<Member> {
  const row = rowOf(journal, id);
  const config = await journal.readConfig(row);
  const outcome = (await journal.readOutcome(row))?.event;
  const finished = outcome?.type === 'finished' ? outcome : undefined;
  if (config.data !== expectedData || finished?.digest !== digest) throw otherLog(config, finished, digest);
  await ready(config.steps);
  const fitted = refit(config, data);
  if (fitted.digest !== digest) throw otherModel(finished, fitted.digest);
  return { weight, config, digest, scores: finished.scores, pipeline: fitted.model };
}

/** The error for a recipe and a log that do not name the same model. */
function otherLog({ id }: Config, finished: Finished | undefined, digest: string): Failure {
  const here = finished ? `the log has ${finished.digest}` : 'the log has no model of it';
  return new Failure(
    'digest-differs',
    printable(`the recipe names the model ${digest} of the config ${id}, and ${here}`, 400),
    'Use the log that the recipe was made from, or run spt ensemble again.',
  );
}
