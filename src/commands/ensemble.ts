/** `spt ensemble`: a weighted mean of configs, its honest score, and whether it is better than the best single one. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { shellWord } from '../base/shell.js';
import { RECIPE_START, recipeText } from '../ml/recipe.js';
import { safeJson } from '../terminal/printable.js';
import { screenOf } from '../terminal/screen.js';
import type { Setting } from '../events/ask/setting.js';
import { bestOfFolds } from '../views/choice.js';
import { ensembled, type Ensembled } from './ensembling.js';
import { unscoredOf } from './failures.js';
import { rowOf } from './journal.js';
import {
  leftOutNotes,
  nothingBest,
  oneSetting,
  optionWords,
  placeWords,
  type Asking,
} from './one-setting.js';
import { ensembleText } from './output/ensemble-text.js';
import { checkOut, writeOut, type Kind } from './output/out-file.js';
import { VERSION } from './package.js';
import { folders } from './place.js';
import { alphaOption, noFolds } from './selecting.js';
import { openSearch, withView, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  from: number;
  size: number;
  bags: number;
  bootstrap: number;
  alpha: number;
  scoring?: string;
  like?: string;
  out?: string;
}

const DEFAULTS = { from: 200, size: 25, bags: 20, bootstrap: 200, alpha: 0.05 };

const EXAMPLES = `
Examples:
  spt ensemble --split A1
      an ensemble of the best configs of A1, beside the best single config
  spt ensemble --split A1 -o ens.json
      also writes its recipe: ids, weights and digests
  spt rebuild --ensemble ens.json --out model.json
      trains the members again, and writes one model file
  spt predict --model model.json --data new.csv
      predicts with it, without the search

Only classifiers with probabilities are mixed. docs/ensembles.md tells how
members are chosen, and how well the estimate keeps its promise.`;

export function ensemble(): Command {
  const command = new Command('ensemble')
    .summary('mix the best configs, and say whether this beats the best one')
    .description(
      'Chooses a weighted mean of configs by their out-of-fold predictions, which it makes again and compares with ' +
        'the log. Estimates its score by a bootstrap that counts this choice as well, and the difference to the ' +
        'best single config on the same draws.',
    )
    .addOption(number('--from <n>', 'choose among the n best configs', 'from', readFrom))
    .addOption(number('--size <n>', 'the most additions of a bag', 'size', atLeastOne))
    .addOption(number('--bags <n>', 'bags: random halves of the configs; 1 takes all', 'bags', atLeastOne))
    .addOption(number('--bootstrap <n>', 'draws of the bootstrap; 0 for none', 'bootstrap', draws))
    .addOption(alphaOption())
    .option('--scoring <metric>', 'only configs ranked by this metric')
    .option('--like <configId>', 'only configs whose scores may be compared with this one')
    .option('-o, --out <file>', 'write the recipe of the ensemble to this file, as JSON')
    .addHelpText('after', EXAMPLES);
  return withView(command).action(run);
}

type Number = 'from' | 'size' | 'bags' | 'bootstrap';

function number(flags: string, about: string, name: Number, read: (text: string) => number): Option {
  return new Option(flags, about).argParser(read).default(DEFAULTS[name]);
}

function atLeastOne(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/** Also as `top:200`. */
function readFrom(text: string): number {
  const [, digits] = /^(?:top:)?([1-9]\d{0,5})$/.exec(text) ?? [];
  if (Number(digits) >= 2) return Number(digits);
  throw new InvalidArgumentError('Expected a whole number of at least 2.');
}

function draws(text: string): number {
  if (/^\d{1,6}$/.test(text) && (Number(text) === 0 || Number(text) >= 20)) return Number(text);
  throw new InvalidArgumentError('Expected 0, or a whole number of at least 20.');
}

const RECIPE: Kind = {
  what: 'the recipe of an ensemble',
  isOne: start => start.indexOf(RECIPE_START) === 0,
};

/** All that is known of an ensemble, for the text and for programs. */
export interface Mixture extends Ensembled {
  setting: Setting;
  alpha: number;
  notes: string[];
  out?: string;
  /** The options of the place, for commands to copy. */
  place: string;
  /** The command that chooses the same ensemble, for commands to copy. */
  again: string;
}

