/**
 * Text that is safe to print. All text from files, logs and tables goes through this file before a person sees it.
 * Characters that could repaint a terminal become escapes, and long text is cut.
 */
import { isPlainName } from '../base/names.js';

/** C0 and C1 controls, line and paragraph separators, and bidirectional overrides. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One line that is safe to print, of at most `limit` characters. */
export function printable(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text;
  return cut.replace(UNSAFE, escaped);
}

/** Lines that are safe to print, of any length. Ends of lines and tabs stay. */
export function printableLines(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(UNSAFE, char => (char === '\n' || char === '\t' ? char : escaped(char)));
}

/** A value as one line of JSON that is safe to print. A program that reads the escapes gets the same value. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped);
}

/** A name from a log, if a search could have given it. Another program may have written any name into the log. */
export function plainName(name: string): string {
  return isPlainName(name) ? name : '(a name that is not plain)';
}

/** A value as JSON, safe to print and cut to `limit` characters. */
export function shown(value: unknown, limit = 80): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  return printable(text ?? String(value), limit);
}
