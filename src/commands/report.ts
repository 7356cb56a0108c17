/** `spt report`: the whole search as one HTML file that needs no network. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { counted } from '../base/listing.js';
import { shellWord } from '../base/shell.js';
import { Auditor } from '../events/ask/audit.js';
import type { Visitor } from '../events/ask/inspect.js';
import type { Host } from '../log/host.js';
import { survey } from '../log/survey.js';
import { documentOf } from '../report/document.js';
import { gather } from '../report/gather.js';
import { htmlOf, REPORT_START } from '../report/html.js';
import type { Curves } from '../page/document.js';
import type { Search } from '../views/search.js';
import { printable, safeJson } from '../terminal/printable.js';
import { screenOf, SENTENCE_WIDTH, wrapped } from '../terminal/screen.js';
import type { Rule } from '../views/choice.js';
import { nothingThere, optionWords } from './one-setting.js';
import { checkOut, writeOut, type Kind } from './output/out-file.js';
import { folders } from './place.js';
import { curvesOf, type NoCurves } from './report-curves.js';
import { featuresOf } from './report-features.js';
import { alphaOption, mostOption, selectOption } from './selecting.js';
import { choicesOf } from './report-choices.js';
import { VERSION } from './package.js';
import { openSearch, withView, type ViewOptions } from './view.js';

const REPORT: Kind = {
  what: 'a report',
  isOne: start => start.subarray(0, REPORT_START.length).toString('latin1') === REPORT_START,
};

interface Options extends ViewOptions {
  out: string;
  select: Rule;
  alpha: number;
  refit: number;
  bootstrap?: boolean;
  most: number;
}

const DETAILS = `
The file opens in any browser, needs no network and no server, and may be mailed
or archived. The same log gives the same bytes, now and later:
  spt report                      writes report.html
  spt report --at 40 -o a.html  the search as it was after record 40
  spt report --split A1 B2        only these splits
  spt report --bootstrap          also BBC-CV, which trains configs again

It begins with the chosen config of each setting. Configs with other data, folds
or metrics stand in sections of their own, because their scores cannot be
compared.`;

export function report(): Command {
  const command = new Command('report')
    .summary('write the whole search as one HTML file that needs no network')
    .description(
      'Writes one HTML file: the chosen config and how far to trust its score, what was tried and what failed, a ' +
        'table to sort and filter, charts with their numbers, and a paragraph for the methods of a paper.',
    )
    .option('-o, --out <file>', 'write the report to this file', 'report.html')
    .addOption(selectOption().default('best'))
    .addOption(alphaOption())
    .addOption(
      new Option('--refit <seconds>', 'how long models may be trained again, for their curves; 0: no curves')
        .argParser(secondsOf)
        .default(60),
    )
    .option('--bootstrap', 'train the best configs again, for BBC-CV')
    .addOption(mostOption())
    .addHelpText('after', DETAILS);
  return withView(command).action(run);
}

async function run(options: Options): Promise<void> {
  checkOut(options.out, REPORT);
  const { prepared, kept } = folders(options);
  const { host, look } = await openSearch(options);
  const search = await look();
  if (search.rows.length === 0) throw nothingThere(search.state, '--split and --pipelines');
  const { manifest, at } = await auditAt(search, host);
  const gathering = await gather(search);
  const { select: rule, alpha, most, bootstrap, refit: seconds } = options;
  const choices = await choicesOf(gathering, {
    rule,
    alpha,
    ...(bootstrap && { bootstrap: { prepared, kept, most } }),
  });
  const found = await curvesOf(gathering, choices, { prepared, kept, seconds });
  const curves = new Map([...found].map(([setting, one]) => [setting, 'why' in one ? one.why : one]));
  const features = await featuresOf(gathering, choices, { prepared, seconds, alpha });
  const moment = { n: search.state.n, at };
  const beside = { version: VERSION, moment, manifest, choices, curves, features, options: wordsOf(options) };
  const document = await documentOf(gathering, beside);
  const html = htmlOf(document);
  writeOut(options.out, html);
  const { sections } = document;
  const bytes = Buffer.byteLength(html);
  if (options.json) {
    const chosen = sections.map(({ split, scoring, answer }) => ({ split, scoring, config: answer?.id }));
    console.log(safeJson({ out: options.out, bytes, moment, manifest, configs: search.rows.length, chosen }));
    return;
  }
  const size = bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`written  ${printable(options.out)} (${size}): ${counted(search.rows.length, 'config')}`);
  console.log(`moment   record ${moment.n}, ${printable(moment.at)}`);
  console.log(`hash     ${manifest}`);
  const missing = options.refit > 0 ? missingText(search, found) : '';
  if (missing !== '') console.log(missing);
}

/** What the report lacks, and what to do about it. */
function missingText(search: Search, curves: ReadonlyMap<number, Curves | NoCurves>): string {
  const { width } = screenOf(process.stdout);
  const notes = [...curves].flatMap(([setting, found]) => {
    if (!('why' in found)) return [];
    const { split, scoring } = search.setting(setting);
    const words = `note: ${split}, by ${scoring}. ${found.why} ${found.hint ?? ''}`.trim();
    return [wrapped(printable(words, 600), Math.min(width, SENTENCE_WIDTH))];
  });
  return notes.join('\n');
}

/** The options that the report depends on, in a form that can be typed. The document tells the moment. */
function wordsOf({ split = [], pipelines = [], select, alpha, refit, bootstrap, most }: Options): string {
  const lists = [
    ['--split', split],
    ['--pipelines', pipelines],
  ] as const;
  const words = lists.flatMap(([name, names]) =>
    names.length > 0 ? [` ${name} ${names.map(shellWord).join(' ')}`] : [],
  );
  const values = optionWords({
    '--select': select === 'best' ? undefined : select,
    '--alpha': alpha === 0.05 ? undefined : String(alpha),
    '--refit': refit === 60 ? undefined : String(refit),
    '--most': bootstrap && most !== 200 ? String(most) : undefined,
  });
  return words.join('') + values + (bootstrap ? ' --bootstrap' : '');
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 1e6) return seconds;
  throw new InvalidArgumentError('Expected a number of seconds, for example 600.');
}

/** The hash of the audit at the moment of the search, and the time of its last record. */
async function auditAt({ state, directory }: Search, host: Host): Promise<{ manifest: string; at: string }> {
  const auditor = new Auditor();
  let at = '';
  const until: Visitor = {
    entry: (entry, place) => {
      if (entry.n > state.n) return;
      if (entry.n === state.n) at = entry.at;
      auditor.entry(entry, place);
    },
    damaged: (...damage) => auditor.damaged(...damage),
  };
  await survey(directory, host, until);
  return { manifest: auditor.report().manifest, at };
}
