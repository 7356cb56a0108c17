/**
 * One graph for a whole pipeline, or for those of an ensemble.
 *
 * In: `x`, m samples x p features of f64, where NaN is a missing value. A category is the place of its level, and the
 * metadata have the levels. Out: `label`, m names of classes; `probabilities`, m x k, and `decision` (m values for two
 * classes, else m x k), where the classifier has them. A regressor has `value` instead, m values.
 *
 * A sample that spt refuses gets NaN, and an empty label: one with a missing or an infinite value where a step takes
 * none, or with a category
 * that an encoder refuses. Otherwise it would get an answer that means nothing.
 */
import { adjustedNodes } from './adjustment.js';
import { cast, sumOverFeatures, FEATURES } from './arithmetic.js';
import { Builder, int, type Value } from './builder.js';
import { gaussianNodes, layerNodes, linearNodes, neighborsNodes, networkNodes } from './classifiers.js';
import { unknownCheck } from './encoders.js';
import { machineNodes } from './machine.js';
import type { Graph, Port } from './model.js';
import { codesOf, type Outputs } from './outputs.js';
import { linearValueNodes } from './regressors.js';
import { transformNodes, type Check } from './transforms.js';
import { boostedNodes, boostedValueNodes, forestNodes, forestValueNodes } from './trees.js';
import {
  givesValues,
  isMixture,
  type AnyPlan,
  type ClassPart,
  type ClassParts,
  type ClassPlan,
  type LastPart,
  type MixturePlan,
  type PipelineParts,
  type ValuePart,
  type ValueParts,
} from '../plan.js';
import type { TransformPart } from '../plan-transforms.js';

/** The name of the dimension that counts samples. */
const SAMPLES = 'samples';

export function graphOf(plan: AnyPlan, name: string): Graph {
  const b = Builder.create();
  const ports = !isMixture(plan) && givesValues(plan) ? valuePorts(b, plan) : classPorts(b, plan);
  return b.graph(name, [{ name: 'x', type: 'f64', dims: [SAMPLES, plan.features.length] }], ports);
}

function valuePorts(b: Builder, plan: ValueParts): Port[] {
  const checks: Value[] = [];
  const value = valueNodes(b, plan.last, lastInputs(b, plan, checks));
  b.enter('result');
  const checked = b.node('Add', [value, summed(b, checks)]);
  b.rename(b.node('Squeeze', [checked, b.i64([FEATURES])]), 'value');
  return [{ name: 'value', type: 'f64', dims: [SAMPLES] }];
}

function classPorts(b: Builder, plan: ClassPlan | MixturePlan): Port[] {
  const checks: Value[] = [];
  const outputs = isMixture(plan) ? mixtureNodes(b, plan, checks) : pipelineNodes(b, plan, checks);
  b.enter('result');
  return resultNodes(b, outputs, plan.classes, summed(b, checks));
}

function summed(b: Builder, checks: readonly Value[]): Value {
  return checks.reduce((sum, check) => b.node('Add', [sum, check]));
}

/** The values that reach the last part. What is refused is added to `checks`. Names begin with the name of the step. */
function lastInputs(b: Builder, { transforms, last }: PipelineParts, checks: Value[], member = ''): Value {
  let values: Value = 'x';
  for (const part of transforms) {
    b.enter(`${member}${part.step}`);
    const check: Check = (inner, x) => checks.push(...checksOf(b, inner, x));
    check(part, values);
    values = transformNodes(b, part, values, check);
  }
  b.enter(`${member}${last.step}`);
  checks.push(...checksOf(b, last, values));
  return values;
}

function pipelineNodes(b: Builder, parts: ClassParts, checks: Value[], member = ''): Outputs {
  const { last, adjustment } = parts;
  const outputs = classifierNodes(b, last, lastInputs(b, parts, checks, member));
  return adjustment ? adjustedNodes(b, adjustment, outputs, last.classes) : outputs;
}

