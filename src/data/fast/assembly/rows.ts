/**
 * Walks over whole lines of delimited text and stores the numbers of their cells, row after row. It takes only lines
 * whose meaning is plain: as many cells as there are columns, and quotes only around a whole cell without quotes or
 * line ends inside. It stops before any other line, and ../../splitter.ts reads that one. A cell of a number that has
 * another text is noted as odd, and ../../numbers.ts reads it. Every cell of a column of texts is noted, too. The walk
 * may look at up to 32 bytes behind the lines, without effect.
 */
import { decimal, setPoint, shortDecimal } from './decimal';

const TAB: u8 = 9;
const LINE_FEED: u8 = 10;
const CARRIAGE_RETURN: u8 = 13;
const BLANK: u8 = 32;
const QUOTE: u8 = 34;

/** What a column is that holds no number: the name of the row, or a text, or nothing that is read. As in ../scanner.ts. */
const NAME: i32 = -1;
const TEXT: i32 = -3;

/** The form of the text: between cells, at the end of a line, and how many cells a line has. */
let separator: u8 = 0;
let newline: u8 = 0;
let width: usize = 0;
/** For each column, the place of its number among the values of a row, or NAME, TEXT or another negative number. */
let slots: usize = 0;
/** The texts of up to eight bytes that mean no value, each as its bytes and its length; and such numbers. */
let texts: usize = 0;
let textsEnd: usize = 0;
let numbers: usize = 0;
let numbersEnd: usize = 0;

/** Where rows go: values, names with a line feed behind each, and odd cells and texts with row, column, start and end. */
let values: usize = 0;
let rowBytes: usize = 0;
let mostRows: usize = 0;
let names: usize = 0;
let namesLimit: usize = 0;
let odd: usize = 0;
let oddLimit: usize = 0;

/** What the last walk has found. */
let rowCount: usize = 0;
let namesEnd: usize = 0;
let oddEnd: usize = 0;
let isRefused: bool = false;

/** The text of the cell that was stepped over last. */
let from: usize = 0;
let to: usize = 0;

/** The first byte of memory that is free for the areas below. */
export function freeMemory(): usize {
  return __heap_base;
}

export function setForm(between: i32, point: i32, lineEnd: i32, columns: usize, slotsPlace: usize): void {
  separator = <u8>between;
  setPoint(<u8>point);
  newline = <u8>lineEnd;
  width = columns;
  slots = slotsPlace;
}

export function setMissing(firstText: usize, textCount: usize, firstNumber: usize, numberCount: usize): void {
  texts = firstText;
  textsEnd = firstText + (textCount << 4);
  numbers = firstNumber;
  numbersEnd = firstNumber + (numberCount << 3);
}

export function setRows(place: usize, valuesOfRow: usize, most: usize): void {
  values = place;
  rowBytes = valuesOfRow << 3;
  mostRows = most;
}

export function setNames(place: usize, limit: usize): void {
  names = place;
  namesLimit = limit;
}

/** There is room for the odd cells of one row at least. */
export function setOdd(place: usize, limit: usize): void {
  odd = place;
  oddLimit = limit;
}

/** How many rows the last walk has read. */
export function rowsRead(): usize {
  return rowCount;
}

/** Where their names end. */
export function endOfNames(): usize {
  return namesEnd;
}

/** Where their odd cells end. */
export function endOfOdd(): usize {
  return oddEnd;
}

/** Whether the last walk stopped before a line that it does not take, and not because there is no more room. */
export function hasRefused(): bool {
  return isRefused;
}

/** Reads rows from the lines in memory[start..stop), which end with a line's end. Returns where it stopped. */
export function walk(start: usize, stop: usize): usize {
  rowCount = 0;
  namesEnd = names;
  oddEnd = odd;
  isRefused = false;
  let place = start;
  while (place < stop && rowCount < mostRows) {
    const namesBefore = namesEnd;
    const oddBefore = oddEnd;
    const next = row(place);
    if (next == 0) {
      namesEnd = namesBefore;
      oddEnd = oddBefore;
      if (rowCount == 0) isRefused = true;
      break;
    }
    rowCount++;
    place = next;
  }
  return place;
}

