/** The JSON Schemas take every file that a search takes, and refuse the mistakes that JSON Schema can tell. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { z } from 'zod';
import { configJsonSchema, pipelinesJsonSchema } from '../../src/config/json-schema.js';
import { exampleOf } from '../../src/config/step-example.js';
import { parametersIn } from '../../src/ml/definition.js';
import { registry } from '../../src/ml/registry.js';
import { everyStepSearches } from '../../support/every-step.js';
import { root } from '../../support/root.js';
import { smallConfig, smallPipes } from '../../support/search.js';

const Schemas = suite('JSON Schemas');

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
const checks = { config: ajv.compile(configJsonSchema()), pipes: ajv.compile(pipelinesJsonSchema()) };

/** What the schema finds wrong in a YAML text: each a place and a message. */
function faults(check: ValidateFunction, text: string): string[] {
  check(parse(text));
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const taken = (which: keyof typeof checks, text: string, what: string): void =>
  assert.equal(faults(checks[which], text), [], what);

Schemas('every search of the repository is taken', () => {
  taken('config', smallConfig, 'the small config');
  taken('pipes', smallPipes, 'the small pipelines');
  const everyStep = everyStepSearches.map(which => `test/fixtures/every-step/${which}/configs`);
  for (const folder of ['configs', ...everyStep, 'test/fixtures/ids-0.1.0']) {
    for (const name of readdirSync(join(root, folder)).filter(file => file.endsWith('.yaml'))) {
      const text = readFileSync(join(root, folder, name), 'utf8');
      taken(/^pipe/.test(name) ? 'pipes' : 'config', text, `${folder}/${name}`);
    }
  }
});

Schemas('every whole file that a page shows is taken', () => {
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map(name => `docs/${name}`)];
  let count = 0;
  for (const page of pages.filter(name => name.endsWith('.md'))) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, name, block] of text.matchAll(
      /```yaml\n# configs\/(pipe_configs|config)\.yaml\n([^]*?)```/g,
    )) {
      taken(name === 'config' ? 'config' : 'pipes', block, page);
      count++;
    }
  }
  assert.ok(count >= 2, `${count} files were found`);
});

Schemas('the example of every step is taken', () => {
  for (const step of registry.values()) taken('pipes', exampleOf(step), step.name);
});

/** A working config with one piece replaced. */
const config = (from: string, to: string): string => {
  assert.ok(smallConfig.includes(from), from);
  return smallConfig.replace(from, to);
};
const wrongConfigs: [string, string, RegExp][] = [
  ['an unknown key', `${smallConfig}\nsplit: x\n`, /^ must NOT have additional properties/],
  ['a missing key', config('target: Condition', ''), /must have required property 'target'/],
  [
    'a file of another kind',
    config('data/features.csv', 'data/features.xlsx'),
    /^\/data\/features must match/,
  ],
  ['an unknown metric', config('scoring: roc_auc', 'scoring: auc'), /^\/scoring must be equal to one of/],
  ['an unknown metric beside it', config('[accuracy]', '[acc]'), /^\/metrics\/0 must be equal to one of/],
  ['one fold', config('folds: 3', 'folds: 1'), /^\/cv\/folds must be >= 2/],
  ['a word for a number', config('folds: 3', 'folds: three'), /^\/cv\/folds must be integer/],
  ['a key of cv that there is not', config('folds: 3', 'n_splits: 3'), /^\/cv must NOT have additional/],
  ['a seed below 0', config('seed: 7', 'seed: -1'), /^\/seed must be >= 0/],
  ['a lease without a unit', config('lease: 3s', 'lease: 3'), /^\/worker\/lease must be string/],
  ['a lease with another unit', config('lease: 3s', 'lease: 3 weeks'), /^\/worker\/lease must match/],
  ['a name with a space', config('train_A1:', '"train A1":'), /^\/splits must match pattern/],
  ['a filter without where', config('{ where: { Batch: 4 } }', '{ Batch: 4 }'), /required property 'where'/],
  ['an unknown comparison', config('{ gte: 2 }', '{ ge: 2 }'), /Batch must NOT have additional/],
];
for (const [what, text, words] of wrongConfigs) {
  Schemas(`config.yaml: ${what} is refused`, () => {
    const found = faults(checks.config, text);
    assert.ok(
      found.some(one => words.test(one)),
      found.join('\n'),
    );
  });
}

