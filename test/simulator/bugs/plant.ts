/**
 * Bugs that are planted into the source, by name: each is a small change inside one function of one file. So a bug
 * stays where it is when the code around it moves, and a bug that has lost its place is told.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';

export interface Change {
  /** The file, relative to the root of the project. */
  file: string;
  /** The name of the function, the method or the constant that holds the text. */
  inside: string;
  /** What is replaced. White space matches any white space; the text must stand exactly once in the function. */
  from: string;
  to: string;
}

export interface Bug {
  name: string;
  changes: Change[];
}

/** A change of one function, as lists of bugs write it. */
export function change(file: string, inside: string, from: string, to: string): Change {
  return { file, inside, from, to };
}

interface Place {
  start: number;
  end: number;
}

/** @throws Error, a plain one, where the text is no TypeScript */
function parsed(text: string): unknown[] {
  try {
    return parse(text, { sourceType: 'module', plugins: ['typescript'] }).program.body;
  } catch (error) {
    throw new Error(`no TypeScript: ${(error as Error).message}`);
  }
}

/** Where functions and methods of this name stand in a text, and constants of this name outside of functions. */
function placesOf(text: string, name: string): Place[] {
  const found: Place[] = [];
  const walk = (node: unknown, depth: number): void => {
    if (!node || typeof node !== 'object') return;
    if (Array.isArray(node)) return node.forEach(child => walk(child, depth));
    const { type, start, end, id, key, body, init, value } = node as { [member: string]: any };
    const assigned = type === 'VariableDeclarator' ? init : type === 'ClassProperty' ? value : undefined;
    const isFunction =
      /^(FunctionDeclaration|ClassMethod|ObjectMethod)$/.test(type) && body !== undefined
        ? true
        : /Function/.test(assigned?.type ?? '');
    const isConstant = type === 'VariableDeclarator' && depth === 0;
    if ((id ?? key)?.name === name && (isFunction || isConstant)) found.push({ start, end });
    for (const child of Object.values(node)) walk(child, depth + (isFunction ? 1 : 0));
  };
  walk(parsed(text), 0);
  return found;
}

/** Any white space where the pattern has some. */
function patternOf(from: string): RegExp {
  const words = from
    .trim()
    .split(/\s+/)
    .map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(words.join('\\s+'), 'g');
}

/**
 * The text with one change in it.
 * @throws Error where the function, or the text in it, does not stand exactly once in the file
 */
function changed(text: string, { file, inside, from, to }: Change, name: string): string {
  const places = placesOf(text, inside);
  if (places.length !== 1)
    throw new Error(`"${name}" cannot be planted: ${file} has ${places.length} functions ${inside}`);
  const [{ start, end }] = places;
  const found = [...text.slice(start, end).matchAll(patternOf(from))];
  if (found.length !== 1)
    throw new Error(`"${name}" cannot be planted: ${inside} of ${file} has ${found.length} times: ${from}`);
  const at = start + found[0].index;
  return text.slice(0, at) + to + text.slice(at + found[0][0].length);
}

/**
 * The files that a bug changes, with the bug in them.
 * @throws Error where it cannot be planted, or where the changed text is no TypeScript
 */
export function plant(root: string, { name, changes }: Bug): Map<string, string> {
  const texts = new Map<string, string>();
  for (const one of changes) {
    const text = texts.get(one.file) ?? readFileSync(join(root, one.file), 'utf8');
    texts.set(one.file, changed(text, one, name));
  }
  for (const text of texts.values()) parsed(text);
  return texts;
}
