import * as assert from 'uvu/assert';

/** What a peer scored over some seeds: mean and standard deviation. */
export interface SeedScores {
  [score: string]: { mean: number; deviation: number; seeds: number };
}

/** Mean and standard deviation. */
function moments(values: number[]): [number, number] {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1))];
}

/** Throws if the mean of a score is more than 3.5 standard errors away from the peer's. */
export function assertSameMeans(
  found: { [score: string]: number }[],
  theirs: SeedScores,
  what: string,
): void {
  for (const [score, peer] of Object.entries(theirs)) {
    const [mean, deviation] = moments(found.map(one => one[score]));
    const error = Math.sqrt(deviation ** 2 / found.length + peer.deviation ** 2 / peer.seeds);
    const gap = Math.abs(mean - peer.mean) / error;
    const message = `${what}: ${score} is ${mean}, the peer has ${peer.mean}: ${gap.toFixed(1)} standard errors`;
    assert.ok(gap < 3.5, message);
  }
}
