/**
 * Reads from a frequent line (enqueued, claimed, finished) what replay needs, by walking over its bytes. It applies
 * nothing. A line that does not have the form that `encode` writes is refused and goes to JSON.parse. What is found
 * is left in FOUND, where ../scan.ts reads it.
 */
import { isBeyond, number } from './numbers';
import { tokenOf } from './tokens';
import {
  at,
  CLOSE,
  CLOSE_LIST,
  COMMA,
  count,
  end,
  from,
  hex8,
  isText,
  key,
  name,
  open,
  OPEN,
  QUOTE,
  skip,
  take,
  text,
  to,
  value,
} from './walker';

/** The front of a line, `{"crc":"........",`. */
const CRC_PREFIX_BYTES: usize = 18;

/**
 * Where a reader's chunk is, where a line from elsewhere is, the names of metrics, and the ids of a claim's
 * configs. Up to 32 bytes behind a line may be read.
 */
export const CHUNK: usize = memory.data(262144 + 32);
export const LINE: usize = memory.data(262144 + 32);
export const METRICS: usize = memory.data(16384);
export const CONFIGS: usize = memory.data(65536);
const MOST_CONFIGS = 8192;

/** Four f64: the record's number, the claim, the scores that rank. */
export const FOUND: usize = memory.data(128, 8);
const N = FOUND;
const CLAIM = FOUND + 8;
const CV = FOUND + 16;
const VALIDATE = FOUND + 24;
/** Then u32: the CRC of the record before, two halves of the event id's hash, two of the config's id, ... */
const PREVIOUS = FOUND + 32;
const HASH = FOUND + 36;
const CONFIG = FOUND + 44;
/** ... the tokens of the group and of the worker, how many configs are claimed, ... */
const GROUP_TOKEN = FOUND + 52;
const WORKER_TOKEN = FOUND + 56;
const CLAIMED_CONFIGS = FOUND + 60;
/** ... and where texts start and end. */
const ID = FOUND + 64;
const AT = FOUND + 72;
const PIPELINE = FOUND + 80;
const SPLIT = FOUND + 88;
const SCORING = FOUND + 96;
const WORKER = FOUND + 104;
/** Last, a u32: whether the smaller scores are the better ones. */
const IS_MIN = FOUND + 112;

const REFUSED = 0;
const ENQUEUED = 1;
const CLAIMED = 2;
const FINISHED = 3;

/** What `encode` writes between the values. */
const texts = memory.data(1024, 16);
let textCount: usize = 0;
function ascii(characters: string): usize {
  const place = texts + 32 * textCount++;
  for (let i = 0; i < characters.length; i++) store<u8>(place + i, characters.charCodeAt(i));
  store<u8>(place, characters.length, 31);
  return place;
}
const BEFORE_N = ascii('"n":');
const BEFORE_P = ascii(',"p":"');
const BEFORE_ID = ascii('","id":"');
const BEFORE_AT = ascii(',"at":"');
const BEFORE_BY = ascii(',"by":"');
const BEFORE_TYPE = ascii(',"type":"');
const IS_ENQUEUED = ascii('enqueued","config":{"id":"');
const BEFORE_PIPELINE = ascii(',"pipeline":"');
const BEFORE_SPLIT = ascii(',"split":"');
const BEFORE_SCORING = ascii(',"scoring":"');
const DIRECTION_IS_MIN = ascii(',"direction":"min"');
const IS_CLAIMED = ascii('claimed","configs":[');
const BEFORE_ATTEMPTS = ascii(',"attempts":');
const BEFORE_WORKER = ascii(',"worker":');
const IS_FINISHED = ascii('finished","config":"');
const BEFORE_CLAIM = ascii(',"claim":');
const BEFORE_SECONDS = ascii(',"seconds":');
const BEFORE_DIGEST = ascii(',"digest":"');
const BEFORE_SCORES = ascii(',"scores":');
const CV_NAME = ascii('cv');
const VALIDATE_NAME = ascii('validate');
const MEAN_NAME = ascii('mean');
const VERSIONS_NAME = ascii('versions');
const WARNINGS_NAME = ascii('warnings');
const ID_NAME = ascii('id');
const PIPELINE_NAME = ascii('pipeline');
const SPLIT_NAME = ascii('split');
const SCORING_NAME = ascii('scoring');
const DIRECTION_NAME = ascii('direction');
const SIZE_NAME = ascii('size');

