/** A vote of the nearest samples, by measuring all of them. */
import { pow } from '../../kernels/math.js';
import type { NeighborsPart } from '../plan.js';
import { byProbability, type Says } from './answer.js';

export function neighborsSays(part: NeighborsPart): Says {
  const { neighbors, byDistance, power, unit, codes, classes } = part;
  return given => {
    const distances = measured(
      part,
      given.map(value => value * unit),
    );
    const order = Int32Array.from(distances.keys()).sort((a, b) => distances[a] - distances[b] || a - b);
    const nearest = order.subarray(0, neighbors);
    const meets = distances[nearest[0]] === 0;
    const weightOf = (i: number): number => {
      if (!byDistance) return 1;
      return meets ? Number(distances[i] === 0) : 1 / rooted(distances[i], power);
    };
    const votes = new Float64Array(classes);
    let total = 0;
    for (const i of nearest) {
      votes[codes[i]] += weightOf(i);
      total += weightOf(i);
    }
    return byProbability(votes.map(vote => vote / total));
  };
}

/** The distances from all samples, each to the metric's power where that is finite. */
function measured({ samples, sampleCount, inputs, power }: NeighborsPart, x: Float64Array): Float64Array {
  return Float64Array.from({ length: sampleCount }, (_, i) => {
    let distance = 0;
    for (let j = 0; j < inputs; j++) {
      const size = Math.abs(samples[j * sampleCount + i] - x[j]);
      if (power === Infinity) distance = Math.max(distance, size);
      else distance += power === 1 ? size : pow(size, power);
    }
    return distance;
  });
}

function rooted(distance: number, power: number): number {
  if (power === 2) return Math.sqrt(distance);
  return power === 1 || power === Infinity ? distance : pow(distance, 1 / power);
}
