/** What src/ml/definition.ts reads out of a schema. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { defaultsOf, definitionOf, parametersIn, traitsOf, withTraits } from '../../src/ml/definition.js';
import { countOrShare, orDefault, unused } from '../../src/ml/parameters.js';
import { registry } from '../../src/ml/registry.js';

const test = suite('definitions');

test('a number tells whether it is whole, and its limits', () => {
  const { kind, isWhole, range } = definitionOf(z.int().min(1).lt(9));
  assert.equal([kind, isWhole, range], ['number', true, { least: 1, below: 9 }]);
  assert.equal(definitionOf(z.number().gt(0).max(1)).range, { above: 0, most: 1 });
  assert.is(definitionOf(z.number()).isWhole, false);
});

test('what surrounds a schema does not hide it', () => {
  const schema = z.enum(['a', 'b']).nullable().default('a').describe('one of two');
  const { kind, choices, isNullable, isRequired, default: value, description } = definitionOf(schema);
  assert.equal([kind, choices, isNullable, isRequired], ['choice', ['a', 'b'], true, false]);
  assert.equal([value, description], ['a', 'one of two']);
  assert.equal(definitionOf(z.boolean().optional()).isRequired, false);
  assert.equal(definitionOf(z.boolean()).isRequired, true);
});

test('lists, tuples, maps, records and unions tell what is in them', () => {
  const kinds = (schemas: readonly { kind: string }[] = []): string[] => schemas.map(({ kind }) => kind);
  assert.is(definitionOf(z.array(z.string())).item!.kind, 'text');
  assert.is(definitionOf(z.record(z.string(), z.boolean())).item!.kind, 'boolean');
  assert.equal(kinds(definitionOf(z.tuple([z.number(), z.null()])).items), ['number', 'null']);
  assert.equal(kinds(definitionOf(z.union([z.number(), z.literal('all')])).options), ['number', 'choice']);
  assert.equal([...parametersIn(z.strictObject({ a: z.string(), b: z.string() })).keys()], ['a', 'b']);
});

test('traits reach the schemas that are made from a schema', () => {
  const params = z.strictObject({
    share: countOrShare(1, true).nullable().default(null).describe('a count or a share'),
    either: z.union([z.literal('all'), countOrShare(1, true)]).describe('all, or a count or a share'),
    none: orDefault(z.number(), 3).describe('null is 3'),
    idle: unused(z.boolean()),
    both: withTraits(countOrShare(1, true).default(1), { unused: true }),
  });
  assert.equal(traitsOf(params, 'share'), { countOrShare: true });
  assert.equal(traitsOf(params, 'either'), { countOrShare: true });
  assert.equal(traitsOf(params, 'none'), { nullIsDefault: true });
  assert.equal(traitsOf(params, 'idle'), { unused: true });
  assert.equal(traitsOf(params, 'both'), { countOrShare: true, unused: true });
  assert.equal(traitsOf(params, 'stranger'), {});
});

test('the default of every parameter of every step is the one that its schema fills in', () => {
  for (const { name, params } of registry.values()) {
    const filled = defaultsOf(params);
    for (const [parameter, { default: value, isRequired, description, traits }] of parametersIn(params)) {
      assert.equal(filled[parameter], value, `${name} ${parameter}`);
      assert.is(isRequired, traits.steps !== undefined, `${name} ${parameter}`);
      assert.ok(description, `${name} ${parameter}`);
    }
  }
});

test.run();
