/** What `spt steps` and `spt metrics` promise: all that may be written, as the checks of a search know it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadExperiment } from '../../src/config/load.js';
import { everyStep } from '../../src/config/written.js';
import { parametersIn } from '../../src/ml/definition.js';
import { registry } from '../../src/ml/registry.js';
import { metrics } from '../../src/ml/scoring/metrics.js';
import { makeSearch } from '../../support/search.js';

const Steps = suite('steps and metrics');

const search = makeSearch();
Steps.after(() => search.remove());

const lines = (out: string): any[] =>
  out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

Steps('the list has every step with what it does and the names of its parameters', async () => {
  const { code, out } = await search.sptHere('steps');
  assert.is(code, 0);
  const text = out.replace(/\s+/g, ' ');
  for (const { name, summary, params } of registry.values()) {
    const read = [...parametersIn(params)].filter(([, { traits }]) => !traits.unused).map(([one]) => one);
    const entry = `${name} ${summary}${read.length > 0 ? ` ${read.join(', ')}` : ''}`;
    assert.ok(text.includes(entry), `${entry} is not in the list`);
  }
  assert.ok(out.split('\n').every(line => line.length <= 80));
});

Steps('one step: every parameter with its values and its default, in 80 columns', async () => {
  for (const name of registry.keys()) {
    const { out } = await search.sptHere('steps', name);
    const [facts] = lines((await search.sptHere('steps', name, '--json')).out);
    const text = out.replace(/\s+/g, ' ');
    assert.ok(out.startsWith(`${name}: `));
    for (const { name: parameter, values, isUnused } of facts.parameters)
      assert.ok(
        text.includes(isUnused ? parameter : `${parameter} ${values}; default `),
        `${name}.${parameter}`,
      );
    for (const { meaning, isUnused } of facts.parameters)
      assert.ok(isUnused || text.includes(meaning), meaning);
    const wide = out.split('\n').filter(line => line.length > 80);
    assert.equal(wide, [], name);
  }
  const { out } = await search.sptHere('steps', 'SVC');
  assert.match(out, /\n {2}C +a number above 0; default 1\n {27}the weight of the loss/);
  assert.match(
    out,
    /Taken and without effect: verbose\.\n\nThe engine ml-svm refuses some values of probability/,
  );
  assert.match(out, /It refuses missing values\. With its defaults it gives labels and a decision\./);
  const ridge = await search.sptHere('steps', 'KNeighborsClassifier');
  assert.match(ridge.out, /gives labels and probabilities\./);
});

Steps('the example of every step loads, and its axes make a grid', async () => {
  for (const facts of lines((await search.sptHere('steps', '--json')).out)) {
    search.write('configs/pipe_configs.yaml', facts.example);
    const { pipelines } = loadExperiment(search.root);
    const steps = [...everyStep(pipelines.get('example')!.written)].map(({ step }) => step);
    assert.ok(
      steps.some(({ name }) => name === facts.name),
      facts.example,
    );
    assert.is(steps.at(-1)!.kind.kind, 'estimator');
  }
  const { out } = await search.sptHere('steps', 'SVC');
  assert.match(out, /\n {2}- SVC:\n {6}C: \[0\.1, 1, 10\]\n {6}kernel: \[rbf, linear, poly, sigmoid\]\n/);
});

Steps('the facts for programs have the defaults of the schemas', async () => {
  const all = lines((await search.sptHere('steps', '--json')).out);
  assert.equal(
    all.map(({ name }) => name),
    [...registry.keys()],
  );
  for (const { name, parameters, missing } of all) {
    const step = registry.get(name)!;
    const defaults = step.params.parse({});
    assert.equal(Object.fromEntries(parameters.map((one: any) => [one.name, one.default])), defaults, name);
    assert.is(missing, step.tags.missing);
  }
});

Steps('a step that there is not', async () => {
  const { code, err } = await search.sptHere('steps', 'StandardScalar');
  assert.is(code, 2);
  assert.match(err, /there is no step "StandardScalar"[^]*Did you mean `StandardScaler`\?/);
});

Steps('every metric, with its direction and what it needs', async () => {
  const { out } = await search.sptHere('metrics');
  for (const metric of metrics.values()) {
    const { name, direction, summary } = metric;
    const line = out.split('\n').find(one => one.split(' ')[0] === name)!;
    assert.match(line, direction === 'min' ? / smaller / : / larger /);
    const isOfValues = metric.task === 'regression';
    assert.match(line, isOfValues ? / values +values / : metric.binaryOnly ? / two classes / : / classes /);
    assert.ok(line.endsWith(summary), line);
  }
  assert.equal(
    lines((await search.sptHere('metrics', '--json')).out).map(({ name, needs, classes }) => [
      name,
      needs,
      classes,
    ]),
    [...metrics.values()].map(metric =>
      metric.task === 'regression'
        ? [metric.name, 'values', undefined]
        : [metric.name, metric.needs, metric.binaryOnly ? 'two' : 'two or more'],
    ),
  );
});

Steps.run();
