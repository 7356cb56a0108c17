/** What `spt ensemble` prints for people, in 80 columns. */
import { counted, someOf } from '../../base/listing.js';
import { foldsText } from '../../events/ask/setting.js';
import { withinRange } from '../../ml/scoring/range.js';
import { printable } from '../../terminal/printable.js';
import { SENTENCE_WIDTH, wrapped, type Screen } from '../../terminal/screen.js';
import { table } from '../../terminal/table.js';
import { score } from '../../terminal/units.js';
import type { Mixture } from '../ensemble.js';

/** How many members are listed. */
const MOST_LISTED = 10;

export function ensembleText(mixture: Mixture, screen: Screen): string {
  const { setting } = mixture;
  const width = Math.min(screen.width, SENTENCE_WIDTH);
  const about = `split ${setting.split}, ranked by ${setting.scoring}, ${foldsText(setting.cv)}`;
  const parts = [
    printable(about, 400),
    membersText(mixture, { ...screen, width }),
    [scoresText(mixture, { ...screen, width }), ...caveats(mixture).map(words => wrapped(words, width))].join(
      '\n',
    ),
    wrapped(advice(mixture), width),
  ];
  const notes = notesOn(mixture);
  if (notes.length > 0)
    parts.push(notes.map(note => wrapped(printable(`note: ${note}`, 500), width)).join('\n'));
  parts.push(nextText(mixture));
  return parts.join('\n\n');
}

function membersText({ members, library }: Mixture, screen: Screen): string {
  const head = `ensemble of ${counted(members.length, 'config')}, chosen among ${library.toLocaleString('en-US')}`;
  const rows = members
    .slice(0, MOST_LISTED)
    .map(({ id, pipeline, weight, score: value }) => [`  ${id}`, pipeline, weight.toFixed(3), score(value)]);
  const columns = [
    { head: '  config' },
    { head: 'pipeline' },
    { head: 'weight', right: true },
    { head: 'alone', right: true },
  ];
  const more = members.length - MOST_LISTED;
  const rest = members.slice(MOST_LISTED).reduce((sum, { weight }) => sum + weight, 0);
  const last = more > 0 ? `\n  and ${more} more, with ${rest.toFixed(3)} of the weight` : '';
  return `${head}\n${table(columns, rows, screen)}${last}`;
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${score(Math.abs(value))}`;

/** The scores of the ensemble and of the best single config, side by side. */
function scoresText({ naive, single, estimate, validation, setting }: Mixture, screen: Screen): string {
  const shown = (value: number, { low, high }: { low?: number; high?: number }): string => {
    if (low === undefined || high === undefined) return score(value);
    const cut = withinRange({ low, high }, setting.scoring);
    return `${score(value)} [${score(cut.low)}, ${score(cut.high)}]`;
  };
  const rows = [['  naive', score(naive), score(single.score)]];
  if (estimate) {
    const [mixed, alone] = [estimate.ensemble, estimate.single].map(one => shown(one.estimate, one));
    rows.push(['  bootstrap', mixed, alone]);
  }
  if (validation?.ensemble) {
    const mixed = shown(validation.ensemble.score, validation.ensemble);
    rows.push(['  validation', mixed, score(validation.single)]);
  }
  const columns = ['scores', 'ensemble', 'best single'].map(head => ({ head }));
  return table(columns, rows, screen);
}

/** What a reader has to know of the numbers above. */
function caveats({ estimate, validation }: Mixture): string[] {
  const words = [
    'The naive scores are too good on average, because the same samples chose the ensemble and the best config.',
  ];
  if (estimate)
    words.push(
      `In each of ${counted(estimate.draws, 'draw')}, both were chosen on the drawn samples and scored on the ` +
        'others. The interval of the difference is wider than it has to be. docs/ensembles.md tells how often ' +
        'the intervals held the truth in simulated searches.',
    );
  if (validation?.why !== undefined) words.push(`There is no validation score, because ${validation.why}.`);
  return words;
}

/** Whether the ensemble is worth its models. */
function advice({ estimate, members }: Mixture): string {
  if (!estimate) return 'Without --bootstrap, nothing says whether the ensemble is better.';
  const { estimate: mean, low, high } = estimate.better;
  const number = `ensemble ${signed(mean)} [${signed(low)}, ${signed(high)}]`;
  if (low > 0)
    return `${number}: the ensemble is better. It is a mean of ${counted(members.length, 'model')}.`;
  if (high < 0) return `${number}: the single model is better. Keep it.`;
  return `${number}: the single model is as good, for all that these samples can tell. Keep it.`;
}

function notesOn({ unmixed, differing, notes }: Mixture): string[] {
  const all = [...notes];
  if (unmixed.length > 0) {
    const names = unmixed.map(({ name, configs }) => `${counted(configs, 'config')} of ${name}`);
    all.push(
      `${someOf(names)} cannot be mixed, because they have no probabilities, and their decisions have a scale of ` +
        'their own. They took part as single configs.',
    );
  }
  if (differing.length > 0)
    all.push(
      `${counted(differing.length, 'config')} gave other scores than the log has, and took no part: ` +
        `${someOf(differing, 2)}.`,
    );
  return all;
}

/** Commands to copy. */
function nextText({ out, place, again, single }: Mixture): string {
  const lines =
    out === undefined
      ? [`  ${again} --out ens.json  # writes the recipe`]
      : [`  spt rebuild --ensemble ${out}${place} --out model.json`];
  lines.push(`  spt rebuild ${single.id}${place} --out model.json  # the single model`);
  const written = out === undefined ? [] : [`written  ${out}`, ''];
  return [...written, 'to go on:', ...lines].map(words => printable(words, 4000)).join('\n');
}
