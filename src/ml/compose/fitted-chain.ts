import type { DataColumn, Matrix } from '../../base/dataset.js';
import { naming, refuseCategories } from '../checks.js';
import type { Flow } from '../inside.js';
import { ownGenerator } from '../random-state.js';
import type { Document, FitContext, FittedTransform, Problem, Transform } from '../types.js';
import { flowThrough } from './flows.js';
import type { FindStep, InnerStep } from './inner-step.js';

/** Transforms that were fitted one after the other, inside of a step. */
export interface FittedInner {
  name: string;
  fitted: FittedTransform;
}

/** The columns after a transform. */
function columnsAfter(fitted: FittedTransform, columns: readonly DataColumn[]): readonly DataColumn[] {
  return fitted.columns ? fitted.columns(columns) : columns;
}

/** The context of the fit of a step inside of a step: a generator for its place there. */
export function innerContext(
  { rng, warn }: FitContext,
  { kind, params }: InnerStep,
  columns: readonly DataColumn[],
  ...place: (string | number)[]
): FitContext {
  const { random_state } = params;
  const own = ownGenerator(rng.child(...place), typeof random_state === 'number' ? random_state : null);
  const said = (message: string): string => [...place, kind.name, message].join(': ');
  return { rng: own, columns, warn: warning => warn({ ...warning, message: said(warning.message) }) };
}

/** Transforms that were fitted one after the other on a problem. */
export interface FittedChain {
  steps: FittedInner[];
  /** What the samples of the problem become, as `FittedTransform.trained`. Absent where no step says it. */
  trained?: Matrix;
}

/**
 * Fits transforms one after the other. The problem has the columns. `label` names the place in messages and in the
 * generators.
 */
export function fitChain(
  steps: readonly InnerStep<Transform>[],
  problem: Problem,
  columns: readonly DataColumn[],
  context: FitContext,
  label: string,
): FittedChain {
  let [current, known, isTold] = [problem, columns, false];
  const chain = steps.map((step, place) => {
    const { kind, params } = step;
    return naming(`${label}: ${kind.name}`, known, () => {
      refuseCategories(kind.tags, known);
      // The samples of the fit are in the next problem, so the fitted step need not keep them.
      const { trained, ...fitted } = kind.fit(
        { ...current, columns: known },
        params,
        innerContext(context, step, known, label, place),
      );
      current = { ...current, x: trained ?? fitted.transform(current.x) };
      known = columnsAfter(fitted, known);
      isTold ||= trained !== undefined;
      return { name: kind.name, fitted };
    });
  });
  return isTold ? { steps: chain, trained: current.x } : { steps: chain };
}

export function throughChain(steps: readonly FittedInner[], x: Matrix, label: string): Matrix {
  return steps.reduce(
    (current, { name, fitted }) => naming(`${label}: ${name}`, undefined, () => fitted.transform(current)),
    x,
  );
}

export function columnsThrough(
  steps: readonly FittedInner[],
  columns: readonly DataColumn[],
): readonly DataColumn[] {
  return steps.reduce((known, { fitted }) => columnsAfter(fitted, known), columns);
}

export function flowOfChain(steps: readonly FittedInner[], features: number): Flow {
  return flowThrough(
    steps.map(({ fitted }) => fitted.flow()),
    features,
  );
}

/** The document of a step inside of a step. Its parameters stand among those of the outer step. */
export interface InnerDocument {
  name: string;
  fitted: Document;
}

export function chainDocument(steps: readonly FittedInner[]): Document[] {
  return steps.map(({ name, fitted }) => ({ name, fitted: fitted.serialize() }));
}

export function loadChain(find: FindStep, documents: readonly InnerDocument[]): FittedInner[] {
  return documents.map(({ name, fitted }) => ({ name, fitted: (find(name) as Transform).load(fitted) }));
}
