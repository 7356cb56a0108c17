/** `spt explain`: which features carry a config. */
import { Command } from 'commander';
import { InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { oneOf } from '../base/suggest.js';
import { readPrepared } from '../data/store.js';
import { FORMATS, FORMATS_WITH_ABOUT, formatOf, writerOf, type Format } from '../tables/formats.js';
import { printable, safeJson } from '../terminal/printable.js';
import { screenOf } from '../terminal/screen.js';
import { explanationOf, type Explanation } from './explaining.js';
import { atOption, type Moment } from './moment.js';
import { optionWords, placeWords } from './one-setting.js';
import { finishedOutcome } from './scored-before.js';
import { explainText } from './output/explain-text.js';
import { ABOUT, featureTable, isFeatureTable } from './output/explain-table.js';
import { checkOut, toFile, type Kind } from './output/out-file.js';
import { folders, withPlace } from './place.js';
import { wanted, withChoice, type ChoiceOptions } from './rebuild.js';
import { alphaOption } from './selecting.js';
import { nonNegativeInteger } from './values.js';

interface Options extends ChoiceOptions {
  repeats: number;
  alpha: number;
  out?: string;
  at?: Moment;
  json?: boolean;
}

const AFTER_HELP = `
Examples:
  spt explain 0f3a                    the 20 features that matter most
  spt explain --best --split A1 -o features.csv
      all features of the best config of A1, one row each
  spt explain 0f3a --repeats 0        coefficients or importances only

docs/explain.md has the formulas and their sources.`;

const FEATURES: Kind = { what: 'a table of features', isOne: isFeatureTable, needsFile: true };

export function explain(): Command {
  const command = new Command('explain')
    .summary('which features carry a config: importances, coefficients, what shuffling costs')
    .description(
      'Fits the models of a config again, and tells its features: by how much the score of held-out samples drops ' +
        'when a column is shuffled, with an interval; the coefficients of linear models or the importances of trees, ' +
        'and how stable they are over the folds; and how often each column was selected. If one score differs from ' +
        'the log in one bit, the command says so and fails.',
    )
    .argument('[configId]', 'the id of a config, or its first digits');
  withChoice(command)
    .option('--config <file>', 'the config of the search (default: configs/config.yaml)')
    .option('--repeats <n>', 'shuffle each column this many times; 0 for not at all', nonNegativeInteger, 5)
    .addOption(alphaOption())
    .option(
      '-o, --out <file>',
      `write all features to this file: ${FORMATS.map(name => `.${name}`).join(', ')}`,
    )
    .addOption(atOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', AFTER_HELP);
  return withPlace(command, 'log').action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  const { out, repeats, alpha } = options;
  const format = out === undefined ? undefined : formatFor(out);
  if (out !== undefined) checkOut(out, FEATURES);
  const { log, prepared } = folders(options);
  const asking = { command: 'explain', rest: rest(options), at: options.at };
  const { row, notes, journal } = await wanted(log, id, options, asking);
  const config = await journal.readConfig(row);
  const outcome = await finishedOutcome(journal, row, config);
  const data = readPrepared(prepared, config.data);
  let fits = 0;
  const shows = process.stderr.isTTY && !options.json;
  const onFit = (): void => {
    if (shows) process.stderr.write(`\rtraining again: ${counted(++fits, 'fit')} `);
  };
  const found = await explanationOf(outcome, config, data, { repeats, alpha, onFit });
  if (shows) process.stderr.write('\r\x1b[K');
  const explanation = { ...found, notes: [...notes, ...found.notes] };
  if (out !== undefined && format) await writeFeatures(out, format, explanation);
  if (options.json) {
    console.log(safeJson(forPrograms(explanation, options)));
    return;
  }
  const asked = { repeats, alpha, isWritten: out !== undefined };
  console.log(explainText(explanation, asked, screenOf(process.stdout)));
  if (out !== undefined)
    console.log(printable(`written  ${out}: ${counted(explanation.lines.length, 'feature')}`, 1000));
}

/** The options that do not choose a config, as a person would type them. */
function rest({ root, log, config, at, repeats, alpha, out, json }: Options): string {
  const words = optionWords({
    '--repeats': repeats === 5 ? undefined : String(repeats),
    '--alpha': alpha === 0.05 ? undefined : String(alpha),
    '--out': out,
  });
  return `${placeWords({ root, log, config, at })}${words}${json ? ' --json' : ''}`;
}

function formatFor(out: string): Format {
  const format = formatOf(out);
  if (format !== undefined) return format;
  throw new InputError('unknown-format', `the ending of ${out} tells no format`, {
    value: out,
    expected: `an ending such as .csv: ${oneOf(FORMATS)}`,
  });
}

async function writeFeatures(out: string, format: Format, explanation: Explanation): Promise<void> {
  const { heads, rows } = featureTable(explanation);
  const about = FORMATS_WITH_ABOUT.has(format) ? [{ name: ABOUT, text: explanation.config.id }] : [];
  await toFile(out, async sink => {
    const writer = writerOf(format, heads, sink, about);
    writer.rows(rows);
    writer.end();
  });
}

function forPrograms({ config, found, lines, notes }: Explanation, { repeats, alpha, out }: Options): object {
  const { kind, heldOut, digest } = found;
  const about = { config: config.id, digest, scoring: config.scoring, kind, alpha };
  return {
    ...about,
    ...(heldOut && { heldOut, repeats }),
    notes,
    ...(out === undefined ? { features: lines } : { out }),
  };
}
