/**
 * A part of a plan as a list of named values, for formats that have no nested ones, and back. The name of a value is
 * its path in the part, with _ between: `trees_feature`, `pairs_0_curve_slope`. No member of a part has _ in its name.
 */

export type FlatArray = Float64Array | Float32Array | Int32Array | Uint8Array;

/** Words are options (`kind`, `link`), and true and false are 1 and 0. What is null is absent. */
export type FlatValues = Map<string, string | number | FlatArray>;

function isArray(value: unknown): value is FlatArray {
  return ArrayBuffer.isView(value);
}

/** The values of a part, without the parameters of its step and of the steps inside of it. */
export function flatten(part: { params: object }): FlatValues {
  const values: FlatValues = new Map();
  const walk = (value: unknown, path: string[]): void => {
    if (value === null || value === undefined) return;
    if (typeof value === 'string' || typeof value === 'number' || isArray(value))
      values.set(path.join('_'), value);
    else if (typeof value === 'boolean') values.set(path.join('_'), Number(value));
    else
      for (const [name, member] of Object.entries(value))
        if (name !== 'params') walk(member, [...path, name]);
  };
  walk(part, []);
  return values;
}

/** The part of such values. Members that were null are absent, and those that were true or false are 1 or 0. */
export function unflatten<Part>(values: FlatValues): Part {
  const whole: { [name: string]: any } = {};
  for (const [path, value] of values) {
    const names = path.split('_');
    let inner = whole;
    names.slice(0, -1).forEach((name, depth) => {
      inner[name] ??= /^\d+$/.test(names[depth + 1]) ? [] : {};
      inner = inner[name];
    });
    inner[names.at(-1)!] = value;
  }
  return whole as Part;
}
