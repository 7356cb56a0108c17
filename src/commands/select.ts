/** `spt select`: which config to trust, and by how much its score flatters it. */
import { Command, Option } from 'commander';
import type { Config } from '../base/config.js';
import type { Journal } from '../log/journal.js';
import { safeJson } from '../terminal/printable.js';
import { screenOf } from '../terminal/screen.js';
import { RULES, type Rule } from '../views/choice.js';
import type { Result } from '../views/result.js';
import { nestedOf, type Nested } from '../views/nested.js';
import type { Search } from '../views/search.js';
import { corrected, validated, type Corrected, type Validated } from './bootstrapping.js';
import { rowOf } from './journal.js';
import { optionWords, placeWords, type Asking } from './one-setting.js';
import { folders } from './place.js';
import { selectText } from './output/select-text.js';
import { alphaOption, mostOption, noFolds, selected, type Selected } from './selecting.js';
import { openSearch, withView, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  rule: Rule;
  alpha: number;
  bootstrap?: boolean;
  most: number;
  scoring?: string;
  like?: string;
}

const EXAMPLE = `
Examples:
  spt select                          the best config, and its honest score
  spt select --rule 1se --split A1    the simplest within one error of the best
  spt select --bootstrap              also BBC-CV and the validation interval

Nothing is written. docs/choosing.md has the formulas, their sources, and how
well each estimate keeps its promise.`;

export function select(): Command {
  const command = new Command('select')
    .summary('choose a config, with an honest score and what is as good')
    .description(
      'Chooses a config by the scores of its folds. Says by how much the best score flatters itself, because it is ' +
        'the best of many, which configs the folds do not tell apart from it, and how large a difference has to be ' +
        'before they do.',
    )
    .addOption(
      new Option(
        '--rule <rule>',
        'best; 1se, the simplest within one standard error of the best; or simplest, the simplest that is as good',
      )
        .choices(RULES)
        .default('best'),
    )
    .option(
      '--bootstrap',
      'train the best configs again, for BBC-CV and an interval on the validation samples',
    )
    .addOption(mostOption())
    .addOption(alphaOption())
    .option('--scoring <metric>', 'only configs ranked by this metric')
    .option('--like <configId>', 'only configs whose scores may be compared with this one')
    .addHelpText('after', EXAMPLE);
  return withView(command).action(run);
}

/** All that is known of a choice, for the text and for programs. */
export interface Selection extends Selected {
  search: Search;
  rule: Rule;
  alpha: number;
  result: Result & { config: Config };
  bootstrap?: Corrected;
  /** The score on the validation samples; with --bootstrap with its interval. */
  validation?: Validated | { score: number };
  /** What a nested cross-validation says, where there is one. */
  nested?: Nested;
  /** The options of the place and the moment, for commands to copy, and those of the place alone. */
  place: string;
  log: string;
}

async function run(options: Options): Promise<void> {
  const { journal, host, look } = await openSearch(options);
  const search = await look();
  const { rule, alpha } = options;
  const asking = askingOf(options, options.like === undefined ? undefined : rowOf(journal, options.like));
  const found = await selected(search, host, asking, { rule, alpha });
  const result = await resultOf(search, journal, found.row);
  const selection: Selection = {
    ...{ ...found, search, rule, alpha, result, place: placeWords(options) },
    log: placeWords({ root: options.root, log: options.log }),
    ...(await more(search, found, result, options)),
    nested: await nestedOf(search, found.setting, found.rows, { rule, alpha }),
  };
  if (options.json) console.log(safeJson(forPrograms(selection)));
  else console.log(selectText(selection, screenOf(process.stdout)));
}

function askingOf(options: Options, like?: number): Asking {
  const { split, pipelines, scoring, rule, alpha, bootstrap, most, json } = options;
  const words = optionWords({
    '--rule': rule === 'best' ? undefined : rule,
    '--alpha': alpha === 0.05 ? undefined : String(alpha),
    '--most': most === 200 ? undefined : String(most),
  });
  const flags = `${bootstrap ? ' --bootstrap' : ''}${json ? ' --json' : ''}`;
  return {
    ...{ split, pipelines, scoring, like, what: 'spt select', command: 'spt select' },
    ...{ byId: id => `spt select --like ${id}`, rest: `${words}${flags}${placeWords(options)}` },
  };
}

/** What the log says of one config. Throws Failure where its record is damaged. */
async function resultOf(search: Search, journal: Journal, row: number): Promise<Selection['result']> {
  const config = await journal.readConfig(row);
  for await (const [result] of search.results([row], { configs: false })) return { ...result, config };
  throw new Error(`row ${row} is gone`);
}

/** The validation score, and what the bootstrap adds. */
async function more(
  search: Search,
  { choice, rows }: Selected,
  { finished, config, scoring }: Selection['result'],
  options: Options,
): Promise<Pick<Selection, 'bootstrap' | 'validation'>> {
  const logged = finished?.scores.validate?.[scoring];
  const known = choice && typeof logged === 'number' ? { validation: { score: logged } } : {};
  if (!options.bootstrap) return known;
  if (!choice) throw noFolds('--bootstrap');
  const { prepared, kept } = folders(options);
  const { alpha, most } = options;
  const ranked = rows.filter(row => !Number.isNaN(search.state.cv[row]));
  const shows = process.stderr.isTTY && !options.json;
  const onConfig = (done: number): void => {
    if (shows) process.stderr.write(`\rtraining again: ${done} configs `);
  };
  const bootstrap = await corrected(search, ranked, { prepared, kept, alpha, most, onConfig });
  if (shows) process.stderr.write('\r\x1b[K');
  const validation = finished && (await validated(config, finished, { prepared, kept, alpha, most }));
  return { bootstrap, ...(validation ? { validation } : known) };
}

function forPrograms(selection: Selection): object {
  const { rule, alpha, result, choice, bootstrap, validation, nested, notes } = selection;
  const { id, pipeline, split, scoring, config, finished } = result;
  const { setting, ...rest } = choice ?? { setting: selection.setting };
  return {
    ...{ rule, alpha, config: id, pipeline, split, scoring, setting, steps: config.steps },
    ...{
      digest: finished?.digest,
      size: finished?.size,
      ...rest,
      rule,
      bootstrap,
      validation,
      nested,
      notes,
    },
  };
}