/** Reads the row that starts here. Returns where the next one starts, or 0. */
function row(start: usize): usize {
  const target = values + rowCount * rowBytes;
  let place = start;
  for (let column: usize = 0; column < width; column++) {
    const slot = load<i32>(slots + (column << 2));
    if (slot >= 0) place = number(place, target + ((<usize>slot) << 3), column);
    else {
      place = cell(place);
      if (slot == NAME && !keepName()) return 0;
      if (slot == TEXT && !note(column, from, to)) return 0;
    }
    if (place == 0) return 0;
    if (column + 1 < width) {
      if (load<u8>(place) != separator) return 0;
      place++;
    }
  }
  if (newline == LINE_FEED) while (load<u8>(place) == CARRIAGE_RETURN) place++;
  return load<u8>(place) == newline ? place + 1 : 0;
}

/** Which of 16 bytes end a cell without quotes, as bits. */
function endsOf(bytes: v128): i32 {
  const isSeparator = i8x16.eq(bytes, i8x16.splat(separator));
  const isLineFeed = i8x16.eq(bytes, i8x16.splat(LINE_FEED));
  const isReturn = i8x16.eq(bytes, i8x16.splat(CARRIAGE_RETURN));
  return i8x16.bitmask(v128.or(isSeparator, v128.or(isLineFeed, isReturn)));
}

/** Stores the number of the cell that starts here. Returns where the cell ends, or 0. */
function number(place: usize, target: usize, column: usize): usize {
  const bytes = v128.load(place);
  const length = ctz(endsOf(bytes));
  if (length > 0 && length < 16) {
    const value = shortDecimal(bytes, length);
    if (value == value) {
      store<f64>(target, unlessMarked(value));
      return place + length;
    }
  }
  const end = cell(place);
  if (end == 0) return 0;
  return otherNumber(target, column) ? end : 0;
}

/** Stores the number of a cell that has another form, or notes the cell as odd. False where there is no room. */
function otherNumber(target: usize, column: usize): bool {
  const start = from;
  const stop = to;
  while (from < to && isBlank(load<u8>(from))) from++;
  while (from < to && isBlank(load<u8>(to - 1))) to--;
  if (isMissing()) {
    store<f64>(target, NaN);
    return true;
  }
  const value = decimal(from, to);
  if (value == value) {
    store<f64>(target, unlessMarked(value));
    return true;
  }
  return note(column, start, stop);
}

/** Notes the text of a cell. False where there is no room. */
function note(column: usize, start: usize, stop: usize): bool {
  if (oddEnd == oddLimit) return false;
  store<u32>(oddEnd, <u32>rowCount);
  store<u32>(oddEnd, <u32>column, 4);
  store<u32>(oddEnd, <u32>start, 8);
  store<u32>(oddEnd, <u32>stop, 12);
  oddEnd += 16;
  return true;
}

function isBlank(byte: u8): bool {
  return byte == BLANK || byte == TAB;
}

/** Whether the text of the cell is one that means no value. */
function isMissing(): bool {
  const length = to - from;
  if (length > 8) return false;
  const mask: u64 = length == 0 ? 0 : (<u64>-1) >> (64 - ((<u64>length) << 3));
  const text = load<u64>(from) & mask;
  for (let place = texts; place < textsEnd; place += 16)
    if (load<u64>(place) == text && load<u64>(place, 8) == <u64>length) return true;
  return false;
}

/** NaN where a number means no value. */
function unlessMarked(value: f64): f64 {
  for (let place = numbers; place < numbersEnd; place += 8) if (load<f64>(place) == value) return NaN;
  return value;
}

/** Steps over a cell. Returns where it ends, or 0 where its quotes are not plain. */
function cell(start: usize): usize {
  if (load<u8>(start) == QUOTE) return quoted(start + 1);
  let place = start;
  let ends = endsOf(v128.load(place));
  while (ends == 0) {
    place += 16;
    ends = endsOf(v128.load(place));
  }
  from = start;
  to = place + ctz(ends);
  return to;
}

/** Steps over the rest of a quoted cell. */
function quoted(start: usize): usize {
  let place = start;
  for (; load<u8>(place) != QUOTE; place++) {
    const byte = load<u8>(place);
    if (byte == LINE_FEED || byte == CARRIAGE_RETURN) return 0;
  }
  from = start;
  to = place;
  return place + 1;
}

/** Keeps the text of the cell as the row's name. False where there is no room. */
function keepName(): bool {
  const length = to - from;
  if (namesEnd + length + 1 > namesLimit) return false;
  memory.copy(namesEnd, from, length);
  store<u8>(namesEnd + length, LINE_FEED);
  namesEnd += length + 1;
  return true;
}