/** The weighted mean of the probabilities of the members, added up in their order. */
function mixtureNodes(b: Builder, { members, weights, classes }: MixturePlan, checks: Value[]): Outputs {
  const shares = members.map((member, at) => {
    const { probabilities } = pipelineNodes(b, member, checks, `member ${at}/`);
    return b.node('Mul', [probabilities!, b.f64(new Float64Array(classes.length).fill(weights[at]))]);
  });
  b.enter('mixture');
  return { probabilities: shares.reduce((sum, share) => b.node('Add', [sum, share])) };
}

/** m x 1 values. */
function valueNodes(b: Builder, part: ValuePart, x: Value): Value {
  switch (part.kind) {
    case 'forest-value':
      return forestValueNodes(b, part, x);
    case 'boosted-value':
      return boostedValueNodes(b, part, x);
    case 'linear-value':
      return linearValueNodes(b, part, x);
    case 'network-value':
      return layerNodes(b, part, x);
  }
}

function classifierNodes(b: Builder, part: ClassPart, x: Value): Outputs {
  switch (part.kind) {
    case 'linear':
      return linearNodes(b, part, x);
    case 'machine':
      return machineNodes(b, part, x);
    case 'forest':
      return forestNodes(b, part, x);
    case 'boosted':
      return boostedNodes(b, part, x);
    case 'network':
      return networkNodes(b, part, x);
    case 'neighbors':
      return neighborsNodes(b, part, x);
    case 'gaussian':
      return gaussianNodes(b, part, x);
  }
}

/**
 * m x 1 each: 0, or NaN for a sample that the part refuses. 0 times a value is NaN where the value is infinite or
 * missing.
 */
function checksOf(b: Builder, part: TransformPart | LastPart, x: Value): Value[] {
  const checks: Value[] = [];
  const products = b.node('Mul', [roundsToSingles(part) ? cast(b, cast(b, x, 'f32'), 'f64') : x, b.f64(0)]);
  const known = part.missing ? b.node('Where', [b.node('IsNaN', [x]), b.f64(0), products]) : products;
  checks.push(sumOverFeatures(b, known));
  if (part.kind === 'power' && part.method === 'box-cox') {
    const isWrong = b.node('LessOrEqual', [x, b.f64(0)]);
    checks.push(sumOverFeatures(b, b.node('Where', [isWrong, b.f64(NaN), b.f64(0)])));
  }
  if (part.kind === 'encode' && part.refuses) checks.push(unknownCheck(b, part, x));
  return checks;
}

/** Whether a value has to be finite in f32 as well. */
function roundsToSingles(part: TransformPart | LastPart): boolean {
  if (part.kind === 'forest' || part.kind === 'boosted') return part.trees.singles;
  return part.kind === 'network' || part.kind === 'network-value';
}

/** The values that users get, with their names. */
function resultNodes(b: Builder, outputs: Outputs, classes: string[], check: Value): Port[] {
  const codes = codesOf(b, outputs, classes.length);
  const isRefused = b.node('IsNaN', [b.node('Squeeze', [check, b.i64([FEATURES])])]);
  const names = b.node('Gather', [b.texts(classes), codes], { axis: int(0) });
  b.rename(b.node('Where', [isRefused, b.texts([''], []), names]), 'label');
  const ports: Port[] = [{ name: 'label', type: 'text', dims: [SAMPLES] }];
  if (outputs.probabilities) {
    b.rename(b.node('Add', [outputs.probabilities, check]), 'probabilities');
    ports.push({ name: 'probabilities', type: 'f64', dims: [SAMPLES, classes.length] });
  }
  if (outputs.decision) {
    const checked = b.node('Add', [outputs.decision, check]);
    const isBinary = classes.length === 2;
    b.rename(isBinary ? b.node('Squeeze', [checked, b.i64([FEATURES])]) : checked, 'decision');
    ports.push({ name: 'decision', type: 'f64', dims: isBinary ? [SAMPLES] : [SAMPLES, classes.length] });
  }
  return ports;
}
