/** What the features of a plan are behind a transform: categories with their levels, or numbers. */
import type { Levels } from './plan.js';
import type { TransformPart } from './plan-transforms.js';

const numbers = (count: number): Levels => new Array<null>(count).fill(null);

/** The levels of the features of each part, from those of the table on. */
export function levelsInto(parts: readonly TransformPart[], levels: Levels): Levels[] {
  const into = [levels];
  for (const part of parts) into.push(levelsAfter(part, into.at(-1)!));
  return into;
}

function levelsAfter(part: TransformPart, levels: Levels): Levels {
  switch (part.kind) {
    case 'select':
      return Array.from(part.kept, j => levels[j]);
    case 'impute':
      return [...Array.from(part.kept, j => levels[j]), ...numbers(part.marked.length)];
    case 'groups':
      return part.groups.flatMap(({ places, parts }) => {
        const own = Array.from(places, j => levels[j]);
        return levelsInto(parts, own).at(-1)!;
      });
    default:
      return numbers(part.outputs);
  }
}
