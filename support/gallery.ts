/**
 * A gallery of the complaints of spt: for each code a small search that provokes it, and the message. The list of codes
 * is read from the source.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, InputErrors } from '../src/base/errors.js';
import { TROUBLE_KINDS } from '../src/events/ask/inspect.js';
import { explain } from '../src/terminal/complaints.js';
import { makeSearch, smallConfig, smallPipes, smallTables, type Run, type Search } from './search.js';
import { root } from './root.js';

/** The codes of one example, and its messages as a person reads them. */
export interface Told {
  codes: string[];
  text: string;
  /** The notes of `spt enqueue`. */
  notes?: string[];
}

export interface Example {
  /** The only code that it provokes. */
  code: string;
  /** What a user wrote or typed. */
  written: string;
  provoke(): Promise<Told>;
}

export const CONFIG = 'configs/config.yaml';
export const PIPES = 'configs/pipe_configs.yaml';
export const FEATURES = 'data/features.csv';
export const METADATA = 'data/metadata.csv';

const baseline: { [path: string]: string } = {
  [CONFIG]: smallConfig,
  [PIPES]: smallPipes,
  [FEATURES]: smallTables().features,
  [METADATA]: smallTables().metadata,
};

export const usual = ['enqueue', '--dry-run', '--splits', 'A1', '--validate', '--cv'];

let shared: Search | undefined;
/** The files of the shared search that an example has changed. */
const changed = new Set<string>();

/** The search that examples change and that is restored for the next one. */
function freshSearch(): Search {
  shared ??= makeSearch();
  for (const path of changed) shared.write(path, baseline[path] ?? '');
  changed.clear();
  return shared;
}

export function removeSearch(): void {
  shared?.remove();
  shared = undefined;
}

/** The complaints of a run with --json, as text. */
function toldBy(root: string, { out, err }: Run): Told {
  const line = out.trim().split('\n').at(-1) ?? '';
  const { errors = [], notes }: { errors?: { code: string }[]; notes?: string[] } = line.startsWith('{')
    ? JSON.parse(line)
    : {};
  const codes = errors.map(({ code }) => code);
  const text = codes.includes('usage') ? err.split('\n\n')[0] : err.trimEnd();
  return { codes, notes, text: text.replaceAll(`${root}/`, '').replaceAll(root, '.') };
}

/** A search with some files changed, and a command on it. */
export function files(
  code: string,
  written: string,
  changes: { [path: string]: string | Buffer },
  args = usual,
): Example {
  const provoke = async (): Promise<Told> => {
    const search = freshSearch();
    for (const [path, content] of Object.entries(changes)) {
      changed.add(path);
      search.write(path, content);
    }
    return toldBy(search.root, await search.sptHere(...args, '--json'));
  };
  const command = args === usual ? [] : [`$ spt ${args.join(' ')}`];
  return { code, written: [written, ...command].filter(Boolean).join('\n'), provoke };
}

/** A working file with one piece replaced. */
export function piece(path: string) {
  return (code: string, from: string, to: string, args?: string[]): Example => {
    const text = baseline[path];
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    return files(code, `${path}: ${to.trim().slice(0, 200)}`, { [path]: text.replace(from, to) }, args);
  };
}

/** A file replaced as a whole. */
export function whole(path: string) {
  return (code: string, content: string, args?: string[]): Example =>
    files(code, `${path}: ${content.slice(0, 200).trim()}`, { [path]: content }, args);
}

/** A command on the unchanged search. */
export const line = (code: string, ...args: string[]): Example => files(code, '', {}, args);

/** A call of a function that refuses its input. */
export function call(code: string, written: string, run: () => unknown): Example {
  const provoke = async (): Promise<Told> => {
    try {
      await run();
    } catch (error) {
      const errors = error instanceof InputErrors ? error.errors : [error as InputError];
      return { codes: errors.map(one => one.code), text: explain(error).lines.join('\n') };
    }
    return { codes: [], text: '' };
  };
  return { code, written, provoke };
}

/** A new search that `prepare` makes ready, and a command on it. */
export function scene(
  code: string,
  written: string,
  prepare: (search: Search) => unknown,
  args: string[] | ((search: Search) => string[]),
): Example {
  const provoke = async (): Promise<Told> => {
    const search = makeSearch();
    try {
      await prepare(search);
      const words = typeof args === 'function' ? args(search) : args;
      return toldBy(search.root, await search.sptHere(...words, '--json'));
    } finally {
      search.remove();
    }
  };
  return {
    code,
    written: `${written}\n$ spt ${typeof args === 'function' ? '...' : args.join(' ')}`,
    provoke,
  };
}

// ---- the codes that there are

const src = join(root, 'src');

/** Where a code stands in the source. */
const WHERE = [
  /new (?:InputError|FeatureError|Failure)\(\s*(?:[a-z]+ \? )?'([a-z-]+)'/g,
  /new (?:InputError|Failure)\(\s*[a-z]+ \? '[a-z-]+' : '([a-z-]+)'/g,
  /new (?:InputError|Failure)\(`([a-z]+-\$\{[a-z]+\})`/g,
  /\? '([a-z-]+)' : '[a-z-]+',\s*(?:UNREADABLE|`\$\{what\}|message)/g,
  /\b(?:complain|refuse)\((?:[a-z]+, )*\s*'([a-z-]+)'/g,
  /\bcode: '([a-z-]+)'/g,
  /super\(\s*'([a-z-]+)'/g,
  /^ {2}(?:[A-Z]+: \[|invalid_[a-z]+: |too_[a-z]+: )\s*'([a-z-]+)'/gm,
];

/** Where the doctor names a kind of finding. */
const FINDINGS = /^log\/check\//;

/** Words in the places of codes that are no codes: those of zod, and parameters. */
const OTHERS = /^(custom|k)$/;

/** Every code of the program with the files that it stands in. */
export function allCodes(): Map<string, string[]> {
  const codes = new Map<string, string[]>(TROUBLE_KINDS.map(kind => [kind, ['events/ask/inspect.ts']]));
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.includes('assembly')) continue;
    const text = readFileSync(join(src, name), 'utf8');
    const where = FINDINGS.test(name) ? [...WHERE, /\bkind: '([a-z-]+)'/g] : WHERE;
    for (const match of where.flatMap(pattern => [...text.matchAll(pattern)]))
      for (const code of spelled(match[1]))
        if (!OTHERS.test(code)) codes.set(code, [...new Set([...(codes.get(code) ?? []), name])]);
  }
  return codes;
}

/** The texts that a template stands for. */
const TEMPLATES: { [part: string]: string[] } = {
  '${role}': ['target', 'group', 'time', 'fold', 'weight'],
  '${kind}': ['id', 'column', 'feature'],
};

function spelled(code: string): string[] {
  const part = Object.keys(TEMPLATES).find(one => code.endsWith(one));
  return part === undefined ? [code] : TEMPLATES[part].map(word => code.replace(part, word));
}
