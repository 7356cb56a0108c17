/** `spt predictions`: what the models of a config said of samples that they had not seen, with a proof. */
import { Command } from 'commander';
import type { Config, Scores } from '../base/config.js';
import { classNamesIn, type SplitData } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { readPrepared } from '../data/store.js';
import type { Finished } from '../events/format/event.js';
import { firstDifference } from '../ml/predictions.js';
import { foldsOf, validationOf } from '../predictions/proven.js';
import { printable, printableLines, safeJson } from '../terminal/printable.js';
import { wrapped } from '../terminal/screen.js';
import { score } from '../terminal/units.js';
import { existingLog, rowOf } from './journal.js';
import { atOption, type Moment } from './moment.js';
import { notTrainedAgain, otherModel, otherScores } from './other-bits.js';
import { checkOut, writeOut, type Kind } from './output/out-file.js';
import { type PlaceOptions, folders, withPlace } from './place.js';
import { finishedOutcome, refuseUnscored, type Which } from './scored-before.js';
import { csvOf, isPredictionTable, samplesOf, type Predicted } from './output/prediction-table.js';

const PREDICTIONS: Kind = {
  what: 'a table of predictions',
  isOne: start => isPredictionTable(start.toString('utf8')),
};

interface Options extends PlaceOptions {
  oof?: boolean;
  validate?: boolean;
  out?: string;
  at?: Moment;
  json?: boolean;
}

const AFTER_HELP = `
The columns: id, fold (from 0; with repeats also repeat), target, predicted,
decision, and probability_CLASS for each class. A model that has no decision
or no probabilities has no such column. Of two classes, a decision above 0
stands for the positive class; with more, each class has a decision_CLASS.

Examples:
  spt predictions 0f3a --oof -o oof.csv
      every sample, predicted by the model of the fold that it was left out of
  spt predictions 0f3a --validate > held-out.csv
      the validation samples, predicted by the model of the whole split`;

export function predictions(): Command {
  const command = new Command('predictions')
    .summary('the predictions behind the scores of a config, as CSV')
    .description(
      'Fits the models of a config again, and prints what they say of samples that they did not see. The scores of ' +
        'these predictions are compared with the scores of the log. If one differs in one bit, the command says so, ' +
        'fails, and writes nothing.',
    )
    .argument('<configId>', 'the id of a config, or its first digits')
    .option('--oof', 'the samples of each fold, predicted by the model of the other folds')
    .option('--validate', 'the validation samples, predicted by the model of the whole split')
    .option('-o, --out <file>', 'write the CSV to this file (default: the standard output)')
    .addOption(atOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', AFTER_HELP);
  return withPlace(command, 'log').action(run);
}

/** What was predicted again, before it is compared. */
interface Again {
  predicted: Predicted;
  scores: Scores;
  /** The digest of the model, where it was fitted. */
  digest?: string;
}

async function run(id: string, options: Options): Promise<void> {
  const { log, prepared, kept } = folders(options);
  const which = whichOf(options);
  if (options.out !== undefined) checkOut(options.out, PREDICTIONS);
  const { journal } = await existingLog(log, { until: options.at });
  const row = rowOf(journal, id);
  const config = await journal.readConfig(row);
  const outcome = await finishedOutcome(journal, row, config);
  refuseUnscored(config, which);
  const data = readPrepared(prepared, config.data);

  const { predicted, scores, digest } = await again(config, outcome, data, which, kept);
  const different = firstDifference(scores, outcome.scores);
  if (different) throw otherScores(outcome, different);
  if (digest !== undefined && digest !== outcome.digest)
    throw otherModel(outcome, digest, 'with equal scores');

  const { out } = options;
  if (out !== undefined) writeOut(out, csvOf(predicted));
  if (options.json) {
    const { classes } = predicted;
    const { unranked } = outcome;
    console.log(safeJson({ config: config.id, of: which, classes, ...scores, unranked, ...rows() }));
  } else if (out !== undefined) {
    console.log(summary(config, scores, out, predicted));
    if (outcome.unranked) console.log('note: the scores do not rank, because a fit did not converge');
  } else {
    process.stdout.write(process.stdout.isTTY ? printableLines(csvOf(predicted)) : csvOf(predicted));
  }

  function rows(): object {
    return out === undefined ? { samples: [...samplesOf(predicted)] } : { out };
  }
}

function whichOf({ oof, validate }: Options): Which {
  if (oof !== validate && (oof || validate)) return oof ? 'oof' : 'validate';
  const message = oof ? 'only one of --oof and --validate can be given' : 'no samples are named';
  throw new InputError('which-samples', message, {
    expected: '--oof (the samples of the folds) or --validate (the validation samples)',
  });
}

async function again(
  config: Config,
  finished: Finished,
  data: SplitData,
  which: Which,
  kept: string,
): Promise<Again> {
  const classes = classNamesIn(data.target);
  try {
    if (which === 'oof') {
      const { folds, scores } = (await foldsOf(config, finished, data, { kept }))!;
      const isRepeated = (config.cv?.repeats ?? 1) > 1;
      return {
        predicted: { predictions: folds, samples: data.train, classes, isRepeated },
        scores: { cv: scores },
      };
    }
    const { validate, digest } = await validationOf(config, finished, data, { kept });
    if (!validate || !data.validate)
      throw new InputError('no-samples', 'the prepared data has no validation samples');
    const predicted = { predictions: [validate], samples: data.validate, classes, isRepeated: false };
    return { predicted, scores: { validate: validate.scores }, digest };
  } catch (cause) {
    throw notTrainedAgain(config, cause);
  }
}

function summary(
  { id, pipeline, split, scoring, metrics }: Config,
  { cv, validate }: Scores,
  out: string,
  { predictions }: Predicted,
): string {
  const samples = predictions.reduce((sum, { rows }) => sum + rows.length, 0);
  const names = [...new Set([scoring, ...metrics])];
  const found = names.map(name => `${name} ${score(cv ? cv[name]?.mean : validate?.[name])}`);
  const lines = [
    `config   ${id}  ${printable(pipeline)} ${printable(split)}`,
    wrapped(printable(`scores   ${found.join(', ')}`, 2000), 80, '         ').trimStart(),
    '         the same as in the log, bit for bit',
    `written  ${printable(out, 1000)}: ${samples} rows`,
  ];
  return lines.join('\n');
}
