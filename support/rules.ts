/**
 * The rules of the house as functions of its sources. Each gives what offends against it: sentences, or for a rule that
 * has exceptions the offenders with their size (support/tidy-exceptions.ts).
 */
import { codeOf, isAssembly, partsOf, startedBy, type Source } from './house.js';

/** The most lines that a file may have. */
export const LONGEST_FILE = 400;
/** The most lines of code, without blank lines and comments, that a class may have. */
export const LONGEST_CLASS = 250;
/** The most lines of code, without blank lines and comments, that a function may have. */
export const LONGEST_FUNCTION = 65;
/** The most characters that a line may have. Lines with an address of the web are exempt. */
export const LONGEST_LINE = 120;

/** What offends against a rule, and by how much. */
export interface Offenders {
  [what: string]: number;
}

/** Files of more than `LONGEST_FILE` lines. */
export function longFiles(files: readonly Source[]): Offenders {
  const sizes = files.map(({ path, lines }) => [path, lines.at(-1) === '' ? lines.length - 1 : lines.length]);
  return Object.fromEntries(sizes.filter(([, size]) => Number(size) > LONGEST_FILE));
}

/** Classes of more than `LONGEST_CLASS` lines of code. */
export function longClasses(files: readonly Source[]): Offenders {
  return Object.fromEntries(
    files.flatMap(file =>
      partsOf(file)
        .classes.filter(({ length }) => length > LONGEST_CLASS)
        .map(({ name, length }) => [`${file.path} ${name}`, length]),
    ),
  );
}

/** Functions of more than `LONGEST_FUNCTION` lines of code. */
export function longFunctions(files: readonly Source[]): string[] {
  return files.flatMap(file =>
    partsOf(file)
      .functions.filter(({ length }) => length > LONGEST_FUNCTION)
      .map(({ name, line, length }) => `${file.path}:${line} ${name}: ${length} lines`),
  );
}

