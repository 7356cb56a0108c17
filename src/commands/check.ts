/** `spt check`: the pitfalls of a search, by its results, its data and its two YAML files. */
import { Command } from 'commander';
import type { CrossValidation } from '../base/config.js';
import { classNamesIn, featureNames, type SplitData } from '../base/dataset.js';
import { Failure, InputError, InputErrors } from '../base/errors.js';
import { counted } from '../base/listing.js';
import type { Experiment } from '../config/load.js';
import { readMetadata, type Metadata } from '../data/metadata.js';
import { readPrepared } from '../data/store.js';
import type { Setting } from '../events/ask/setting.js';
import type { Shape } from '../ml/needs.js';
import { EXIT_CODES } from '../terminal/complaints.js';
import { printable, safeJson } from '../terminal/printable.js';
import { screenOf, wrapped } from '../terminal/screen.js';
import { checkResults, isOfNow, type Finding } from '../views/check.js';
import type { Search } from '../views/search.js';
import { checkedParts } from './check-axes.js';
import { checkData, foldText, smallestFit, type CheckedSplit } from './check-data.js';
import { experiment, folders } from './place.js';
import { openSearch, withView, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  pipeConfigs?: string;
}

/** Sentences are broken at this column if the screen is wider, or if there is no screen. */
const SENTENCE_WIDTH = 80;

const DETAILS = `
What it looks for: the best value at the edge of an axis; one feature that
tells all classes apart; equal samples on both sides of a split or in several
folds; a fold unlike the others; groups of samples that the folds ignore;
classes with few samples in a fold; warnings, failures and configs without a
rank that are many.

A "problem" makes scores wrong or wastes most of a pipeline, and the exit code
is 1. A "note" may be intended: with notes alone, the exit code is 0.

  spt check
      looks at the whole search
  spt check --split A1 --json
      looks at one split, for a program`;

export function check(): Command {
  const command = new Command('check')
    .summary('find the pitfalls of a search: edges, leaks, odd folds, shared warnings')
    .description(
      'Looks at the results, the data and the files of a search for what makes its scores misleading.',
    )
    .option('--pipe-configs <file>', 'use this file instead of configs/pipe_configs.yaml')
    .addHelpText('after', DETAILS);
  return withView(command).action(run);
}

async function run(options: Options): Promise<void> {
  const { look } = await openSearch(options);
  const search = await look();
  const unchecked: string[] = [];
  const files = readFiles(options, unchecked);
  const data = readData(options, search, unchecked);
  const pipelines = [...(files?.pipelines.values() ?? [])];
  const findings = [
    ...(await dataFindings(data, files, unchecked)),
    ...(await checkResults(search, checkedParts(pipelines, shapeOf(data)))),
  ];
  for (const finding of findings) {
    const of = data.find(({ setting }) => setting === search.setting(finding.setting ?? -1));
    if (of && finding.kind === 'fold-unlike')
      finding.message += foldText(checkedSplit(of), finding.numbers.fold - 1);
  }
  findings.sort((a, b) => Number(a.level === 'note') - Number(b.level === 'note'));
  const problems = findings.filter(({ level }) => level === 'problem').length;
  process.exitCode = problems > 0 ? EXIT_CODES.failed : EXIT_CODES.done;
  if (options.json) console.log(safeJson({ problems, findings, unchecked }));
  else show(findings, unchecked);
}

/** The two files of the search; undefined where they cannot be read. */
function readFiles(options: Options, unchecked: string[]): Experiment | undefined {
  try {
    return experiment(options);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof InputErrors)) throw error;
    if (options.config !== undefined || options.pipeConfigs !== undefined) throw error;
    const first = error instanceof InputErrors ? error.errors[0] : error;
    const file = first.complaint.place?.file;
    unchecked.push(`edges of axes and groups: ${file === undefined ? '' : `${file}: `}${first.message}`);
    return undefined;
  }
}

