/** `spt audit`: checks that every config has one outcome, and prints the manifest. */
import { Command } from 'commander';
import { counted, someOf } from '../base/listing.js';
import { Auditor, type Audit, type Statement } from '../events/ask/audit.js';
import { HARMLESS, MOST_LISTED, type LinePlace, type TroubleKind } from '../events/ask/inspect.js';
import { placeOf } from '../log/check/findings.js';
import { survey } from '../log/survey.js';
import { EXIT_CODES } from '../terminal/complaints.js';
import { printable, safeJson } from '../terminal/printable.js';
import { existingLog } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  json?: boolean;
}

/** How many things of one kind are shown to people; `--json` lists more. */
const MOST_SHOWN = 20;

const DETAILS = `
The manifest is a SHA-256 to cite. Anyone who has the log can compute it:
  - Write one line for each config: "<id> <outcome> <digest>" and a newline.
  - The outcome is finished, failed or open.
  - The digest is the digest of the model, or "-". If a config has different
    models, all their digests stand there, sorted, with commas between them.
  - Sort the lines, and take the SHA-256 of them.
It does not depend on the workers, their clocks or the order of the lines, and a
merge keeps it.

Exit code 1: records are missing, damaged or forked, a segment is not sealed, or
one config has different models.`;

/** The command, for a reviewer. */
export function audit(): Command {
  const command = new Command('audit')
    .summary('check that every config has one outcome, and give a hash to cite')
    .description(
      'Checks that every enqueued config has at most one effective outcome. Lists missing, doubled and forked ' +
        'records by their place, reports that came late, and configs that were taken from lost workers. If one ' +
        'config has different models, names the hosts and workers. Prints a hash of the outcomes to cite.',
    )
    .option('--json', `print one JSON object: all open configs, and up to ${MOST_LISTED} of each other kind`)
    .addHelpText('after', DETAILS);
  return withPlace(command, 'log').action(run);
}

async function run(options: Options): Promise<void> {
  const { log } = folders(options);
  const { host } = await existingLog(log);
  const auditor = new Auditor();
  const { segments, strays } = await survey(log, host, auditor);
  const report = auditor.report();
  const torn = segments.filter(({ tornBytes }) => tornBytes > 0).length;
  const isRight = report.isRight && strays.length === 0;
  if (options.json) console.log(safeJson({ ...report, isRight, torn, strays }));
  else console.log(text(report, strays, isRight));
  process.exitCode = isRight ? EXIT_CODES.done : EXIT_CODES.failed;
}

function text(report: Audit, strays: number[], isRight: boolean): string {
  const { configs, finished, failed, open, openIds, manifest } = report;
  const lines = [
    `${counted(configs, 'config')}: ${finished} finished, ${failed} failed, ${open} open, ` +
      'each with one outcome at most',
  ];
  if (open > 0) lines.push(`open: ${someOf(openIds, MOST_SHOWN)}`);
  lines.push(...troubleLines(report));
  if (strays.length > 0)
    lines.push(
      `segments that running processes do not read, as one before is not sealed: ${strays.join(', ')}`,
    );
  lines.push(...statementLines('taken from a lost worker', report.reclaims, report.reclaimed));
  lines.push(...statementLines('reported late, ignored', report.lateReports, report.late));
  for (const { config, statements } of report.disagreements) {
    lines.push(`config ${config} has different models:`);
    for (const statement of statements)
      lines.push(`  ${printable(statement.digest!)} by ${who(statement)} at ${where(statement.place)}`);
  }
  for (const config of report.finishedTwice)
    lines.push(`config ${config} has more than one effective outcome`);
  lines.push(`manifest  sha256:${manifest}`);
  lines.push(isRight ? 'Everything is right.' : 'Something is wrong: see above.');
  return lines.join('\n');
}

function troubleLines({ troubles, counts }: Audit): string[] {
  const lines: string[] = [];
  for (const kind of Object.keys(counts) as TroubleKind[]) {
    if (counts[kind] === 0) continue;
    lines.push(`${kind}: ${counts[kind]}${HARMLESS.has(kind) ? ' (harmless)' : ''}`);
    const listed = troubles.filter(trouble => trouble.kind === kind).slice(0, MOST_SHOWN);
    for (const { place, message } of listed) lines.push(`  ${where(place)}: ${printable(message)}`);
    lines.push(...more(counts[kind] - listed.length));
  }
  return lines;
}

function statementLines(title: string, statements: Statement[], total: number): string[] {
  if (total === 0) return [];
  const listed = statements.slice(0, MOST_SHOWN);
  return [
    `${title}: ${counted(total, 'config')}`,
    ...listed.map(one => `  ${one.config} ${one.says}, ${who(one)}, at ${where(one.place)}`),
    ...more(total - listed.length),
  ];
}

function more(rest: number): string[] {
  return rest > 0 ? [`  and ${rest} more`] : [];
}

function who({ host, worker, by }: Statement): string {
  return printable(host === undefined ? by : `worker ${worker} on ${host}`);
}

function where(place: LinePlace): string {
  const { file, line, offset } = placeOf(place);
  return `${file}:${line} (byte ${offset})`;
}