/** How many lines of more than `LONGEST_LINE` characters a file has. */
export function longLines(files: readonly Source[]): Offenders {
  const isLong = (line: string): boolean => [...line].length > LONGEST_LINE && !/https?:\/\//.test(line);
  const counts = files.map(({ path, lines }): [string, number] => [path, lines.filter(isLong).length]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Files that no entry reaches, neither by imports nor by starting them. */
export function deadFiles(files: readonly Source[], entries: readonly string[]): string[] {
  const byPath = new Map(files.map(file => [file.path, file]));
  const reached = new Set<string>();
  const reach = (path: string): void => {
    const file = byPath.get(path);
    if (!file || reached.has(path)) return;
    reached.add(path);
    for (const { path: next } of partsOf(file).imports) reach(next);
    startedBy(file).forEach(reach);
  };
  entries.forEach(reach);
  return [...byPath.keys()].filter(path => !reached.has(path));
}

/**
 * Exports that no other file takes. A type may be exported where another export of its file names it, because it is a
 * part of that export's signature.
 */
export function deadExports(files: readonly Source[]): Offenders {
  const taken = new Set(
    files.flatMap(file => partsOf(file).imports.map(({ path, name }) => `${path} ${name}`)),
  );
  const dead = files.flatMap(file => {
    const { exports } = partsOf(file);
    if (taken.has(`${file.path} *`)) return [];
    const isNamedBeside = (name: string): boolean =>
      exports.some(other => other.name !== name && new RegExp(`\\b${name}\\b`).test(other.text));
    return exports
      .filter(({ name, isType }) => !taken.has(`${file.path} ${name}`) && !(isType && isNamedBeside(name)))
      .map(({ name }) => `${file.path} ${name}`);
  });
  return Object.fromEntries(dead.map(what => [what, 1]));
}

/** For each room (a folder or a file), the rooms that it may import. */
export interface Rooms {
  [room: string]: readonly string[];
}

/** The room of a path: the longest key of the table that holds it. */
function roomOf(path: string, rooms: Rooms): string | undefined {
  const holding = Object.keys(rooms).filter(room => path === room || path.startsWith(`${room}/`));
  return holding.sort((a, b) => b.length - a.length)[0];
}

/**
 * Imports that lead from a room into one that its room may not import. Files outside of all rooms are not looked at.
 */
export function wrongArrows(files: readonly Source[], rooms: Rooms): string[] {
  return files.flatMap(file => {
    const from = roomOf(file.path, rooms);
    if (from === undefined) return [];
    const targets = [...new Set(partsOf(file).imports.map(({ path }) => path))];
    const isWrong = (path: string): boolean => {
      const to = roomOf(path, rooms);
      return to !== undefined && to !== from && !rooms[from].includes(to);
    };
    return targets.filter(isWrong).map(path => `${file.path} imports ${path}`);
  });
}

/** Files that import themselves through others, each as the way around. Imports of types do not count. */
export function circles(files: readonly Source[]): string[] {
  const edges = new Map(
    files.map(file => [
      file.path,
      partsOf(file)
        .imports.filter(({ isType }) => !isType)
        .map(({ path }) => path),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (trail.includes(path) || done.has(path)) return;
    for (const next of new Set(edges.get(path))) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

/** A word that may not stand in the files that `where` selects, and what to write instead. */
export interface Ban {
  word: RegExp;
  where: (path: string) => boolean;
  instead: string;
}

/** Lines of code with a word that is banned there. */
export function bannedWords(files: readonly Source[], bans: readonly Ban[]): string[] {
  return files.flatMap(file =>
    bans
      .filter(ban => ban.where(file.path))
      .flatMap(({ word, instead }) =>
        file.lines.flatMap((line, i) =>
          word.test(codeOf(line)) ? [`${file.path}:${i + 1}: ${instead}`] : [],
        ),
      ),
  );
}

/** Suites that never run, tests in files that the runner passes over, and hooks and marks that hide a test. */
export function silentSuites(files: readonly Source[]): string[] {
  return files.flatMap(({ path, text }) => {
    const suites = [...text.matchAll(/(?:const|let) (\w+) = (?:uvu\.)?suite(?:<[^>]*>)?\(/g)].map(
      match => match[1],
    );
    if (/import \{[^}]*\btest\b[^}]*\} from 'uvu'/.test(text)) suites.push('test');
    const isSuite = path.endsWith('.test.ts');
    const wrong = suites
      .filter(name => !text.includes(`${name}.run()`))
      .map(name => `${path}: ${name} never runs`);
    if (!isSuite && suites.length > 0) wrong.push(`${path} has a suite and is not run`);
    if (isSuite && suites.length === 0) wrong.push(`${path} has no suite`);
    if (/\.before\(/.test(text)) wrong.push(`${path}: a hook that throws would pass`);
    if (/\.only\(/.test(text)) wrong.push(`${path} leaves tests out`);
    return wrong;
  });
}

/**
 * What is wrong between the offenders of today and the exceptions that are allowed. An exception has exactly the size
 * of its offender, so that the list can only shrink.
 */
export function againstExceptions(found: Offenders, allowed: Offenders): string[] {
  const news = Object.entries(found).flatMap(([what, size]) => {
    if (!Object.hasOwn(allowed, what)) return [`${what}: ${size}, and no exception`];
    if (size > allowed[what]) return [`${what}: ${size}, more than its exception of ${allowed[what]}`];
    if (size < allowed[what]) return [`${what}: ${size}, so lower its exception of ${allowed[what]}`];
    return [];
  });
  const olds = Object.keys(allowed).filter(what => !Object.hasOwn(found, what));
  return [...news, ...olds.map(what => `${what}: needs no exception any more`)];
}

/** The exceptions that are still needed, each with the size of today where that is smaller. Nothing is added. */
export function shrunk(found: Offenders, allowed: Offenders): Offenders {
  const kept = Object.keys(allowed).filter(what => Object.hasOwn(found, what));
  return Object.fromEntries(kept.map(what => [what, Math.min(found[what], allowed[what])]));
}

/** Everything that has exceptions, under the name that they have in support/tidy-exceptions.ts. */
export function offenders(files: readonly Source[]): { [list: string]: Offenders } {
  return {
    LONG_FILES: longFiles(files),
    LONG_CLASSES: longClasses(files),
    LONG_LINES: longLines(files),
    // The exports of assembly/index.ts are the kernels; its other files share names inside one module.
    DEAD_EXPORTS: deadExports(files.filter(file => !isAssembly(file))),
  };
}
