import type { Json } from '../base/config.js';
import { InputError } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { bounded } from '../base/listing.js';
import { effective } from '../ml/effective.js';
import { otherTask, type Task } from '../ml/task.js';
import { shareIn, shareText } from '../ml/parameters.js';
import { classCode, unknownClass } from '../ml/weights.js';
import type { Part, WrittenAxis } from './axis.js';
import { throwAll } from './complaints.js';
import type { Pipeline } from './pipeline.js';
import { parametersOf } from './chain.js';
import { combinations } from './step-values.js';
import { everyStep, type NamedStep } from './written.js';

/**
 * Checks of a pipeline that need the classes of its target, and are made before anything is trained.
 */

/** Refuses keys of `class_weight` that are not classes of the target. Throws InputErrors with all of these keys. */
export function refuseUnknownClasses(pipelines: readonly Pipeline[], classes: readonly string[]): void {
  const steps = pipelines.flatMap(({ written }) => [...everyStep(written)]);
  const axes = steps.flatMap(({ step }) => step.parts.flat());
  const weights = axes.filter(({ parameter }) => parameter === 'class_weight');
  throwAll(weights.flatMap(axis => axis.samples.flatMap(choice => unknownIn(axis, choice, classes))));
}

function unknownIn(axis: WrittenAxis, choice: number, classes: readonly string[]): InputError[] {
  const map = axis.value(choice);
  if (map === null || typeof map !== 'object') return [];
  const unknown = Object.keys(map).filter(label => classCode(label, classes) < 0);
  return unknown.map(label => unknownClass(label, classes, axis.placeOf(choice, [label])));
}

/** Refuses pipelines that end with an estimator of the other task. Throws InputErrors with all of them. */
export function refuseOtherTasks(pipelines: readonly Pipeline[], task: Task): void {
  throwAll(
    pipelines.flatMap(({ written, place }) =>
      written.at(-1)!.steps.flatMap(({ kind }) => {
        const error = kind.kind === 'estimator' ? otherTask(kind, task) : undefined;
        return error ? [new InputError(error.code, error.message, { ...error.complaint, place })] : [];
      }),
    ),
  );
}

/** Longer axes are not compared. They hold numbers, and different numbers have different effects. */
const MOST_VALUES = 50;

/**
 * A note for each axis where several values give the same model, whatever values the other parameters have.
 * @param classes the number of classes; 0 for a target of values
 */
export function equalValues(pipeline: Pipeline, classes: number): string[] {
  return [...everyStep(pipeline.written)].flatMap(({ step }) =>
    step.parts.flatMap(part =>
      part
        .filter(isCompared)
        .flatMap(axis =>
          equalIn(step, part, axis, classes).map(group => noteOf(pipeline, step, axis, group)),
        ),
    ),
  );
}

function isCompared({ distribution, domain, size }: WrittenAxis): boolean {
  return distribution === undefined && domain.kind !== 'steps' && size > 1 && size <= MOST_VALUES;
}

function noteOf({ name }: Pipeline, step: NamedStep, axis: WrittenAxis, group: string[]): string {
  const values = `${group.slice(0, -1).join(', ')} and ${group.at(-1)}`;
  return `${name}: \`${axis.parameter}\` ${values} of ${step.name} give the same model here. One of them is enough.`;
}

/** Groups of two or more values of an axis that give the same model in every combination of the other parameters. */
function equalIn(
  { kind }: NamedStep,
  part: Part<WrittenAxis>,
  axis: WrittenAxis,
  classes: number,
): string[][] {
  const place = part.indexOf(axis);
  let groups = [Array.from({ length: axis.size }, (_, choice) => choice)];
  for (const choices of combinations(part.with(place, { ...axis, size: 1, samples: [0] }))) {
    const outcome = (choice: number): string => {
      const params = kind.params.parse(parametersOf(part, choices.with(place, choice)));
      return canonicalJson(effective(kind, params, classes));
    };
    groups = groups.flatMap(group => split(group, outcome)).filter(group => group.length > 1);
    if (groups.length === 0) return [];
  }
  return groups.map(group => group.map(choice => textOf(axis.value(choice))));
}

/** The members of a group, divided by their outcome. */
function split(group: number[], outcome: (choice: number) => string): number[][] {
  const parts = new Map<string, number[]>();
  for (const choice of group) {
    const key = outcome(choice);
    parts.set(key, [...(parts.get(key) ?? []), choice]);
  }
  return [...parts.values()];
}

/** A value as it is written. */
function textOf(value: Json): string {
  const share = shareIn(value);
  if (share !== undefined) return shareText(share);
  return bounded(typeof value === 'string' ? value : JSON.stringify(value), 40);
}
