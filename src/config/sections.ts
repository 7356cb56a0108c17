import { readFileSync } from 'node:fs';
import { InputErrors, type InputError } from '../base/errors.js';
import { parseYaml, readYaml, type YamlFile } from './yaml.js';

/**
 * A YAML file of which only some sections (keys of the top) are wanted. Where another section is being edited and is no
 * YAML at this moment, its lines are taken for empty, so that every place in the rest stays what it is.
 */

/** A key at the begin of a line, with or without quotes. */
const TOP_KEY = /^(?:"([^"]+)"|'([^']+)'|([^\s#'"\-{}[\]&*!|>%@`][^#]*?))\s*:(?:\s|$)/;

/** Reads the file; what is wrong with the sections that are not wanted is told beside it. Throws InputErrors. */
export function readSections(
  name: string,
  wanted: readonly string[],
): { file: YamlFile; unread: Map<string, InputError[]> } {
  try {
    return { file: readYaml(name), unread: new Map() };
  } catch (error) {
    const isSyntax = error instanceof InputErrors && error.errors.every(one => one.complaint.place?.line);
    if (!isSyntax) throw error;
    const { text, blanked } = without(readFileSync(name, 'utf8'), wanted);
    // a wanted section that is wrong, too, is told with all the rest
    const file = quietly(() => parseYaml(name, text));
    if (!file || blanked.length === 0) throw error;
    return { file, unread: new Map(blanked.map(section => [section, [...error.errors]])) };
  }
}

function quietly<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InputErrors) return undefined;
    throw error;
  }
}

/** The text with the lines of all other sections empty, and the names of these. */
function without(text: string, wanted: readonly string[]): { text: string; blanked: string[] } {
  const blanked: string[] = [];
  let isKept = true;
  const lines = text.split('\n').map(line => {
    const match = TOP_KEY.exec(line);
    if (match) {
      const section = match[1] ?? match[2] ?? match[3];
      isKept = wanted.includes(section);
      if (!isKept) blanked.push(section);
    }
    return isKept ? line : '';
  });
  return { text: lines.join('\n'), blanked };
}
