/** Calls and operators that are banned in some rooms, and what is used instead. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAssembly, isIn, sourceOf, sources } from '../../../support/house.js';
import { bannedWords, type Ban } from '../../../support/rules.js';

const BANS: readonly Ban[] = [
  { word: /\bprocess\.exit\(/, where: path => path !== 'src/cli.ts', instead: 'throw; src/cli.ts exits' },
  {
    word: /\bMath\.random\b/,
    where: path => path !== 'src/log/node-host.ts',
    instead: 'Rng of src/base/rng.ts, or the injected host',
  },
  {
    word: /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|tanh|sinh|cosh|atan|atan2|asin|acos|cbrt|hypot)\b/,
    where: path => /^src\/(ml|kernels|config)\//.test(path),
    instead: 'src/kernels/math.ts: the same bits on every machine',
  },
  {
    word: /(?<!\b2|\dn) \*\* |\b2 \*\* (?!-?\d)/,
    where: path => /^src\/(ml|kernels|config)\//.test(path),
    instead: 'multiply, or kernels/math.ts',
  },
  {
    word: /\b(Date\.now|new Date|performance\.now)\b/,
    where: path => /^src\/(ml|events|kernels)\//.test(path),
    instead: 'pass the time in',
  },
  {
    word: /\bprocess\.(env|hrtime)\b/,
    where: path => /^src\/(ml|events|kernels)\//.test(path),
    instead: 'pass the value in',
  },
  {
    word: /from 'node:fs/,
    // module.ts reads its own program.
    where: path => /^src\/(ml|events)\//.test(path) && path !== 'src/events/fast/module.ts',
    instead: 'pass the bytes in',
  },
  {
    word: /\bconsole\./,
    where: path =>
      /^src\/(base|ml|events|log|data|config|kernels)\//.test(path) &&
      path !== 'src/ml/engines/ml-xgboost.ts',
    instead: 'return it, or throw',
  },
];

const Words = suite('banned words');

Words('banned calls do not appear', () => {
  const files = sources.filter(isIn('src')).filter(file => !isAssembly(file));
  assert.equal(bannedWords(files, BANS), []);
});

Words('each ban finds what it bans, and leaves comments alone', () => {
  const offending = [
    sourceOf('src/commands/x.ts', 'process.exit(1);\n// process.exit(2) is for src/cli.ts'),
    sourceOf('src/worker/x.ts', 'const chance = Math.random();'),
    sourceOf('src/ml/x.ts', 'const y = Math.exp(x);\nconst z = x ** 3;\nconst now = Date.now();'),
    sourceOf('src/events/x.ts', "const home = process.env.HOME;\nimport { readFileSync } from 'node:fs';"),
    sourceOf('src/data/x.ts', "console.log('here');"),
    sourceOf('src/cli.ts', 'process.exit(1);'),
  ];
  const found = bannedWords(offending, BANS).map(line => line.split(': ')[0]);
  assert.equal(found, [
    'src/commands/x.ts:1',
    'src/worker/x.ts:1',
    'src/ml/x.ts:1',
    'src/ml/x.ts:2',
    'src/ml/x.ts:3',
    'src/events/x.ts:1',
    'src/events/x.ts:2',
    'src/data/x.ts:1',
  ]);
  const without = BANS.map(ban => bannedWords(offending, [ban]).length);
  assert.ok(!without.includes(0), `a ban that finds nothing: ${without}`);
});

Words.run();