/** Scans the line memory[start..stop). Of a finished line, it scans all before the scores; `rank` scans the rest. */
export function scan(start: usize, stop: usize): i32 {
  if (load<u8>(stop - 1) != CLOSE) return REFUSED;
  open(start + CRC_PREFIX_BYTES, stop);
  if (!head()) return REFUSED;
  if (skip(IS_FINISHED)) return finished() ? FINISHED : REFUSED;
  if (skip(IS_CLAIMED)) return claimed() ? CLAIMED : REFUSED;
  if (skip(IS_ENQUEUED)) return enqueued() ? ENQUEUED : REFUSED;
  return REFUSED;
}

/** Scans the members that every line has. */
function head(): bool {
  if (!skip(BEFORE_N)) return false;
  const n = count();
  if (n < 1 || !skip(BEFORE_P)) return false;
  store<f64>(N, <f64>n);
  const previous = hex8();
  if (previous < 0 || !skip(BEFORE_ID) || !name()) return false;
  store<u32>(PREVIOUS, <u32>previous);
  tell(ID);
  hash(from, to);
  if (!skip(BEFORE_AT) || !name()) return false;
  tell(AT);
  return skip(BEFORE_BY) && name() && skip(BEFORE_TYPE);
}

/** Writes the place of the string that was found last. */
function tell(range: usize): void {
  store<u32>(range, <u32>from);
  store<u32>(range, <u32>to, 4);
}

/** Writes the 64-bit hash of an event id: that of `hashId` in ../../fold.ts. */
function hash(start: usize, stop: usize): void {
  let high: u32 = 0x811c9dc5;
  let low: u32 = 0x9747b28c ^ (<u32>(stop - start));
  for (let place = start; place < stop; place += 4) {
    let word = load<u32>(place);
    const bits = (<u32>(stop - place)) << 3;
    if (bits < 32) word &= (1 << bits) - 1;
    high = rotl((high ^ word) * 0x01000193, 13);
    low = (low ^ word) * 0x5bd1e995;
    low ^= low >> 15;
  }
  store<u32>(HASH, high ^ (high >> 16));
  store<u32>(HASH, low ^ (low >> 13), 4);
}

/** Steps over a config's id and its closing quote, and writes the id. */
function id(place: usize): bool {
  const high = hex8();
  if (high < 0) return false;
  const low = hex8();
  store<u32>(place, <u32>high);
  store<u32>(place, <u32>low, 4);
  return low >= 0 && take(QUOTE);
}

function enqueued(): bool {
  if (!id(CONFIG)) return false;
  const start = at;
  if (!skip(BEFORE_PIPELINE) || !name()) return false;
  tell(PIPELINE);
  if (!skip(BEFORE_SPLIT) || !name()) return false;
  tell(SPLIT);
  if (!skip(BEFORE_SCORING) || !name()) return false;
  tell(SCORING);
  store<u32>(IS_MIN, skip(DIRECTION_IS_MIN) ? 1 : 0);
  const token = tokenOf(start, at);
  store<u32>(GROUP_TOKEN, token);
  return token != 0 && otherMembers() && take(CLOSE) && isWhole();
}

/** Steps over the rest of a config. Refuses members that were found already, or could have been. */
function otherMembers(): bool {
  while (take(COMMA)) {
    if (!key()) return false;
    if (isText(ID_NAME, 2) || isText(PIPELINE_NAME, 8) || isText(SPLIT_NAME, 5) || isText(SCORING_NAME, 7))
      return false;
    if (isText(DIRECTION_NAME, 9)) return false;
    if (!value()) return false;
  }
  return true;
}

