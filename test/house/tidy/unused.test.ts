/** No file and no export stands there unused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAssembly, sourceOf, sources, startedByPackage } from '../../../support/house.js';
import { againstExceptions, deadExports, deadFiles } from '../../../support/rules.js';
import { DEAD_EXPORTS } from '../../../support/tidy-exceptions.js';

/** Where a reader enters the house: the program, the suites, what package.json runs, and what asc compiles. */
const entries = [
  'src/cli.ts',
  ...startedByPackage(),
  ...sources
    .map(({ path }) => path)
    .filter(path => path.endsWith('.test.ts') || path.endsWith('assembly/index.ts')),
];

const Unused = suite('unused files and exports');

Unused('every file is reached from the program, a suite, a benchmark or a script', () => {
  assert.equal(deadFiles(sources, entries), []);
});

Unused('every export is taken by another file', () => {
  // assembly/index.ts exports the kernels, which TypeScript takes by name from the compiled module.
  const files = sources.filter(file => !isAssembly(file));
  assert.equal(againstExceptions(deadExports(files), DEAD_EXPORTS), []);
});

Unused('a dead file is found, and one that is started or loaded is not dead', () => {
  const files = [
    sourceOf('src/cli.ts', "import './a.js';"),
    sourceOf(
      'src/a.ts',
      "new Worker(new URL('./thread.js', import.meta.url));\nconst b = await import('./b.js');",
    ),
    sourceOf('src/b.ts', "const program = join(root, 'dist/src/program.js');"),
    sourceOf('src/thread.ts', ''),
    sourceOf('src/program.ts', ''),
    sourceOf('src/dead.ts', "import './also-dead.js';"),
    sourceOf('src/also-dead.ts', ''),
  ];
  assert.equal(deadFiles(files, ['src/cli.ts']), ['src/dead.ts', 'src/also-dead.ts']);
});

Unused('a dead export is found', () => {
  const files = [
    sourceOf(
      'src/a.ts',
      `export const dead = 1, { taken, dropped } = f();
       export function alsoDead(): void {}
       export interface Options { deep: Part }
       export interface Part {}
       export type Idle = number;
       export function used(options: Options): void {}
       export function loaded(): void {}
       function inner(): void {}
       export { inner as outer };
       export default 1;`,
    ),
    sourceOf(
      'src/b.ts',
      `import { taken, type Unknown } from './a.js';
       import * as a from './a.js';
       a.used({});
       await (await import('./a.js')).loaded();`,
    ),
  ];
  const dead = ['dead', 'dropped', 'alsoDead', 'Idle', 'outer', 'default'].map(name => [
    `src/a.ts ${name}`,
    1,
  ]);
  assert.equal(deadExports(files), Object.fromEntries(dead));
  const all = sourceOf(
    'src/c.ts',
    "import * as a from './a.js';\nfor (const one of Object.keys(a)) print(one);",
  );
  assert.equal(deadExports([...files, all]), {});
});

Unused.run();
