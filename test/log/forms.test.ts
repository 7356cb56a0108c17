/** Forms of records: equal where records differ in their numbers only. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Forms } from '../../src/log/forms.js';

const FormsOf = suite('forms');

/** Whether the second text is new after the first. */
function isNewAfter(first: string, second: string, areKindsTold: boolean): boolean {
  const forms = new Forms();
  const isNew = (text: string): boolean =>
    forms.isNew(Buffer.from(`#${text}#`), 1, 1 + Buffer.byteLength(text), areKindsTold);
  assert.ok(isNew(first), first);
  return isNew(second);
}

FormsOf('numbers do not count, and everything else does', () => {
  const base = '{"C":0.1,"k":[1,-2],"word":"a 1 \\" 2"}';
  assert.is(isNewAfter(base, '{"C":3e-7,"k":[10,20],"word":"a 1 \\" 2"}', false), false);
  for (const other of [
    '{"C":0.1,"k":[1,-2],"word":"a 1 \\" 3"}',
    '{"C":0.1,"k":[1,-2,3],"word":"a 1 \\" 2"}',
    '{"D":0.1,"k":[1,-2],"word":"a 1 \\" 2"}',
    '{"C":null,"k":[1,-2],"word":"a 1 \\" 2"}',
    '{"C":"0.1","k":[1,-2],"word":"a 1 \\" 2"}',
  ])
    assert.is(isNewAfter(base, other, false), true, other);
});

FormsOf('whole numbers and fractions differ where it is asked for', () => {
  assert.is(isNewAfter('{"C":1}', '{"C":0.5}', true), true);
  assert.is(isNewAfter('{"C":1}', '{"C":0.5}', false), false);
  assert.is(isNewAfter('{"C":0.25}', '{"C":1.5e-7}', true), false);
  assert.is(isNewAfter('{"C":-1}', '{"C":12}', true), false);
});

FormsOf('a number that JSON.stringify would not write so is new every time', () => {
  for (const odd of ['1.0', '1e3', '1e999', '0e-7', '12345678901234567890'])
    assert.is(isNewAfter(`{"C":${odd}}`, `{"C":${odd}}`, true), true, odd);
});

FormsOf.run();
