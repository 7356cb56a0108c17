/** Who may import whom, and that no file imports itself through others. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAssembly, isIn, sourceOf, sources } from '../../../support/house.js';
import { circles, wrongArrows, type Rooms } from '../../../support/rules.js';

/** For each folder of src/, the folders it may import: the two towers, what they stand on, and the bridge. */
const mayImport: { [folder: string]: string[] } = {
  base: [],
  kernels: [],
  events: ['base'],
  log: ['events', 'base'],
  ml: ['kernels', 'base'],
  export: ['ml', 'kernels', 'base'],
  data: ['base'],
  config: ['data', 'ml', 'kernels', 'base'],
  terminal: ['base'],
  slurm: ['base'],
  statistics: ['base'],
  views: ['statistics', 'log', 'events', 'base'],
  tables: ['terminal', 'base'],
  page: ['statistics', 'terminal', 'base'],
  web: ['base'],
  report: ['page', 'views', 'statistics', 'events', 'terminal', 'base'],
  predictions: ['events', 'ml', 'base'],
  worker: ['predictions', 'log', 'events', 'data', 'ml', 'kernels', 'base', 'terminal'],
  commands: [
    'predictions',
    'worker',
    'web',
    'page',
    'report',
    'views',
    'statistics',
    'tables',
    'export',
    'slurm',
    'log',
    'events',
    'config',
    'data',
    'ml',
    'base',
    'terminal',
  ],
  'cli.ts': ['commands', 'terminal'],
};

/** What stands outside of src/. A benchmark never imports a suite, so that suites may run benchmarks. */
const OUTSIDE: Rooms = {
  src: [],
  support: ['src'],
  bench: ['src', 'support'],
  test: ['src', 'support', 'bench'],
  scripts: ['src', 'support'],
};

const inMl = (...names: string[]): string[] => names.map(name => `src/ml/${name}`);
/** What a step is and how it is written; algebra; what is known of a target; what steps check and weigh. */
const WORDS = inMl(
  'types.ts',
  'needs.ts',
  'effective.ts',
  'invariances.ts',
  'inside.ts',
  'definition.ts',
  'parameters.ts',
  'random-state.ts',
  'serialize.ts',
);
const ALGEBRA = ['src/ml/algebra', 'src/kernels', 'src/kernels/reference'];
const TARGETS = [...WORDS, ...ALGEBRA, 'src/ml/targets'];
const FOLDING = [...TARGETS, 'src/ml/folding'];
const CHECKS = [...TARGETS, ...inMl('checks.ts', 'weights.ts', 'folds.ts')];
const OUTPUTS = [...CHECKS, 'src/ml/outputs'];
/** What a family of estimators stands on. No family imports another one, and none imports the transforms. */
const FAMILY = [...OUTPUTS, 'src/ml/engines'];
const FAMILIES = ['baseline', 'bayes', 'discriminant', 'linear', 'neighbors', 'network', 'svm', 'trees'];
/**
 * The rooms inside the two towers. The files of `ABOVE` stand above the rooms of ml/, because they know all steps. A
 * file of src/ml itself that has no line here may import the kernels only.
 */
