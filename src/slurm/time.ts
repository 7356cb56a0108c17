/**
 * Times as Slurm reads and writes them (sbatch(1), --time): minutes, minutes:seconds, hours:minutes:seconds,
 * days-hours, days-hours:minutes, days-hours:minutes:seconds.
 */
export const SLURM_TIME_EXPECTED =
  'a time of Slurm: minutes, hours:minutes:seconds or days-hours:minutes:seconds';

/** The time in seconds; undefined if the text is not a time (UNLIMITED). */
export function parseSlurmTime(text: string): number | undefined {
  const parts = /^(?:(\d{1,5})-)?(\d{1,7})(?::(\d{1,2}))?(?::(\d{1,2}))?$/.exec(text);
  if (!parts) return undefined;
  const [days, first, second, third] = parts
    .slice(1)
    .map(part => (part === undefined ? undefined : Number(part)));
  if (days !== undefined) return ((days * 24 + first!) * 60 + (second ?? 0)) * 60 + (third ?? 0);
  if (third !== undefined) return (first! * 60 + second!) * 60 + third;
  return first! * 60 + (second ?? 0);
}
