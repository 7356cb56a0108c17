import type { z } from 'zod';
import type { Json, Parameters } from '../base/config.js';
import { InputError, type Complaint } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { bounded } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { traitsOf, type Traits } from '../ml/definition.js';
import type { Estimator, Transform } from '../ml/types.js';
import { PASSTHROUGH, type Chain, type Nested, type Part, type Slot, type WrittenAxis } from './axis.js';
import { AxisReader } from './axis-reader.js';
import { nestedShape, partSize } from './chain.js';
import { complaintsOf } from './complaints.js';
import { groupsOfColumns, groupsSchema, itemsOf, oneStep } from './nested.js';
import { CHOICE, slotSchema, type WrittenSlot, type WrittenStep } from './schema.js';
import { disjoint } from './space.js';
import type { NamedChain, NamedSlot, NamedStep } from './written.js';
import type { Path, YamlFile } from './yaml.js';

/** Every step a pipeline may name. */
export type Registry = ReadonlyMap<string, Transform | Estimator>;

/** What users of scikit-learn look for under another name. */
const ELSEWHERE = new Map([
  ['Lasso', 'A classifier with this penalty is `LogisticRegression: {penalty: l1}`.'],
  [
    'ElasticNet',
    'A classifier with this penalty is `LogisticRegression: {penalty: elasticnet, l1_ratio: 0.5}`.',
  ],
  ['Ridge', 'A classifier with this penalty is `RidgeClassifier`, or `LogisticRegression: {penalty: l2}`.'],
]);

/** Reads steps, also those inside of steps. Mistakes go to `errors`. */
export class StepReader {
  readonly errors: InputError[] = [];

  constructor(
    private readonly file: YamlFile,
    private readonly registry: Registry,
  ) {}

  /** The slots of a list of steps. A slot that is wrong is left out. */
  readChain(items: readonly WrittenSlot[], path: Path): NamedSlot[] {
    return items.map((item, i) => this.readSlot(item, [...path, i])).filter(slot => slot !== undefined);
  }

  complain(code: string, message: string, complaint: Complaint): undefined {
    this.errors.push(new InputError(code, message, complaint));
  }

  private readSlot(item: WrittenSlot, path: Path): NamedSlot | undefined {
    const choice = typeof item === 'string' ? undefined : (item[CHOICE] as WrittenStep[] | undefined);
    if (!choice) return this.readChoice([item as WrittenStep], () => path, path);
    return this.readChoice(choice, i => [...path, CHOICE, i], [...path, CHOICE]);
  }

  /** The steps of a choice, equal names joined to one step. */
  private readChoice(
    items: readonly WrittenStep[],
    pathOf: (i: number) => Path,
    path: Path,
  ): NamedSlot | undefined {
    const steps = new Map<string, NamedStep>();
    let mayBeLeftOut = false;
    let isRight = true;
    items.forEach((item, i) => {
      if (item === PASSTHROUGH) {
        if (mayBeLeftOut) this.refuseTwice(PASSTHROUGH, pathOf(i));
        mayBeLeftOut = true;
        return;
      }
      const step = this.readStep(item, pathOf(i));
      const known = step && steps.get(step.name);
      if (!step) isRight = false;
      else if (!known) steps.set(step.name, step);
      else if (known.parts.concat(step.parts).every(part => part.length === 0))
        this.refuseTwice(step.name, pathOf(i));
      else steps.set(step.name, joined(known, step));
    });
    return isRight ? { path, steps: [...steps.values()], mayBeLeftOut } : undefined;
  }

  private refuseTwice(name: string, path: Path): void {
    const complaint = { place: this.file.placeOf(path), value: name, expected: 'every step once' };
    this.complain('duplicate-value', `\`${name}\` stands twice in a choice`, complaint);
  }

