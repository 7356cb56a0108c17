/**
 * The recipe of an ensemble: which configs of a search make it, with which weights, and the digests of their models.
 * docs/ensembles.md describes the file member by member. This file goes from recipes to text and back. It opens no
 * file.
 */
import { z } from 'zod';
import { InputError } from '../base/errors.js';
import { ensembleDigest } from './ensemble.js';
import { checkedText, checkOf, type ModelDocument } from './model-file.js';
import { fromText } from './serialize.js';

const FORMAT = 'spt-ensemble';
const VERSION = 1;

/** How a recipe begins. */
export const RECIPE_START = `{\n  "format": "${FORMAT}"`;

/** A config, its share of the mean, and the digest of the model that was fitted on its whole split. */
export interface Ingredient {
  id: string;
  weight: number;
  digest: string;
}

export interface Recipe {
  /** Which versions made it. */
  versions: { spt: string; node: string };
  split: string;
  /** The metric by which the members were chosen. */
  scoring: string;
  /** The digest of the prepared data. */
  data: string;
  /** How it was grown. */
  growth: { from: number; size: number; bags: number; seed: number };
  /** What the bootstrap says of it; absent where it was not asked for. */
  estimate?: { score: number; low: number; high: number; draws: number; alpha: number };
  members: Ingredient[];
  /** The digest of the ensemble, as in the model file. */
  digest: string;
}

/** The recipe without its digest. */
export function recipeText(recipe: Omit<Recipe, 'digest'>): string {
  const { versions, split, scoring, data, growth, estimate, members } = recipe;
  return checkedText([
    ['format', FORMAT],
    ['version', VERSION],
    ...Object.entries({ versions, split, scoring, data, growth, estimate, members }),
    ['digest', ensembleDigest(members)],
  ]);
}

const text = z.string();
const hexadecimal = z.string().regex(/^[0-9a-f]{8,64}$/);
const schema = z.looseObject({
  versions: z.looseObject({ spt: text, node: text }),
  ...{ split: text, scoring: text, data: hexadecimal, digest: text, check: text },
  growth: z.looseObject({ from: z.int(), size: z.int(), bags: z.int(), seed: z.number() }),
  members: z
    .array(z.looseObject({ id: hexadecimal, weight: z.number().positive(), digest: hexadecimal }))
    .min(1),
});

/**
 * The recipe of a file's text. Throws InputError: `bad-recipe` for other text and for a recipe that has changed since
 * it was written, and `newer-recipe`.
 */
export function readRecipe(textOfFile: string): Recipe {
  const document = jsonOf(textOfFile);
  const { format, version } = document ?? {};
  if (format !== FORMAT) throw notARecipe(format);
  if (Number.isInteger(version) && (version as number) > VERSION) {
    throw new InputError('newer-recipe', `the recipe has version ${String(version)}`, {
      value: version,
      expected: `version ${VERSION}`,
      hint: 'Use the spt that wrote the file, or a newer one.',
    });
  }
  if (version !== VERSION) throw changed('it has no version');
  const read = schema.safeParse(document);
  if (!read.success) {
    const [{ path, message }] = read.error.issues;
    throw changed(`${path.join('.')}: ${message}`);
  }
  const { members, digest, check } = read.data;
  if (checkOf(document!) !== check || ensembleDigest(members) !== digest)
    throw changed('its numbers do not give its digests');
  return read.data as unknown as Recipe;
}

function jsonOf(textOfFile: string): ModelDocument | undefined {
  try {
    const document = fromText(textOfFile);
    return typeof document === 'object' && !Array.isArray(document) ? (document as ModelDocument) : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function notARecipe(format: unknown): InputError {
  return new InputError('bad-recipe', 'this is not the recipe of an ensemble', {
    value: format,
    expected: `an object with "format": "${FORMAT}"`,
    hint: '`spt ensemble --out ens.json` writes one.',
  });
}

function changed(what: string): InputError {
  return new InputError('bad-recipe', `the recipe has changed since it was written: ${what}`, {
    hint: 'Copy it again from where it is whole, or run spt ensemble again.',
  });
}