const wrongPipes: [string, string, RegExp][] = [
  ['an unknown step', 'p: [StandardScalar, SVC]', /^\/p\/0 must be equal to one of/],
  ['an unknown step with parameters', 'p: [{ SVM: { C: 1 } }]', /^\/p\/0 must NOT have additional/],
  ['two steps in one item', 'p: [{ StandardScaler: {}, SVC: {} }]', /^\/p\/0 must NOT have more than 1/],
  ['an unknown parameter', 'p: [{ SVC: { c: 1 } }]', /^\/p\/0\/SVC must NOT have additional/],
  [
    'a parameter of a union',
    'p: [{ SVC: [{ C: 1 }, { c: 1 }] }]',
    /^\/p\/0\/SVC\/1 must NOT have additional/,
  ],
  ['a value out of range', 'p: [{ SVC: { C: 0 } }]', /^\/p\/0\/SVC\/C must be > 0/],
  ['a value of an axis out of range', 'p: [{ SVC: { C: [1, -1] } }]', /^\/p\/0\/SVC\/C\/1 must be > 0/],
  ['a text of numbers', 'p: [{ SVC: { C: 0.1, 1, 10 } }]', /additional properties/],
  ['numbers as one text', 'p: [{ SVC: { C: "0.1, 1, 10" } }]', /^\/p\/0\/SVC\/C must be number/],
  ['an unknown word', 'p: [{ SVC: { kernel: [linear, gauss] } }]', /^\/p\/0\/SVC\/kernel\/1 must be equal/],
  ['an axis of two numbers', 'p: [{ SVC: { C: { logspace: [1, 2] } } }]', /logspace must NOT have fewer/],
  ['an axis that there is not', 'p: [{ SVC: { C: { logspce: [1, 2, 3] } } }]', /^\/p\/0\/SVC\/C must/],
  ['an axis of words', 'p: [{ SVC: { kernel: { logspace: [1, 2, 3] } } }]', /^\/p\/0\/SVC\/kernel must be/],
  ['a list that is a value', 'p: [{ MLPClassifier: { hidden_layer_sizes: [[0]] } }]', /sizes\/0/],
  ['no values', 'p: [{ SVC: { C: [] } }]', /^\/p\/0\/SVC\/C must NOT have fewer than 1/],
  ['no steps', 'p: []', /^\/p must NOT have fewer than 1/],
  ['no pipelines', '{}', /^ must NOT have fewer than 1/],
  ['a search by another method', 'p: { search: { method: bayes }, steps: [SVC] }', /method must be equal/],
  ['a search without steps', 'p: { search: { method: grid } }', /required property 'steps'/],
  ['a pipeline with a bad name', '"a b": [SVC]', /must match pattern/],
];
for (const [what, text, words] of wrongPipes) {
  Schemas(`pipe_configs.yaml: ${what} is refused`, () => {
    const found = faults(checks.pipes, text);
    assert.ok(
      found.some(one => words.test(one)),
      found.join('\n'),
    );
  });
}

const VALUES = [
  ...[null, true, false, 0, 1, 2, 3, 100, -1, 0.25, 0.75, 1.5, 1e-6, 1e6, 'auto', 'balanced', 'nonsense', ''],
  ...[[], [1], [0], [1, 2], [0.5, 0.25], [10, 90], ['a'], {}, { 0: 1 }, { 0: -1 }, { a: 'b' }],
];
/** The issues that are about the form of one value, and not about other parameters. */
const FORM = ['invalid_type', 'invalid_value', 'too_small', 'too_big', 'invalid_union', 'invalid_key'];

Schemas('a value alone is taken where the step takes it, and refused where its form is wrong', () => {
  let [right, wrong] = [0, 0];
  for (const { name, params } of registry.values()) {
    for (const [parameter] of parametersIn(params)) {
      for (const value of VALUES) {
        const issues: z.core.$ZodIssue[] = params.safeParse({ [parameter]: value }).error?.issues ?? [];
        const isTaken = checks.pipes({ p: [{ [name]: { [parameter]: [value] } }] });
        const what = `${name}.${parameter}: ${JSON.stringify(value)}`;
        if (issues.length === 0) {
          assert.ok(isTaken, what);
          right++;
        } else if (issues.every(({ code, path }) => FORM.includes(code) && path[0] === parameter)) {
          assert.not(isTaken, what);
          wrong++;
        }
      }
    }
  }
  assert.ok(right > 1000 && wrong > 2000, `${right} right and ${wrong} wrong values`);
});

Schemas('a mistake of the schema would be seen: a made-up step is refused', () => {
  assert.is(faults(checks.pipes, 'p: [SVC]').length, 0);
  assert.ok(faults(checks.pipes, 'p: [SVD]').length > 0);
});

Schemas('editors show what each step, parameter and key means', () => {
  const { definitions, properties } = { ...configJsonSchema(), ...pipelinesJsonSchema() } as any;
  assert.match(properties.scoring.description, /The metric that ranks/);
  for (const { name, params } of registry.values()) {
    for (const [parameter, { description }] of parametersIn(params))
      assert.is(definitions[name].properties[parameter].description, description);
  }
});

Schemas.run();
