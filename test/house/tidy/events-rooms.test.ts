/** The rooms of events/ and data/: one door leads into fast/, and only the fold writes the state. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isIn, sources, type Source } from '../../../support/house.js';

const Rooms = suite('rooms of events');

/** The files of src/ outside of a room in which the pattern is found. */
function outside(room: string, pattern: RegExp, files: readonly Source[] = sources): string[] {
  return files
    .filter(file => isIn('src')(file) && !file.path.startsWith(room) && pattern.test(file.text))
    .map(({ path }) => path);
}

for (const [room, door] of [
  ['events', 'replay.ts'],
  ['data', 'rows.ts'],
]) {
  Rooms(`${room}/${door} is the only way into ${room}/fast/`, () => {
    const from = outside(`src/${room}/`, new RegExp(`from '[^']*/${room}/fast/`));
    const within = outside(`src/${room}/fast/`, /from '[^']*\/fast\//, sources.filter(isIn(`src/${room}`)));
    assert.equal([...from, ...within], [`src/${room}/${door}`]);
  });
}

/** An assignment to a column, a counter or a container of a state, and calls of what only the fold may call. */
const WRITES = [
  /\bstate\.\w+(\.\w+)?\[[^\]]*\]\s*(=(?!=)|[-+]=|\+\+|--)/,
  /\bstate\.(troubles\.)?\w+\s*(=(?!=)|[-+]=|\+\+|--)/,
  /\bstate\.(groupNumber|reserve)\(/,
  /\bstate\.(claims\.(add|leave)|recent\.add|ids\.add|fronts\.\w+|splits\.numberOf)\(/,
];

Rooms('fold.ts is the only writer of the state', () => {
  for (const pattern of WRITES) {
    const writers = outside('src/events/state/', pattern).filter(path =>
      /^src\/(events|log|worker)\//.test(path),
    );
    assert.equal(
      writers.filter(path => path !== 'src/events/fold.ts'),
      [],
      String(pattern),
    );
  }
  const fold = sources.find(({ path }) => path === 'src/events/fold.ts')!;
  for (const pattern of WRITES) assert.match(fold.text, pattern, 'what is looked for is how the fold writes');
});

Rooms.run();
