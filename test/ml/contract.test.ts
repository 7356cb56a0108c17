import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { registry } from '../../src/ml/registry.js';
import type { ClassifierKind, Estimator, Transform } from '../../src/ml/types.js';
import { CASES } from '../../support/contract-cases.js';
import { classifierChecks } from '../../support/contract-classifier.js';
import { kindChecks, onValuesOfAtLeastZero, shapeOf, warnsOf } from '../../support/contract-tools.js';
import { regressorChecks } from '../../support/contract-regressor.js';
import { transformChecks } from '../../support/contract-transform.js';
import { fixture } from '../../support/fixture.js';
import { classifiers } from '../../support/tasks.js';

/**
 * One contract for every step of the registry: a new step is held to it by being there. CASES says with which
 * parameters a step is checked. Tags say what a step cannot do. A step with engines is checked with each engine.
 */

const test = suite('contract');

/** The engines of a step, or none. */
function enginesOf(kind: Estimator | Transform): string[] {
  const { engine } = shapeOf(kind) as { engine?: { unwrap(): { options: string[] } } };
  return engine ? engine.unwrap().options : [];
}

/** The promises of steps of this kind. */
function checksOf(kind: Estimator | Transform): typeof kindChecks {
  if (kind.kind === 'transform') return transformChecks as typeof kindChecks;
  const ofEstimators = kind.task === 'regression' ? regressorChecks : classifierChecks;
  return ofEstimators as typeof kindChecks;
}

function register(step: Estimator | Transform, engine: string | undefined): void {
  const cases = CASES[engine ? `${step.name} ${engine}` : step.name] ?? {};
  const { params: sets = [{}], warnings = [] } = cases;
  const kind = cases.atLeastZero ? onValuesOfAtLeastZero(step as ClassifierKind) : step;
  const checks = checksOf(kind);
  for (const given of sets) {
    const params = engine ? { ...given, engine } : given;
    for (const [promise, check] of Object.entries({ ...kindChecks, ...checks }))
      if (!cases.except?.[promise])
        test(`${kind.name} ${JSON.stringify(params)}: ${promise}`, () => check(kind, params));
  }
  for (const { params, problem, code } of warnings) {
    test(`${kind.name} ${JSON.stringify(params)}: warns of ${code}`, () => {
      const told = warnsOf(kind, params, problem);
      assert.ok(told.length > 0, 'no warning');
      for (const warning of told) {
        assert.is(warning.code, code);
        assert.match(warning.message, /^[^\n]{20,}\.$/);
      }
    });
  }
}

for (const kind of registry.values()) {
  const engines = enginesOf(kind);
  for (const engine of engines.length > 0 ? engines : [undefined]) {
    const { params: [given = {}] = [{}] } = CASES[kind.name] ?? {};
    await kind.ready?.(kind.params.parse(engine ? { engine } : given));
    register(kind, engine);
  }
}

test('every case is of a step', () => {
  const known = [...registry.values()].flatMap(kind => [
    kind.name,
    ...enginesOf(kind).map(engine => `${kind.name} ${engine}`),
  ]);
  assert.equal(
    Object.keys(CASES).filter(step => !known.includes(step)),
    [],
  );
});

test('the steps with a decision are those whose peer has a decision_function', () => {
  const peers: { [step: string]: { decision: boolean } } = fixture('parameters').steps;
  for (const { name, tags } of classifiers) assert.is(tags.decision, peers[name]?.decision, name);
});

test.run();
