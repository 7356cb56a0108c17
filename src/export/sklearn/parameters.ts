/** The parameters of a step as arguments of scikit-learn's constructor. */
import { defaultsOf } from '../../ml/definition.js';
import { findStep } from '../../ml/registry.js';
import { shareIn, shareText } from '../../ml/parameters.js';
import { pythonLiteral, type PythonValue } from './literals.js';

/** The parameters of a step by name, with all defaults filled in. */
export type Parameters = { readonly [name: string]: unknown };

/** These belong to spt, or the code of a step writes them itself. */
const OWN = ['engine'];

/**
 * The arguments that differ from the defaults, which are scikit-learn's. `without` are parameters that are left out.
 * Codes of classes in `class_weight` become names.
 */
export function argumentsOf(
  step: string,
  params: Parameters,
  classes: readonly string[],
  without: readonly string[] = [],
): string[] {
  const defaults = defaultsOf(findStep(step).params) as Parameters;
  const same = (name: string): boolean => JSON.stringify(params[name]) === JSON.stringify(defaults[name]);
  return Object.keys(params)
    .filter(name => !OWN.includes(name) && !without.includes(name) && !same(name))
    .map(name => written(name, params[name], classes));
}

/** One argument: `C=0.1`. */
export function argument(name: string, value: PythonValue): string {
  return `${name}=${pythonLiteral(value)}`;
}

/** The argument of a parameter as the config has it. */
function written(name: string, value: unknown, classes: readonly string[]): string {
  const share = shareIn(value);
  if (share !== undefined) return `${name}=${shareText(share)}`;
  // scikit-learn 1.4 and newer know only None.
  if (name === 'penalty' && value === 'none') return argument(name, null);
  if (name !== 'class_weight' || typeof value !== 'object') return argument(name, value as PythonValue);
  // The fit has turned names of classes into codes.
  const weights = Object.entries(value as { [code: string]: number });
  const named = weights.map(([code, weight]) => [classes[Number(code)], weight] as const);
  return argument(name, new Map(named));
}
