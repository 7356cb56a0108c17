/** The option `--at`: a moment of the log. */
import { InvalidArgumentError, Option } from 'commander';

/** A record's number, or a time in ISO 8601 (UTC). */
export interface Moment {
  n?: number;
  time?: string;
}

export function atOption(): Option {
  const about = 'show a past state: at a time (2026-01-31T12:00:00Z), or after record number N';
  return new Option('--at <moment>', about).argParser(moment);
}

function moment(text: string): Moment {
  if (/^\d{1,15}$/.test(text)) return { n: Number(text) };
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
    text,
  );
  const [, date, time = '00:00', zone = ''] = parts ?? [];
  // Date.parse takes a 30th of February for a day in March, and reads a day without a time as UTC.
  const isDay = date !== undefined && new Date(`${date}T00:00Z`).getUTCDate() === Number(date.slice(8));
  const milliseconds = isDay ? Date.parse(`${date}T${time}${zone}`) : NaN;
  if (Number.isNaN(milliseconds)) {
    throw new InvalidArgumentError(
      'Expected a time such as 2026-01-31T12:00:00Z (without a zone: local time), or the number of a record.',
    );
  }
  return { time: new Date(milliseconds).toISOString() };
}
