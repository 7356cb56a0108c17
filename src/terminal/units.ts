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

/** A score with four decimals, as scikit-learn's users print them; a dash where there is none. */
export function score(value: number | null | undefined): string {
  // A log may hold anything in the place of a number.
  return typeof value === 'number' ? value.toFixed(4) : '-';
}
