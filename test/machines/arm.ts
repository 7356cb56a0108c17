/**
 * `npm run test:arm`: models are the same bits on Arm. npm's Node for Arm runs in qemu, which emulates the processor on
 * an x86-64 machine. This Node checks the golden digests. Then it trains all configs of searches again that this
 * machine has done, with every transform, estimator and engine. Digests and scores must be equal. The log stays with
 * this machine, so Arm needs no build of fs-ext.
 *
 * qemu and Arm's libraries are Debian's packages. Root installs them where they are missing. Where they cannot be had,
 * the script passes over the test and says so in one line. QEMU_LD_PREFIX names a folder with Arm's libraries, if they
 * stand elsewhere.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  everyStepSearches,
  outcomesIn,
  trainAgain,
  withEveryStep,
  type EveryStepSearch,
  type StartNode,
} from '../../support/every-step.js';
import {
  differences,
  inScratch,
  installNode,
  nodePackage,
  PassedOver,
  runProgram,
} from '../../support/machines.js';
import { root } from '../../support/root.js';

/** The version of Node that runs on Arm. */
const MAJOR = '22';

const EMULATORS = ['qemu-aarch64', 'qemu-aarch64-static'];
const LIBRARIES = process.env.QEMU_LD_PREFIX ?? '/usr/aarch64-linux-gnu';
const NEEDED = ['ld-linux-aarch64.so.1', 'libc.so.6', 'libstdc++.so.6', 'libgcc_s.so.1', 'libatomic.so.1'];

const PACKAGES = [
  'qemu-user',
  'libc6-arm64-cross',
  'libstdc++6-arm64-cross',
  'libgcc-s1-arm64-cross',
  'libatomic1-arm64-cross',
];

/** For how many seconds apt waits for another apt. */
const APT_PATIENCE_S = 300;

/** The most differences that are printed. */
const MOST_LINES = 40;

/** The name of an emulator that starts, if Arm's libraries are here, too. */
async function installed(): Promise<string | undefined> {
  if (NEEDED.some(name => !existsSync(join(LIBRARIES, 'lib', name)))) return undefined;
  for (const name of EMULATORS) if ((await runProgram(name, ['--version'])).ok) return name;
  return undefined;
}

/** Finds the emulator, and installs it where that is allowed. Throws PassedOver where there is none. */
async function findEmulator(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new PassedOver(`it needs Linux on x86-64, and this is ${process.platform} on ${process.arch}`);
  const found = await installed();
  if (found) return found;
  const install = `apt-get install ${PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0) throw new PassedOver(`it needs Debian's packages: ${install}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const patience = ['-o', `DPkg::Lock::Timeout=${APT_PATIENCE_S}`];
  await runProgram('apt-get', [...patience, 'update', '-qq'], { env });
  await runProgram('apt-get', [...patience, 'install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], {
    env,
  });
  const now = await installed();
  if (now) return now;
  throw new PassedOver(`this could not install what it needs: ${install}`);
}

/** Installs Node for Arm. Gives what starts it, and its version. */
async function findNode(folder: string): Promise<{ start: StartNode; version: string }> {
  const emulator = await findEmulator();
  const { path } = await installNode(folder, nodePackage(MAJOR, 'linux', 'arm64'));
  const env = { ...process.env, QEMU_LD_PREFIX: LIBRARIES };
  const start: StartNode = (...args) => runProgram(emulator, [path, ...args], { env });
  const { ok, text } = await start('-p', 'process.version + " " + process.arch');
  if (!ok || !text.includes(' arm64')) throw new Error(`Node for Arm does not run in ${emulator}: ${text}`);
  return { start, version: text.trim().split(' ')[0] };
}

async function main(folder: string): Promise<boolean> {
  const { start, version } = await findNode(folder);
  console.log(`test:arm: Node ${version} on Arm, beside Node ${process.version} on x86-64`);
  const golden = await start(join(root, 'dist/test/ml/golden.test.js'));
  console.log(`test:arm: the golden digests are ${golden.ok ? 'the same' : `NOT the same\n${golden.text}`}`);
  let same = golden.ok;
  for (const which of everyStepSearches) same = (await trainOnArm(which, start)) && same;
  return same;
}

/** Trains a search here and on Arm. Gives whether all models and scores are equal. */
const trainOnArm = (which: EveryStepSearch, start: StartNode): Promise<boolean> =>
  withEveryStep(which, async search => {
    const expected = outcomesIn(search);
    const found = differences(expected, await trainAgain(search, start));
    const equal = expected.size - found.length;
    console.log(`test:arm: ${equal} of ${expected.size} configs of ${which} have the same digest and scores`);
    for (const difference of found.slice(0, MOST_LINES)) console.log(difference);
    return found.length === 0;
  });

await inScratch('test:arm', main);
