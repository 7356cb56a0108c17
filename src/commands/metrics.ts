/** `spt metrics`: the metrics that a search may name. */
import { Command } from 'commander';
import { metrics as all } from '../ml/scoring/metrics.js';
import type { Metric, MetricNeeds } from '../ml/scoring/types.js';
import { safeJson } from '../terminal/printable.js';
import { screenOf } from '../terminal/screen.js';
import { table } from '../terminal/table.js';

const AFTER_HELP = `
The metrics stand in configs/config.yaml: one as scoring:, which ranks the
configs, and a list as metrics:, which is computed beside it.

Example:
  spt metrics`;

export function metrics(): Command {
  return new Command('metrics')
    .summary('the metrics: which scores are better, and for which classes and models')
    .description(
      'Lists the metrics that configs/config.yaml may name. Their definitions are those of scikit-learn.',
    )
    .option('--json', 'print one JSON object for each metric, one a line')
    .addHelpText('after', AFTER_HELP)
    .action(run);
}

function run({ json }: { json?: boolean }): void {
  const shown = [...all.values()].map(factsOf);
  if (json) {
    for (const metric of shown) console.log(safeJson(metric));
    return;
  }
  const heads = ['metric', 'better', 'target', 'needs', 'what it is'].map(head => ({ head }));
  const rows = shown.map(({ name, direction, target, needs, summary }) => [
    name,
    direction === 'max' ? 'larger' : 'smaller',
    target,
    NEEDS[needs],
    summary,
  ]);
  console.log(table(heads, rows, screenOf(process.stdout)));
}

const NEEDS: { [needs in MetricNeeds | 'values']: string } = {
  labels: 'labels',
  ranking: 'decision or probabilities',
  probabilities: 'probabilities',
  values: 'values',
};

/** What a program may want to know of a metric. */
function factsOf(metric: Metric) {
  const { name, summary, task, direction, aliases } = metric;
  const common = { name, summary, task, direction, aliases };
  if (metric.task === 'regression') return { ...common, needs: 'values' as const, target: 'values' };
  const { needs, binaryOnly } = metric;
  const classes = binaryOnly ? 'two' : 'two or more';
  return { ...common, needs, classes, target: binaryOnly ? 'two classes' : 'classes' };
}
