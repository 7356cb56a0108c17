import { readFileSync } from 'node:fs';
import { InputErrors, type InputError } from '../base/errors.js';
import { parseYaml, readYaml, type YamlFile } from './yaml.js';

/**
 * Reads a YAML file of which only some sections are wanted. A section is a key at the top level with all that stands
 * under it. A section that nobody wants may be in the middle of an edit and break the file's YAML. Then its lines are
 * replaced by empty ones, so that errors in the other sections still name the right lines.
 */

/** What could be read of a file. */
export interface Sections {
  file: YamlFile;
  /**
   * The sections that were left out, by name, with the errors of the file. Empty where the whole file could be read.
   */
  unread: Map<string, InputError[]>;
}

/** A key at the beginning of a line, with or without quotes. */
const TOP_KEY = /^(?:"([^"]+)"|'([^']+)'|([^\s#'"\-{}[\]&*!|>%@`][^#]*?))\s*:(?:\s|$)/;

/**
 * The first word of a line that begins no section, such as a key that is still being written. Lists may begin there.
 */
const STRAY = /^[^\s#\-{}[\]%]\S*/;

/**
 * Reads the file. Throws InputErrors where it cannot be opened, where a wanted section is not YAML, and where there is
 * no other section to leave out.
 */
export function readSections(name: string, wanted: readonly string[]): Sections {
  try {
    return { file: readYaml(name), unread: new Map() };
  } catch (error) {
    const isSyntax = error instanceof InputErrors && error.errors.every(one => one.complaint.place?.line);
    if (!isSyntax) throw error;
    const { text, blanked } = without(readFileSync(name, 'utf8'), wanted);
    const file = parsed(name, text);
    if (!file || blanked.length === 0) throw error;
    return { file, unread: new Map(blanked.map(section => [section, [...error.errors]])) };
  }
}

/** The file of a text; undefined where the text is not YAML. */
function parsed(name: string, text: string): YamlFile | undefined {
  try {
    return parseYaml(name, text);
  } catch (error) {
    if (error instanceof InputErrors) return undefined;
    throw error;
  }
}

/** The text in which the lines of all other sections are empty, and the names of these sections. */
function without(text: string, wanted: readonly string[]): { text: string; blanked: string[] } {
  const blanked: string[] = [];
  let isKept = true;
  const lines = text.split('\n').map(line => {
    const key = TOP_KEY.exec(line);
    const begun = key ? (key[1] ?? key[2] ?? key[3]) : STRAY.exec(line)?.[0];
    if (begun !== undefined) {
      isKept = key !== null && wanted.includes(begun);
      if (!isKept) blanked.push(begun);
    }
    return isKept ? line : '';
  });
  return { text: lines.join('\n'), blanked };
}
