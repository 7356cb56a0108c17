/** How numbers are shown to people: durations and scores. `counted` of base/listing.ts shows counts. */

/** Seconds as `0.42 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(2)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A duration that is not known to the second: `53 s`, `5 min`, `1 h 50 min`, `3 d 4 h`. */
export function rough(seconds: number): string {
  if (seconds < 119.5) return seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  const whole = Math.round(minutes / 60);
  return `${Math.floor(whole / 24)} d${whole % 24 === 0 ? '' : ` ${whole % 24} h`}`;
}

/** A score with four decimals, as scikit-learn's users print them; a dash where there is none. */
export function score(value: number | null | undefined): string {
  // A log may hold anything in the place of a number.
  return typeof value === 'number' ? value.toFixed(4) : '-';
}
