import { z } from 'zod';
import { numberColumns, type DataColumn, type Matrix } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { column, emptyMatrix, takeColumns } from '../algebra/matrix.js';
import { refuseEmpty, refuseInfinite } from '../checks.js';
import { withTraits } from '../definition.js';
import type { Obstacle, Shape } from '../needs.js';
import { unused, unusedParameters } from '../parameters.js';
import type { Document, FitContext, FittedTransform, Problem, Transform } from '../types.js';
import { isColumnKind, COLUMN_KINDS, selected, unknownIn, type Selection } from './columns.js';
import {
  chainDocument,
  columnsThrough,
  fitChain,
  flowOfChain,
  loadChain,
  throughChain,
  type FittedChain,
  type FittedInner,
  type InnerDocument,
} from './fitted-chain.js';
import { joinedFlows } from './flows.js';
import { innerSchema, innerTransforms, type FindStep, type InnerParams } from './inner-step.js';
import { commonInvariances } from './invariances.js';
import { partOfShape, passage, unknownPart } from './passage.js';

/**
 * scikit-learn's ColumnTransformer: groups of columns, each with transforms of its own (sklearn/compose). The features
 * that come out are those of the groups in their order, and then the columns of no group, if they are kept. A group
 * of a kind that no column has is left out.
 */

/** A group as it stands in a config. */
interface Group {
  name: string;
  columns: Selection;
  steps: InnerParams[];
}

interface Params {
  transformers: Group[];
  remainder: 'drop' | 'passthrough';
}

/** The name of the group of all other columns. */
const REMAINDER = 'remainder';

/** A fitted group. `places` are those of its columns. */
interface FittedGroup {
  name: string;
  places: Int32Array;
  steps: FittedInner[];
}

/** A group that was just fitted. */
interface TrainedGroup extends FittedGroup, FittedChain {}

/** The groups of a fitted transform; columns that are passed through are the last one. */
interface FittedGroups {
  features: number;
  groups: FittedGroup[];
}

/** What comes out of a group, with the name of the group. */
interface Named {
  name: string;
  columns: readonly DataColumn[];
}

/** All columns that come out. A name that occurs twice gets the name of its group in front, as in scikit-learn. */
function joinedColumns(groups: readonly Named[]): DataColumn[] {
  const times = new Map<string, number>();
  for (const { columns } of groups)
    for (const { name } of columns) times.set(name, (times.get(name) ?? 0) + 1);
  return groups.flatMap(group =>
    group.columns.map(one =>
      times.get(one.name) === 1 ? one : { ...one, name: `${group.name}__${one.name}` },
    ),
  );
}

/** The places of the columns of no group. */
function othersThan(taken: readonly ArrayLike<number>[], features: number): number[] {
  const used = new Set(taken.flatMap(places => Array.from(places)));
  return Array.from({ length: features }, (_, place) => place).filter(place => !used.has(place));
}

function load(find: FindStep, document: Document): FittedTransform {
  const { features, groups: written } = document as unknown as {
    features: number;
    groups: { name: string; places: Int32Array; steps: InnerDocument[] }[];
  };
  const groups = written.map(group => ({ ...group, steps: loadChain(find, group.steps) }));
  return fittedGroups({ features, groups });
}

function fittedGroups({ features, groups }: FittedGroups): FittedTransform {
  return {
    transform(x) {
      refuseCount(x, features);
      refuseInfinite(x);
      return sideBySide(
        x.rows,
        groups.map(({ name, places, steps }) => throughChain(steps, takeColumns(x, places), name)),
      );
    },
    columns: given =>
      joinedColumns(
        groups.map(({ name, places, steps }) => ({
          name,
          columns: columnsThrough(
            steps,
            Array.from(places, place => given[place]),
          ),
        })),
      ),
    flow: () =>
      joinedFlows(
        groups.map(({ places, steps }) => ({ places, flow: flowOfChain(steps, places.length) })),
        features,
      ),
    serialize: () => ({
      features,
      groups: groups.map(({ name, places, steps }) => ({ name, places, steps: chainDocument(steps) })),
    }),
  };
}

/** Matrices of the same samples as one: the columns of the first one, then those of the second one, and so on. */
function sideBySide(rows: number, parts: readonly Matrix[]): Matrix {
  const all = emptyMatrix(
    rows,
    parts.reduce((sum, { columns }) => sum + columns, 0),
  );
  let next = 0;
  for (const part of parts) for (let j = 0; j < part.columns; j++) column(all, next++).set(column(part, j));
  return all;
}

function refuseCount(x: Matrix, features: number): void {
  if (x.columns === features) return;
  throw new InputError(
    'feature-count',
    `ColumnTransformer was fitted on ${features} features, and the data have ${x.columns}`,
    { value: x.columns, expected: `${features} features` },
  );
}

