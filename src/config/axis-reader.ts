/** Reads how the values of a parameter are written: a value, a list, or a word that makes a list. */
import { z } from 'zod';
import type { Json } from '../base/config.js';
import { InputError, type Complaint, type Place } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { nearest } from '../base/suggest.js';
import { shareIn, shareText } from '../ml/parameters.js';
import { ALMOST_ONE, kept, listed, MAKERS, MAX_AXIS, type Shape, type WrittenAxis } from './axis.js';
import { complaintsOf, shown } from './complaints.js';
import type { Path, YamlFile } from './yaml.js';

const isMap = (value: unknown): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The word in a map that makes an axis; undefined for any other value. */
const makerIn = (value: Json): string | undefined =>
  isMap(value) ? Object.keys(value).find(key => MAKERS.has(key)) : undefined;

/** The word in a map such as `{lgspace: [-3, 2, 30]}`: one list, under a word that is nearly a maker's. */
function mistypedMaker(written: Json): string | undefined {
  if (!isMap(written)) return undefined;
  const [word, ...others] = Object.keys(written);
  if (word === undefined || others.length > 0 || !Array.isArray(written[word])) return undefined;
  return nearest(word, MAKERS.keys()) === undefined ? undefined : word;
}

/** Reads the values of one parameter, which stand at a path of a file. Mistakes go to `errors`. */
export class AxisReader {
  readonly errors: InputError[] = [];

  /** @param mayBeShares whether the parameter takes a count or a share: then `1.0` is a share */
  constructor(
    private readonly file: YamlFile,
    private readonly path: Path,
    private readonly parameter: string,
    private readonly mayBeShares = false,
  ) {}

  /** The axis that is written there; undefined where something is wrong. */
  read(written: Json): WrittenAxis | undefined {
    const word = makerIn(written);
    const axis =
      word !== undefined
        ? this.made(word, written)
        : Array.isArray(written)
          ? this.list(written)
          : this.oneValue(written);
    return this.errors.length === 0 ? axis : undefined;
  }

  private complain(code: string, message: string, complaint: Complaint): undefined {
    this.errors.push(new InputError(code, message, complaint));
  }

  private placeAt(inside: Path): Place {
    return this.file.placeOf([...this.path, ...inside]);
  }

  private axis(
    shape: Shape,
    more: Pick<WrittenAxis, 'samples' | 'placeOf'> & { distribution?: string },
  ): WrittenAxis {
    const placeOfName = () => this.file.placeOfKey(this.path);
    return { parameter: this.parameter, ...shape, ...more, placeOfName };
  }

  private oneValue(written: Json): WrittenAxis | undefined {
    const mistyped = mistypedMaker(written);
    if (mistyped !== undefined) return this.refuseMistyped(mistyped);
    const value = kept(written, this.mayBeShares && this.file.isFloat(this.path));
    return this.axis(listed([value]), { samples: [0], placeOf: (_, inside = []) => this.placeAt(inside) });
  }

  private list(written: Json[]): WrittenAxis | undefined {
    const { parameter, mayBeShares, file, path } = this;
    if (written.length === 0) {
      const complaint = { place: this.placeAt([]), value: [], expected: 'at least one value' };
      return this.complain('empty-axis', `\`${parameter}\` has no values`, complaint);
    }
    this.refuseLong(written);
    this.refuseNested(written);
    const values = written.map((value, i) => kept(value, mayBeShares && file.isFloat([...path, i])));
    this.refuseDuplicates(values, i => this.placeAt([i]));
    return this.axis(listed(values), {
      samples: written.map((_, i) => i),
      placeOf: (choice, inside = []) => this.placeAt([choice, ...inside]),
    });
  }

  /** The axis that a word makes: `{logspace: [-3, 2, 30]}`. */
  private made(word: string, written: Json): WrittenAxis | undefined {
    const { schema, expected, make, distribution, floats } = MAKERS.get(word)!;
    const whole = z.strictObject({ [word]: schema });
    const checked = whole.safeParse(written);
    if (!checked.success) {
      const found = complaintsOf(checked.error.issues, {
        schema: whole,
        value: written,
        placeOf: inside => this.placeAt(inside),
        placeOfKey: inside => this.file.placeOfKey([...this.path, ...inside]),
        nameOf: inside => (inside.length === 0 ? this.parameter : `${this.parameter}: ${word}`),
      });
      // The maker says how many numbers it needs, and what they mean.
      for (const { code, message, complaint } of found) {
        const whose = code === 'unknown-key' ? complaint.expected : `${word}: ${expected}`;
        this.complain(code, message, { ...complaint, expected: whose });
      }
      return undefined;
    }
    const shape = make(checked.data[word], this.mayBeShares && floats);
    const place = this.placeAt([]);
    const placeOf = (): Place => place;
    if (distribution) {
      const last = shape.size - 1;
      const samples = shape.size === Infinity ? [0, 0.5, ALMOST_ONE] : [0, last >> 1, last];
      return this.axis(shape, { distribution: word, placeOf, samples: [...new Set(samples)] });
    }
    const values = Array.from({ length: shape.size }, (_, i) => shape.value(i));
    this.refuseDuplicates(values, placeOf);
    return this.axis(shape, { placeOf, samples: values.map((_, i) => i) });
  }

  private refuseMistyped(word: string): undefined {
    return this.complain('unknown-axis', `there is no \`${word}\``, {
      place: this.file.placeOfKey([...this.path, word]),
      value: word,
      expected: `one of ${[...MAKERS.keys()].join(', ')}`,
      hint: `Did you mean \`${nearest(word, MAKERS.keys())}\`?`,
    });
  }

  private refuseLong(values: Json[]): void {
    if (values.length <= MAX_AXIS) return;
    this.complain('too-big', `\`${this.parameter}\` has too many values`, {
      place: this.placeAt([]),
      value: `${values.length} values`,
      expected: `at most ${MAX_AXIS} values`,
    });
  }

  private refuseNested(values: Json[]): void {
    values.forEach((value, i) => {
      const word = makerIn(value);
      if (word === undefined) return;
      this.complain('nested-axis', `\`${word}\` stands inside a list of values`, {
        place: this.placeAt([i]),
        value: shown(value),
        hint: `Write it alone, as \`${this.parameter}: {${word}: ...}\`, or write its values in the list.`,
      });
    });
  }

  /** Refuses equal values, because they would make equal configs. */
  private refuseDuplicates(values: Json[], placeOf: (i: number) => Place): void {
    const seen = new Set<string>();
    values.forEach((value, i) => {
      const text = canonicalJson(value);
      if (seen.has(text)) {
        const share = shareIn(value);
        const told = share === undefined ? shown(value) : shareText(share);
        const complaint = { place: placeOf(i), value: told, expected: 'every value once' };
        this.complain('duplicate-value', `\`${this.parameter}\` has a value twice`, complaint);
      }
      seen.add(text);
    });
  }
}