  private readStep(item: WrittenStep, path: Path): NamedStep | undefined {
    const { file, registry } = this;
    const name = typeof item === 'string' ? item : Object.keys(item)[0];
    const kind = registry.get(name);
    if (!kind) {
      const plain = name.slice(name.lastIndexOf('.') + 1);
      return this.complain('unknown-step', `there is no step \`${bounded(name, 80)}\``, {
        place: typeof item === 'string' ? file.placeOf(path) : file.placeOfKey([...path, name]),
        value: bounded(name, 80),
        expected: oneOf(registry.keys()),
        hint: ELSEWHERE.get(name) ?? didYouMean(plain, registry.keys()),
      });
    }
    if (typeof item === 'string') return { name, path, kind, parts: [[]], inside: [] };
    const written = item[name] as Parameters | Parameters[] | null;
    const own: Path = [...path, name];
    const maps = Array.isArray(written) ? written : [written ?? {}];
    const inside: NamedChain[] = [];
    const parts = maps.map((map, i) =>
      this.readPart(kind, map, Array.isArray(written) ? [...own, i] : own, inside),
    );
    return { name, path: own, kind, parts: parts.filter(part => part !== undefined), inside };
  }

  /** The axes of one map of parameters; undefined where one of them is wrong. Steps inside go to `inside`. */
  private readPart(
    { params }: NamedStep['kind'],
    written: Parameters,
    path: Path,
    inside: NamedChain[],
  ): Part<WrittenAxis> | undefined {
    const axes = Object.entries(written).map(([parameter, value]) => {
      const traits = traitsOf(params, parameter);
      if (traits.steps) return this.readNested(parameter, traits.steps, value, [...path, parameter], inside);
      return this.readAxis(parameter, traits, value, [...path, parameter]);
    });
    const right = axes.filter(axis => axis !== undefined);
    return right.length === axes.length ? right : undefined;
  }

  private readAxis(
    parameter: string,
    { countOrShare, unused }: Traits,
    value: Json,
    path: Path,
  ): WrittenAxis | undefined {
    const reader = new AxisReader(this.file, path, parameter, countOrShare);
    const axis = reader.read(value);
    this.errors.push(...reader.errors);
    if (axis && axis.size > 1 && unused) this.refuseIdle(axis);
    return axis;
  }

  /** Refuses several values of a parameter without effect, because they would give the same model. */
  private refuseIdle(axis: WrittenAxis): void {
    this.complain('no-effect', `\`${axis.parameter}\` has no effect here, and it has several values`, {
      place: axis.placeOf(0),
      value: axis.size === Infinity ? axis.distribution : `${axis.size} values`,
      expected: 'one value',
    });
  }

  // ---- steps inside of a step

  /** The axis of a parameter that holds steps; undefined where one of them is wrong. */
  private readNested(
    parameter: string,
    holds: NonNullable<Traits['steps']>,
    written: Json,
    path: Path,
    inside: NamedChain[],
  ): WrittenAxis | undefined {
    const found =
      holds === 'groups' ? this.readGroups(written, path) : this.readEstimator(parameter, written, path);
    if (!found) return undefined;
    inside.push(...found.chains);
    this.checkKinds(found.chains, holds);
    return {
      parameter,
      ...nestedShape(found.nested),
      samples: [0],
      placeOf: (_, at = []) => this.file.placeOf([...path, ...found.placeIn(at)]),
      placeOfName: () => this.file.placeOfKey(path),
    };
  }

  /** An estimator, or a list of them: an axis. */
  private readEstimator(parameter: string, written: Json, path: Path): ReadNested | undefined {
    const items = Array.isArray(written) ? written : [written];
    const pathOf = (i: number): Path => (Array.isArray(written) ? [...path, i] : path);
    const checked = items.map((item, i) => this.fitted(slotSchema, item, pathOf(i)));
    if (!checked.every(item => item !== undefined)) return undefined;
    const slot = this.readChoice(checked as WrittenStep[], pathOf, path);
    if (!slot) return undefined;
    const chains = [{ name: parameter, slots: [slot] }];
    return { chains, nested: oneStep(parameter, chainOf([slot])), placeIn: at => at };
  }