/** Whether only the closing brace of the line is left. Then no member that was found is written again behind. */
function isWhole(): bool {
  return at == end - 1 && load<u8>(at) == CLOSE;
}

function claimed(): bool {
  let configs = 0;
  if (!take(CLOSE_LIST)) {
    do {
      if (configs == MOST_CONFIGS || !take(QUOTE) || !id(CONFIGS + 8 * configs)) return false;
      configs++;
    } while (take(COMMA));
    if (!take(CLOSE_LIST)) return false;
  }
  store<u32>(CLAIMED_CONFIGS, configs);
  if (skip(BEFORE_ATTEMPTS) && !value()) return false;
  if (!skip(BEFORE_WORKER) || load<u8>(at) != OPEN) return false;
  const start = at;
  if (!value()) return false;
  const token = tokenOf(start, at);
  store<u32>(WORKER_TOKEN, token);
  store<u32>(WORKER, <u32>start);
  store<u32>(WORKER, <u32>at, 4);
  return token != 0 && isWhole();
}

function finished(): bool {
  if (!id(CONFIG) || !skip(BEFORE_CLAIM)) return false;
  const claim = count();
  if (claim < 0 || !skip(BEFORE_SECONDS)) return false;
  store<f64>(CLAIM, <f64>claim);
  return !isNaN(number()) && skip(BEFORE_DIGEST) && text() && skip(BEFORE_SCORES);
}

/** The name of the metric that ranks, and its scores, which are NaN until they are found. */
let metric: usize = 0;
let metricLength: i32 = 0;
let cv: f64 = NaN;
let validate: f64 = NaN;

/**
 * Scans the scores of a metric in the finished line that was scanned last, up to the end of the line. Returns
 * whether the rest of the line has the form that `encode` writes, without a second member of those that count.
 */
export function rank(place: usize, length: i32): bool {
  metric = place;
  metricLength = length;
  cv = NaN;
  validate = NaN;
  const isUnderstood = scores() && behindScores();
  store<f64>(CV, cv);
  store<f64>(VALIDATE, validate);
  return isUnderstood;
}

function behindScores(): bool {
  while (take(COMMA)) {
    if (!key() || !isHarmless() || !value()) return false;
  }
  return isWhole();
}

/** Whether the member that was found last changes nothing in the state. */
function isHarmless(): bool {
  return isText(VERSIONS_NAME, 8) || isText(WARNINGS_NAME, 8) || isText(SIZE_NAME, 4);
}

function scores(): bool {
  if (!take(OPEN)) return false;
  if (take(CLOSE)) return true;
  let isCvFound = false;
  let isValidateFound = false;
  do {
    if (!key()) return false;
    if (isText(VALIDATE_NAME, 8)) {
      if (isValidateFound || !metrics(false)) return false;
      isValidateFound = true;
    } else if (isText(CV_NAME, 2)) {
      if (isCvFound || !metrics(true)) return false;
      isCvFound = true;
    } else if (!value()) return false;
  } while (take(COMMA));
  return take(CLOSE);
}

function metrics(isCv: bool): bool {
  if (!take(OPEN)) return false;
  if (take(CLOSE)) return true;
  let isFound = false;
  do {
    if (!key()) return false;
    if (!isText(metric, metricLength)) {
      if (!value()) return false;
    } else {
      if (isFound || !(isCv ? mean() : score())) return false;
      isFound = true;
    }
  } while (take(COMMA));
  return take(CLOSE);
}

/** Reads a number. Another value is no score. */
function score(): bool {
  validate = number();
  return !isNaN(validate) || (!isBeyond && value());
}

/** Reads `{"mean":...}` or null. */
function mean(): bool {
  if (!take(OPEN)) return value();
  if (take(CLOSE)) return true;
  let isFound = false;
  do {
    if (!key()) return false;
    if (!isText(MEAN_NAME, 4)) {
      if (!value()) return false;
    } else {
      if (isFound) return false;
      isFound = true;
      cv = number();
      if (isNaN(cv) && (isBeyond || !value())) return false;
    }
  } while (take(COMMA));
  return take(CLOSE);
}
