/** Gets ONNX Runtime for the tests. It is no package of spt, because it has 290 MB. */
import { join } from 'node:path';
import { runProgram } from '../../../support/machines.js';

/** A newer one may compute something else: 1.26 gave wrong answers of forests. */
const RUNTIME = 'onnxruntime-node@1.30.0';

/**
 * Installs ONNX Runtime into the folder, where the runner finds it by NODE_PATH. Its scripts are not run, because they ask
 * for files that CUDA needs. Where npm cannot get it, the runner is not at hand.
 */
export async function installOnnxRuntime(folder: string): Promise<void> {
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--prefix', folder];
  const { ok } = await runProgram('npm', ['install', ...options, RUNTIME], { cwd: folder });
  if (ok) process.env.NODE_PATH = join(folder, 'node_modules');
}