  private readGroups(written: Json, path: Path): ReadNested | undefined {
    const groups = this.fitted(groupsSchema, written, path);
    if (!groups) return undefined;
    const names = Object.keys(groups);
    const columnsOf = (name: string): string | string[] => {
      const { columns } = groups[name];
      const text = (...at: Path): string => this.file.sourceOf([...path, name, 'columns', ...at]) ?? '';
      return Array.isArray(columns) ? columns.map((_, i) => text(i)) : text();
    };
    const chains = names.map(name => {
      const items = itemsOf(groups[name]);
      return { name, slots: this.readChain(items, [...path, name, 'steps']), asked: items.length };
    });
    if (chains.some(({ slots, asked }) => slots.length < asked)) return undefined;
    const heads = names.map(name => ({ name, columns: columnsOf(name) }));
    return {
      chains,
      nested: groupsOfColumns(
        heads,
        chains.map(({ slots }) => chainOf(slots)),
      ),
      placeIn: ([k, ...at]) => (typeof k === 'number' ? [names[k], ...at] : []),
    };
  }

  /** A value inside of a step as a schema gives it; undefined where `errors` got its mistakes. */
  private fitted<T>(schema: z.ZodType<T>, value: Json, path: Path): T | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const found = complaintsOf(result.error.issues, {
      schema,
      value,
      placeOf: at => this.file.placeOf([...path, ...at]),
      placeOfKey: at => this.file.placeOfKey([...path, ...at]),
      nameOf: at => [...path.slice(-1), ...at].join('.'),
    });
    this.errors.push(...found);
    return undefined;
  }

  private checkKinds(chains: readonly NamedChain[], holds: NonNullable<Traits['steps']>): void {
    for (const { steps, mayBeLeftOut, path } of chains.flatMap(({ slots }) => slots)) {
      const place = this.file.placeOfKey(path);
      if (holds !== 'groups' && mayBeLeftOut)
        this.complain('no-estimator', 'an estimator cannot be left out', {
          place,
          value: PASSTHROUGH,
          expected: 'an estimator',
        });
      for (const { name, kind, path: at } of steps) {
        if ((holds === 'groups') === (kind.kind === 'transform')) continue;
        this.complain(
          'wrong-step',
          holds === 'groups' ? 'an estimator stands in a group of columns' : 'a transform is no estimator',
          {
            place: this.file.placeOfKey(at),
            value: name,
            expected: holds === 'groups' ? 'transforms' : 'an estimator',
          },
        );
      }
    }
  }
}

interface ReadNested {
  chains: NamedChain[];
  nested: Nested;
  /** The path in the file of a path in the config's value. */
  placeIn(at: Path): Path;
}

/** Two steps of one name in a choice: the union of their parts. */
function joined(step: NamedStep, other: NamedStep): NamedStep {
  return { ...step, parts: [...step.parts, ...other.parts], inside: [...step.inside, ...other.inside] };
}

/** The space of a chain of steps. */
export function chainOf(slots: readonly NamedSlot[]): Chain {
  return slots.map(({ steps, mayBeLeftOut }): Slot => {
    const spaces = steps.map(stepSpace);
    return mayBeLeftOut ? [...spaces, { name: PASSTHROUGH, parts: [[]] }] : spaces;
  });
}

/** Whether a parameter belongs into a config: it has an effect, and it is not the default written as null. */
function saysSomething({ params }: NamedStep['kind'], { parameter, size, value }: WrittenAxis): boolean {
  const { unused, nullIsDefault } = traitsOf(params, parameter);
  return !unused && !(nullIsDefault && size === 1 && value(0) === null);
}

/**
 * The space of a step, without the parameters that have no effect. If all parts are finite, every combination is
 * equally likely, so none may occur twice. If a part is infinite, each part has an equal share of the draws, and the
 * parts stay as they were written.
 */
function stepSpace({ name, kind, parts: written }: NamedStep): Slot[number] {
  const parts = written.map(part => part.filter(axis => saysSomething(kind, axis)));
  if (parts.some(part => partSize(part) === Infinity)) return { name, parts };
  return { name, parts: disjoint(parts, (axis, choice) => canonicalJson(axis.value(choice))) };
}
