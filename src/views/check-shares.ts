/** Warnings that many configs of a pipeline share, configs that do not rank, and failures that are many. */
import type { Config } from '../base/config.js';
import { counted } from '../base/listing.js';
import type { Finding, Watch } from './check.js';
import type { Result } from './result.js';

/** A warning or a failure is told from this share of a pipeline's configs on, and from this number. */
const LEAST_SHARE = 0.2;
const LEAST_CONFIGS = 3;
/** From this share on, failures and configs that do not rank are a problem. */
const MOST = 0.5;

interface Shared {
  configs: number;
  id: string;
  message: string;
}

interface PipelineShares {
  split: string;
  pipeline: string;
  finished: number;
  failed: number;
  unranked: number;
  unrankedExample?: string;
  /** Whether a step scales the features in every config that does not rank. */
  isScaled: boolean;
  warnings: Map<string, Shared>;
  failures: Map<string, Shared>;
}

export class ShareWatch implements Watch {
  private readonly pipelines = new Map<string, PipelineShares>();

  see({ id, status, split, pipeline, config, finished, failed }: Result): void {
    const key = JSON.stringify([split, pipeline]);
    let found = this.pipelines.get(key);
    if (!found) {
      found = {
        split,
        pipeline,
        finished: 0,
        failed: 0,
        unranked: 0,
        isScaled: true,
        warnings: new Map(),
        failures: new Map(),
      };
      this.pipelines.set(key, found);
    }
    if (status === 'failed') {
      found.failed++;
      if (failed) add(found.failures, failed.kind, id, failed.message);
    }
    if (status !== 'finished' || !finished) return;
    found.finished++;
    if (finished.unranked) {
      found.unranked++;
      found.unrankedExample ??= id;
      found.isScaled &&= config !== undefined && hasScaler(config);
    }
    const firsts = new Map((finished.warnings ?? []).map(({ code, message }) => [code, message]));
    for (const [code, message] of firsts) add(found.warnings, code, id, message);
  }

  findings(): Finding[] {
    return [...this.pipelines.values()].flatMap(found => [
      ...failuresOf(found),
      ...unrankedOf(found),
      ...warningsOf(found),
    ]);
  }
}

/** Whether a step brings the features to one scale. */
function hasScaler({ steps }: Config): boolean {
  return steps.some(step => Object.keys(step).some(name => /Scaler$|^PowerTransformer$/.test(name)));
}

function add(shared: Map<string, Shared>, code: string, id: string, message: string): void {
  const known = shared.get(code);
  if (known) known.configs++;
  else shared.set(code, { configs: 1, id, message });
}

const isMany = (count: number, all: number): boolean => count >= LEAST_CONFIGS && count >= LEAST_SHARE * all;
const percent = (count: number, all: number): string => `${Math.round((100 * count) / all)}%`;

const FAILED_ADVICE: { [kind: string]: string } = {
  timeout: 'Raise `timeout:` under `worker:` in config.yaml, or leave the slow values out.',
  memory: 'Give the workers more memory, or train fewer configs at once (`spt work -j 1`).',
  lost: 'Look at why workers end: `spt doctor` names them.',
};

function failuresOf({ split, pipeline, finished, failed, failures }: PipelineShares): Finding[] {
  const all = finished + failed;
  if (!isMany(failed, all)) return [];
  const [kind, first] = [...failures].sort(([, a], [, b]) => b.configs - a.configs)[0] ?? [
    'error',
    undefined,
  ];
  const what = first ? ` ${first.configs} of them by ${kind}, for example: ${first.message}` : '';
  const look = first ? ` \`spt show ${first.id}\` shows one.` : '';
  return [
    {
      level: failed >= MOST * all ? 'problem' : 'note',
      kind: 'many-failed',
      split,
      pipeline,
      message: `${failed} of ${counted(all, 'config')} (${percent(failed, all)}) failed.${what}`,
      advice:
        `${FAILED_ADVICE[kind] ?? 'Correct what the message names.'}${look} Then queue them again: ` +
        `spt retry --all --pipelines ${pipeline}`,
      numbers: { failed, configs: all, share: failed / all },
      ...(first && { configs: [first.id] }),
    },
  ];
}

function unrankedOf({
  split,
  pipeline,
  finished,
  unranked,
  unrankedExample,
  isScaled,
}: PipelineShares): Finding[] {
  if (!isMany(unranked, finished)) return [];
  return [
    {
      level: unranked >= MOST * finished ? 'problem' : 'note',
      kind: 'many-unranked',
      split,
      pipeline,
      message:
        `${unranked} of ${counted(finished, 'finished config')} (${percent(unranked, finished)}) do not rank, ` +
        'because a fit did not converge.',
      advice:
        (isScaled ? 'Raise' : 'Scale the features before the step (`- StandardScaler`), or raise') +
        ` the \`max_iter\` of the step. ` +
        `\`spt show ${unrankedExample}\` shows one of them.`,
      numbers: { unranked, configs: finished, share: unranked / finished },
      configs: [unrankedExample!],
    },
  ];
}

function warningsOf({ split, pipeline, finished, warnings }: PipelineShares): Finding[] {
  return [...warnings]
    .filter(([, { configs }]) => isMany(configs, finished))
    .sort(([, a], [, b]) => b.configs - a.configs)
    .map(([code, { configs, id, message }]) => ({
      level: 'note',
      kind: 'shared-warning',
      split,
      pipeline,
      message:
        `${configs} of ${counted(finished, 'finished config')} (${percent(configs, finished)}) ` +
        `warn of ${code}: ${message}`,
      advice: `\`spt show ${id}\` shows the warning with the folds that it is about.`,
      numbers: { configs: finished, warned: configs, share: configs / finished },
      configs: [id],
    }));
}
