import type { Config } from '../base/config.js';
import { canonicalJson, sha256 } from '../base/json.js';

/**
 * The id of a config: the first 16 hexadecimal digits of the SHA-256 of its canonical JSON without the id. Equal
 * content has an equal id on every machine and in every order of keys; `1.0` is `1` and `-0` is `0`. Where `1.0` is a
 * share and `1` is a count, the share is `{"share":1}` (ml/parameters.ts). The config holds the parameters that were
 * written. Defaults are left out, so that an id does not change when a step gets a new parameter. Parameters without
 * effect are left out, too. The direction of the metric is left out, because the metric's name implies it and the ids
 * of
 * 0.1.0 do not hold it.
 */
const ID_LENGTH = 16;

/** The id of a config's content. */
export function idOf({ direction, ...content }: Omit<Config, 'id'>): string {
  return sha256(ID_LENGTH, canonicalJson(content));
}

/** The config with that content. */
export function identified(content: Omit<Config, 'id'>): Config {
  return { id: idOf(content), ...content };
}