interface SettingData {
  setting: Setting;
  data: SplitData;
}

/** The data of each setting of now. */
function readData(options: Options, search: Search, unchecked: string[]): SettingData[] {
  const { prepared } = folders(options);
  const seen = new Map<string, SettingData | undefined>();
  for (const row of search.rows) {
    const number = search.settingOf(row);
    const setting = search.setting(number);
    const key = JSON.stringify([setting.split, setting.data, setting.cv]);
    if (seen.has(key) || !isOfNow(search, number)) continue;
    try {
      if (setting.data === undefined) throw new Failure('data-missing', 'its config cannot be read');
      seen.set(key, { setting, data: readPrepared(prepared, setting.data) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      seen.set(key, undefined);
      unchecked.push(`the data of ${setting.split}: ${error.message}. ${error.hint ?? ''}`.trim());
    }
  }
  return [...seen.values()].filter(found => found !== undefined);
}

async function dataFindings(
  all: SettingData[],
  files: Experiment | undefined,
  unchecked: string[],
): Promise<Finding[]> {
  let metadata: Metadata | undefined;
  if (files) {
    try {
      metadata = await readMetadata(files.source);
    } catch (error) {
      if (!(error instanceof InputError || error instanceof InputErrors)) throw error;
      unchecked.push(`groups that the folds ignore: ${error.message}`);
    }
  }
  const columns = (metadata?.header.names ?? []).filter(
    name => name !== files!.source.index && name !== files!.source.target,
  );
  const seen = new Set<string>();
  return all.flatMap(one =>
    checkData(checkedSplit(one), metadata, columns).filter(finding => {
      const key = JSON.stringify(finding);
      return !seen.has(key) && seen.add(key);
    }),
  );
}

const checkedSplit = ({ setting: { split, cv }, data }: SettingData): CheckedSplit => ({
  split,
  data,
  ...(cv && { cv: drawn(cv) }),
});

/** The cross-validation of a setting. Its seed is there where the folds are shuffled. */
function drawn({ repeats, ...cv }: NonNullable<Setting['cv']>): CrossValidation {
  return repeats === undefined ? cv : { ...cv, shuffle: true, repeats };
}

/** What is known of the data that reach the steps: the least of all splits. */
function shapeOf(all: SettingData[]): Shape | undefined {
  if (all.length === 0) return undefined;
  const samples = all.map(one => smallestFit(checkedSplit(one)));
  return {
    samples: Math.min(...samples),
    features: Math.min(...all.map(({ data }) => featureNames(data).length)),
    classes: classNamesIn(all[0].data.target),
    gaps: [],
    categories: [],
  };
}

function show(findings: readonly Finding[], unchecked: readonly string[]): void {
  const screen = screenOf(process.stdout);
  const width = Math.min(screen.width, SENTENCE_WIDTH);
  for (const { level, kind, split, pipeline, message, advice, place, samples } of findings) {
    const of = pipeline === undefined ? split : `${split}, ${pipeline}`;
    const at = place ? ` (${printable(place.file)}:${place.line})` : '';
    console.log(
      `${screen.paint(level, level === 'problem' ? 'bad' : 'busy')} ${kind}: ${printable(of)}${at}`,
    );
    console.log(wrapped(printable(message, 600), width, '    '));
    console.log(wrapped(printable(advice, 600), width, '    '));
    if (samples && samples.length > 3)
      console.log(wrapped(`Samples: ${printable(samples.slice(0, 10).join(', '), 400)}`, width, '    '));
  }
  for (const what of unchecked) console.log(wrapped(`not checked: ${printable(what, 400)}`, width));
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const notes = findings.length - problems;
  const parts = [problems > 0 && counted(problems, 'problem'), notes > 0 && counted(notes, 'note')];
  const text = parts.filter(part => part !== false).join(', ');
  console.log(text === '' ? 'Nothing was found.' : `${text}.`);
}
