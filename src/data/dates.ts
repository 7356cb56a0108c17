/**
 * Dates and times of day, as ISO 8601 writes them: `2024-01-31`, `2024-01-31T10:00`, `2024-01-31 10:00:00.5+02:00`.
 *
 * Dates are compared as moments. Days, and times without a zone, are in UTC. Where one of two moments has no time of
 * day, only their days are compared.
 */
interface Moment {
  /** Days since 1970-01-01, in UTC. */
  day: number;
  /** Seconds of that day; undefined where there is no time of day. */
  seconds?: number;
  /** Digits of the fraction of a second, without zeros at the end. */
  fraction: string;
}

export const DATE_EXPECTED = 'a date such as 2024-01-31, or a moment such as 2024-01-31T10:00:00Z';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?)?$/i;

const DAY_SECONDS = 86_400;

/** Whether a text has the form of a date, whatever its numbers are. */
export const looksLikeDate = (text: string): boolean => ISO.test(text.trim());

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** Days from 1970-01-01 to a day of the Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leaps = (years: number): number =>
    Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  let days = before * 365 + leaps(before) - (1969 * 365 + leaps(1969)) + day - 1;
  for (let earlier = 1; earlier < month; earlier++) days += daysIn(year, earlier);
  return days;
}

/** The moment that a text means; undefined where there is none, for example for 2024-02-31. */
function momentOf(text: string): Moment | undefined {
  const found = ISO.exec(text.trim());
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(part => Number(part ?? 0));
  const [, , , , time, , , fraction = '', , sign, zoneHours, zoneMinutes] = found;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  const date = dayNumber(year, month, day);
  if (time === undefined) return { day: date, fraction: '' };
  const zone = [Number(zoneHours ?? 0), Number(zoneMinutes ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || zone[0] > 23 || zone[1] > 59) return undefined;
  const ahead = (sign === '-' ? -1 : 1) * (zone[0] * 3600 + zone[1] * 60);
  const seconds = hour * 3600 + minute * 60 + second - ahead;
  const shift = Math.floor(seconds / DAY_SECONDS);
  return { day: date + shift, seconds: seconds - shift * DAY_SECONDS, fraction: fraction.replace(/0+$/, '') };
}

/** Whether a text is a date or a moment that exists. */
export const isDate = (text: string): boolean => momentOf(text) !== undefined;

/** The seconds from 1970 in UTC to the moment that a text means; undefined where there is none. A day is its start. */
export function secondsOf(text: string): number | undefined {
  const moment = momentOf(text);
  return moment && moment.day * DAY_SECONDS + (moment.seconds ?? 0) + Number(`0.${moment.fraction}`);
}

/** Compares two texts as moments: negative, 0 or positive; undefined where one of them is not a moment. */
export function dateOrder(a: string, b: string): number | undefined {
  const [left, right] = [momentOf(a), momentOf(b)];
  if (!left || !right) return undefined;
  if (left.day !== right.day || left.seconds === undefined || right.seconds === undefined)
    return left.day - right.day;
  if (left.seconds !== right.seconds) return left.seconds - right.seconds;
  return left.fraction < right.fraction ? -1 : left.fraction > right.fraction ? 1 : 0;
}
