/** The nodes of regressors: m x inputs values of f64 go in, and m x 1 come out. */
import type { LinearValuePart } from '../plan.js';
import type { Builder, Value } from './builder.js';

export function linearValueNodes(b: Builder, { inputs, coef, intercept }: LinearValuePart, x: Value): Value {
  return b.node('Add', [b.node('MatMul', [x, b.f64(coef, [inputs, 1])]), b.f64(intercept)]);
}
