/** The layers of networks as code of Python. */
import type { Layers } from '../plan.js';
import { attribute, type StepCode } from './step-code.js';

/** The lines and the numbers of layers, whose outputs go through the given function. */
export function layersCode(
  { units, coefs, intercepts }: Layers,
  output: 'identity' | 'logistic' | 'softmax',
): Pick<StepCode, 'lines' | 'numbers'> {
  const layers = coefs.map(
    (_, layer) => `    of["coefs_"][${layer}].reshape(${units[layer]}, ${units[layer + 1]}),`,
  );
  return {
    lines: [
      'step.coefs_ = [',
      ...layers,
      ']',
      attribute('intercepts_'),
      `step.n_layers_, step.n_outputs_ = ${units.length}, ${units.at(-1)}`,
      `step.out_activation_ = "${output}"`,
    ],
    numbers: { coefs_: coefs, intercepts_: intercepts },
  };
}