async function run(options: Options): Promise<void> {
  const { out, alpha, from, size, bags } = options;
  if (out !== undefined) checkOut(out, RECIPE);
  const { journal, host, look } = await openSearch(options);
  const search = await look();
  const { state, beside, directory } = search;
  const like = options.like === undefined ? undefined : rowOf(journal, options.like);
  const { setting: number, rows } = oneSetting(state, beside, askingOf(options, like));
  const setting = search.setting(number);
  const unscored = await unscoredOf(state, directory, host, rows);
  const ranked = rows.filter(row => !Number.isNaN(state.cv[row]));
  if (bestOfFolds(search, rows) < 0)
    throw rows.every(row => Number.isNaN(state.validate[row]))
      ? nothingBest(state, rows, unscored, setting.scoring)
      : noFolds('spt ensemble');
  const { prepared, kept } = folders(options);
  const found = await ensembled(search, ranked, {
    ...{ prepared, kept, alpha, from, size, bags, draws: options.bootstrap },
    ...(process.stderr.isTTY && !options.json && { onStep: progress }),
  });
  const place = placeWords({ root: options.root, log: options.log });
  const notes = leftOutNotes(unscored, setting.scoring);
  const mixture: Mixture = { ...found, setting, alpha, notes, out, place, again: againOf(options) };
  if (out !== undefined) writeOut(out, recipeOf(mixture, options));
  if (options.json) {
    const { place: _place, again: _again, ...rest } = mixture;
    console.log(safeJson({ ...rest, scoring: setting.scoring, growth: growthOf(mixture, options) }));
  } else console.log(ensembleText(mixture, screenOf(process.stdout)));
}

function progress(what: string, done: number, of: number): void {
  process.stderr.write(done === of ? '\r\x1b[K' : `\r\x1b[K${done} of ${of} ${what} `);
}

function growthOf({ seed }: Mixture, { from, size, bags }: Options): { [name in keyof Growth]: number } {
  return { from, size, bags, seed };
}

type Growth = Parameters<typeof recipeText>[0]['growth'];

function recipeOf(mixture: Mixture, options: Options): string {
  const { setting, alpha, data, members, estimate } = mixture;
  return recipeText({
    versions: { spt: VERSION, node: process.versions.node },
    ...{ split: setting.split, scoring: setting.scoring, data, growth: growthOf(mixture, options) },
    ...(estimate && {
      estimate: {
        ...{ score: estimate.ensemble.estimate, low: estimate.ensemble.low, high: estimate.ensemble.high },
        ...{ draws: estimate.draws, alpha },
      },
    }),
    members: members.map(({ id, weight, digest }) => ({ id, weight, digest })),
  });
}

/** The command that chooses the same ensemble, as a person would type it. */
function againOf(options: Options): string {
  const { split, pipelines, scoring, like } = options;
  const list = (name: string, values?: readonly string[]): string =>
    values ? ` ${name} ${values.map(shellWord).join(' ')}` : '';
  const chosen = `${list('--split', split)}${list('--pipelines', pipelines)}`;
  const named = optionWords({ '--scoring': scoring, '--like': like });
  return `spt ensemble${chosen}${named}${growthWords(options)}${placeWords(options)}`;
}

/** The options that differ from their defaults, each with a space in front. */
function growthWords(options: Options): string {
  const differing = (['from', 'size', 'bags', 'bootstrap', 'alpha'] as const).filter(
    name => options[name] !== DEFAULTS[name],
  );
  return optionWords(Object.fromEntries(differing.map(name => [`--${name}`, String(options[name])])));
}

function askingOf(options: Options, like?: number): Asking {
  const { split, pipelines, scoring, out, json } = options;
  const words = `${growthWords(options)}${optionWords({ '--out': out })}`;
  return {
    ...{ split, pipelines, scoring, like, what: 'spt ensemble', command: 'spt ensemble' },
    ...{
      byId: id => `spt ensemble --like ${id}`,
      rest: `${words}${json ? ' --json' : ''}${placeWords(options)}`,
    },
  };
}
