/** Values as Python literals. Names of columns and classes may hold any character, so a text is plain ASCII. */

/** A value that stands in a program of Python. */
export type PythonValue =
  null | boolean | number | string | readonly PythonValue[] | ReadonlyMap<string, PythonValue>;

/** A text in quotes. Whatever is no printable ASCII is escaped, and so are quotes and backslashes. */
export function pythonText(text: string): string {
  const escaped = Array.from(text, character => {
    if (character === '"' || character === '\\') return `\\${character}`;
    const point = character.codePointAt(0)!;
    if (point >= 0x20 && point < 0x7f) return character;
    if (point > 0xffff) return `\\U${hexadecimal(point, 8)}`;
    return point > 0xff ? `\\u${hexadecimal(point, 4)}` : `\\x${hexadecimal(point, 2)}`;
  });
  return `"${escaped.join('')}"`;
}

function hexadecimal(point: number, digits: number): string {
  return point.toString(16).padStart(digits, '0');
}

/** A number that gives the same bits when Python reads it. A whole number has no point. */
function pythonNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? String(value) : `float("${value}")`;
}

/** A value on one line. A list becomes a tuple, as scikit-learn's parameters are written. */
export function pythonLiteral(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return pythonText(value);
  if (value instanceof Map) {
    return `{${Array.from(value, ([name, member]) => `${pythonText(name)}: ${pythonLiteral(member)}`).join(', ')}}`;
  }
  const items = (value as readonly PythonValue[]).map(pythonLiteral);
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
}

/** A list of texts, one a line. */
export function pythonList(texts: readonly string[]): string {
  return ['[', ...texts.map(text => `    ${pythonText(text)},`), ']'].join('\n');
}