function fit(find: FindStep, problem: Problem, params: Params, context: FitContext): FittedTransform {
  const { x } = problem;
  refuseEmpty(x);
  refuseInfinite(x);
  const columns = context.columns ?? problem.columns ?? numberColumns(defaultNames(x.columns));
  const groups = params.transformers
    .map(({ name, columns: selection, steps }) => ({ name, steps, places: selected(selection, columns) }))
    .filter(({ places }) => places.length > 0)
    .map(({ name, places, steps }): TrainedGroup => {
      const own = { ...problem, x: takeColumns(x, Int32Array.from(places)) };
      const known = places.map(place => columns[place]);
      const chain = fitChain(innerTransforms(find, steps), own, known, context, name);
      return { name, places: Int32Array.from(places), ...chain };
    });
  const others = othersThan(
    groups.map(({ places }) => places),
    x.columns,
  );
  if (params.remainder === 'passthrough' && others.length > 0)
    groups.push({ name: REMAINDER, places: Int32Array.from(others), steps: [] });
  if (groups.length > 0) {
    const fitted = fittedGroups({ features: x.columns, groups });
    const trained = trainedOf(groups, x);
    return trained ? { ...fitted, trained } : fitted;
  }
  throw new InputError('no-features', 'no group has a column', {
    expected: 'at least one group with columns',
    hint: 'Name columns that are there, or write `remainder: passthrough`.',
  });
}

/** What the samples of the fit become, where the steps of a group say it. */
function trainedOf(groups: readonly TrainedGroup[], x: Matrix): Matrix | undefined {
  if (groups.every(({ trained }) => trained === undefined)) return undefined;
  return sideBySide(
    x.rows,
    groups.map(
      ({ name, places, steps, trained }) => trained ?? throughChain(steps, takeColumns(x, places), name),
    ),
  );
}

/** scikit-learn's names of columns that have none. */
const defaultNames = (count: number): string[] => Array.from({ length: count }, (_, j) => `x${j}`);

/** The shape of what comes out of each group, or why a group cannot be fitted. */
function groupShapes(
  find: FindStep,
  { transformers, remainder }: Params,
  shape: Shape,
): { obstacle: Obstacle } | { obstacle?: undefined; shapes: (Shape & { name: string })[] } {
  const { columns } = shape;
  const shapes: (Shape & { name: string })[] = [];
  const taken: number[][] = [];
  for (const [k, { name, columns: selection, steps }] of transformers.entries()) {
    const unknown = columns && unknownIn(selection, columns);
    if (unknown) {
      const { at, ...obstacle } = unknown;
      return { obstacle: { ...obstacle, path: ['transformers', k, 'columns', at] } };
    }
    const places = columns && selected(selection, columns);
    if (places?.length === 0) continue;
    taken.push(places ?? []);
    const own = columns && places ? partOfShape(shape, columns, places) : unknownPart(shape);
    const found = passage(innerTransforms(find, steps), own);
    if (found.obstacle) {
      const { step, what, ...rest } = found.obstacle;
      return { obstacle: { ...rest, what: `${name}: ${step}: ${what}`, path: ['transformers', k] } };
    }
    shapes.push({ ...found.shape, name });
  }
  if (remainder === 'passthrough') {
    const own = columns ? partOfShape(shape, columns, othersThan(taken, columns.length)) : unknownPart(shape);
    shapes.push({ ...own, name: REMAINDER });
  }
  return { shapes };
}

function leaves(find: FindStep, params: Params, shape: Shape): Shape {
  const found = groupShapes(find, params, shape);
  if (found.obstacle) return unknownPart(shape);
  const { shapes } = found;
  const named = shapes.flatMap(({ name, columns }) => (columns ? [{ name, columns }] : []));
  return {
    ...shape,
    features: shapes.reduce((sum, { features }) => sum + features, 0),
    gaps: shapes.flatMap(({ gaps }) => gaps),
    categories: shapes.flatMap(({ categories }) => categories),
    columns: named.length === shapes.length ? joinedColumns(named) : undefined,
    least: undefined,
  };
}

/** The columns that no group takes and that are dropped. */
function dropped({ transformers, remainder }: Params, { columns }: Shape): readonly string[] {
  if (!columns || remainder === 'passthrough') return [];
  const taken = transformers.map(({ columns: selection }) =>
    unknownIn(selection, columns) ? [] : selected(selection, columns),
  );
  return othersThan(taken, columns.length).map(place => columns[place].name);
}

const selectionSchema = z
  .union([
    z.string().refine(isColumnKind, { message: `one of ${COLUMN_KINDS.join(', ')}, or a list of names` }),
    z.array(z.string()).min(1),
  ])
  .describe('a kind of columns, or names and patterns');

const GROUPS = 'the groups: a map of names, each with its `columns` and its `steps`';

export function columnTransformer(find: FindStep): Transform<Params> {
  const inner = innerSchema(find, ({ kind }) => kind === 'transform', 'a transform');
  const group = z.strictObject({ name: z.string(), columns: selectionSchema, steps: z.array(inner) });
  return {
    kind: 'transform',
    name: 'ColumnTransformer',
    summary: 'transforms groups of columns, each in its own way',
    params: z.strictObject({
      transformers: withTraits(z.array(group).min(1).describe(GROUPS), { steps: 'groups' }),
      remainder: z
        .enum(['drop', 'passthrough'])
        .default('drop')
        .describe('whether columns of no group are dropped or kept as they are'),
      n_jobs: unusedParameters.n_jobs,
      sparse_threshold: unused(z.number().default(0.3)),
      verbose: unusedParameters.verbosely,
    }),
    tags: { missing: true, categories: true },
    invariances: ({ transformers }) => ({
      ...commonInvariances(
        innerTransforms(
          find,
          transformers.flatMap(({ steps }) => steps),
        ),
      ),
      featureOrder: 'no',
    }),
    needs: (params, shape) => groupShapes(find, params, shape).obstacle,
    leaves: (params, shape) => leaves(find, params, shape),
    dropped,
    fit: (problem, params, context) => fit(find, problem, params, context),
    load: document => load(find, document),
  };
}