const INSIDE: Rooms = {
  'src/ml': ['src/kernels'],
  ...Object.fromEntries(WORDS.map(file => [file, WORDS])),
  'src/ml/algebra': ALGEBRA,
  'src/ml/targets': TARGETS,
  'src/ml/folding': FOLDING,
  ...Object.fromEntries(inMl('checks.ts', 'weights.ts', 'folds.ts').map(file => [file, CHECKS])),
  'src/ml/folds.ts': [...CHECKS, 'src/ml/folding'],
  'src/ml/outputs': OUTPUTS,
  'src/ml/scoring': TARGETS,
  'src/ml/calibration': [...OUTPUTS, 'src/ml/scoring'],
  'src/ml/transforms': CHECKS,
  // Steps that hold steps are given the registry, because it knows them.
  'src/ml/compose': [...OUTPUTS, 'src/ml/transforms'],
  'src/ml/engines': OUTPUTS,
  ...Object.fromEntries(FAMILIES.map(name => [`src/ml/families/${name}`, FAMILY])),
  'src/events/format': [],
  'src/events/state': ['src/events/format'],
  'src/events/fold.ts': ['src/events/format', 'src/events/state'],
  'src/events/fast': ['src/events/format', 'src/events/state', 'src/events/fold.ts'],
  'src/events/replay.ts': ['src/events/format', 'src/events/state', 'src/events/fold.ts', 'src/events/fast'],
  'src/events/ask': ['src/events/format', 'src/events/state', 'src/events/fold.ts'],
  'src/kernels': [],
  'src/kernels/reference': ['src/kernels'],
  'src/kernels/assembly': [],
  'src/events/fast/assembly': [],
  'src/data/numbers.ts': [],
  'src/data/fast': ['src/data/numbers.ts'],
  'src/data/rows.ts': ['src/data', 'src/data/fast', 'src/data/numbers.ts'],
  'src/data': ['src/data/rows.ts', 'src/data/numbers.ts'],
  'src/data/fast/assembly': [],
};
/** These know all steps; of the rooms of ml/, nothing below may import them. */
const ABOVE = [
  ...[
    'registry',
    'task',
    'pipeline',
    'stages',
    'scored',
    'evaluate',
    'predictions',
    'model-columns',
    'model-file',
    'apply',
    'any-model',
    'ensemble',
    'ensemble-file',
    'recipe',
  ].map(name => `src/ml/${name}.ts`),
  'src/ml/explain',
];
for (const file of ABOVE)
  INSIDE[file] = [...Object.keys(INSIDE).filter(room => room.startsWith('src/ml')), ...ABOVE];

const floors: Rooms = Object.fromEntries(
  Object.entries(mayImport).map(([room, below]) => [`src/${room}`, below.map(name => `src/${name}`)]),
);

const Arrows = suite('arrows of the house');

Arrows('every file of src/ stands in a folder that the house knows', () => {
  const strangers = sources.filter(isIn('src')).filter(({ path }) => !mayImport[path.split('/')[1]]);
  assert.equal(strangers, []);
});

Arrows('arrows point only down', () => {
  assert.equal(wrongArrows(sources, floors), []);
});

Arrows('src/ knows nothing of suites and benchmarks, and benchmarks nothing of suites', () => {
  assert.equal(wrongArrows(sources, OUTSIDE), []);
});

Arrows('rooms inside the towers import only what stands below them', () => {
  assert.equal(wrongArrows(sources, INSIDE), []);
});

Arrows('what is compiled to WebAssembly stands alone', () => {
  const mixed = sources.filter(file => !isAssembly(file)).map(({ path, text }) => [path, text]);
  assert.equal(
    mixed.filter(([, text]) => /from '[^']*\/assembly\//.test(text)).map(([path]) => path),
    [],
  );
});

Arrows('no file imports itself through others', () => {
  assert.equal(circles(sources), []);
});

Arrows('an arrow that points up is found, also one of types only', () => {
  const offending = [
    sourceOf('src/log/made-up.ts', "import { supervise } from '../worker/supervisor.js';"),
    sourceOf(
      'src/log/loads.ts',
      "type A = import('../ml/types.js').A;\nconst all = await import('../worker/crew.js');",
    ),
    sourceOf('src/ml/families/svm/made-up.ts', "import type { Kind } from '../../registry.js';"),
    sourceOf('bench/made-up.ts', "import { world } from '../test/simulator/world.js';"),
    sourceOf(
      'src/log/fine.ts',
      "import { fold } from '../events/fold.js';\nimport { join } from 'node:path';",
    ),
  ];
  assert.equal(wrongArrows(offending, floors), [
    'src/log/made-up.ts imports src/worker/supervisor.ts',
    'src/log/loads.ts imports src/ml/types.ts',
    'src/log/loads.ts imports src/worker/crew.ts',
  ]);
  assert.equal(wrongArrows(offending, INSIDE), ['src/ml/families/svm/made-up.ts imports src/ml/registry.ts']);
  assert.equal(wrongArrows(offending, OUTSIDE), ['bench/made-up.ts imports test/simulator/world.ts']);
});

Arrows('a circle is found, and types alone close none', () => {
  const circle = [
    sourceOf('src/a.ts', "import { b } from './b.js';"),
    sourceOf('src/b.ts', "import { c } from './c.js';"),
    sourceOf('src/c.ts', "export { a } from './a.js';"),
  ];
  assert.equal(circles(circle), ['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts']);
  assert.equal(
    circles([...circle.slice(0, 2), sourceOf('src/c.ts', "import type { A } from './a.js';")]),
    [],
  );
});

Arrows.run();
