/** What an expression of `spt results --where` means, and how a wrong one is told. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell, Kind } from '../../src/base/cells.js';
import { InputError } from '../../src/base/errors.js';
import { explain } from '../../src/terminal/complaints.js';
import type { Column, Row } from '../../src/views/columns.js';
import { filterOf } from '../../src/views/where.js';

const Where = suite('where');

/** A row of three columns and one without a value, each of another type. */
const cells: { [name: string]: [Kind, Cell] } = {
  'SVC.C': ['number', 2],
  'SVC.gamma': ['number', null],
  'SVC.gamma.word': ['text', 'scale'],
  pipeline: ['text', "o'hara"],
  this_search: ['boolean', true],
  unranked: ['boolean', null],
  finished_at: ['time', '2026-01-31T12:00:00.000Z'],
  'StandardScaler#2.with_mean': ['boolean', false],
  'odd name': ['integer', 7],
  not: ['integer', 1],
};
const columns: Column[] = Object.entries(cells).map(([name, [kind, cell]]) => ({
  name,
  kind,
  of: () => cell,
}));
const holds = (expression: string): boolean => filterOf(expression, columns)({} as Row);

Where('comparisons, and, or, not, parentheses, in and is null', () => {
  const cases: [string, boolean][] = [
    ['SVC.C >= 2 and SVC.C<3', true],
    ['SVC.C = 2', true],
    ['SVC.C == 2.0', true],
    ['SVC.C != 2', false],
    ['SVC.C <> 2', false],
    ['2 > SVC.C', false],
    ['SVC.C > -1e-3', true],
    ['SVC.C>.5', true],
    ["pipeline = 'o''hara'", true],
    ['pipeline = "o\'hara"', true],
    ["SVC.gamma.word in ('auto', 'scale')", true],
    ["SVC.gamma.word not in ('auto', 'scale')", false],
    ['SVC.C in (1, 3)', false],
    ['SVC.C not in (1, 3)', true],
    ['SVC.gamma is null', true],
    ['SVC.gamma is not null', false],
    ['SVC.C is not null', true],
    ['this_search', true],
    ['not this_search', false],
    ['this_search = false', false],
    ['StandardScaler#2.with_mean = false', true],
    ["finished_at > '2026-01-31'", true],
    ["finished_at < '2026-01-31T12:00'", false],
    ['`odd name` = 7', true],
    ['`not` = 1', true],
    // `and` binds stronger than `or`, and `not` stronger than both.
    ['SVC.C = 2 or SVC.C = 3 and SVC.C = 4', true],
    ['(SVC.C = 2 or SVC.C = 3) and SVC.C = 4', false],
    ['not SVC.C = 3 and SVC.C = 2', true],
    ['not (SVC.C = 2 and SVC.C = 3)', true],
    ['NOT (SVC.C = 2) OR SVC.C IS NOT NULL', true],
  ];
  for (const [expression, expected] of cases) assert.is(holds(expression), expected, expression);
});

Where('a test of a null is false, also of inequality; not of it is true', () => {
  for (const sign of ['=', '!=', '<', '<=', '>', '>=']) {
    assert.is(holds(`SVC.gamma ${sign} 1`), false, sign);
    assert.is(holds(`not (SVC.gamma ${sign} 1)`), true, sign);
    assert.is(holds(`SVC.gamma ${sign} SVC.gamma`), false, sign);
  }
  assert.is(holds('SVC.gamma in (1, 2)'), false);
  assert.is(holds('SVC.gamma not in (1, 2)'), false);
  assert.is(holds('unranked'), false);
});

/** What is wrong with an expression: the message, the text above the carets, and what they mark. */
function complaint(expression: string) {
  try {
    filterOf(expression, columns);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { lines } = explain(error);
    const carets = lines.find(line => /^ *\^+$/.test(line))!;
    const above = lines[lines.indexOf(carets) - 1];
    const marked = above.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1);
    return { code: error.code, message: error.message, marked, text: lines.join('\n') };
  }
  throw new Error(`${expression} was taken`);
}

Where('a wrong expression is told with a mark under the place', () => {
  const cases: [expression: string, marked: string, message: RegExp][] = [
    ['SVC.Q > 1', 'SVC.Q', /no column is called SVC\.Q/],
    ['SVC.C > 1 and', '', /a value is missing/],
    ['', '', /a value is missing/],
    ['SVC.C', '', /a comparison is missing/],
    ['SVC.C > 1 SVC.C', 'SVC.C', /the condition goes on/],
    ['(SVC.C > 1', '', /a closing parenthesis is missing/],
    ['SVC.C > 1)', ')', /the condition goes on/],
    ["pipeline = 'svc", "'", /no closing '/],
    ['SVC.C & 1', '&', /no meaning/],
    ["SVC.C = 'two'", "'two'", /SVC\.C is a number, and this is a text/],
    ['pipeline = 2', '2', /pipeline is a text, and this is a number/],
    ["1 = 'a'", "'a'", /the value before it is a number, and this is a text/],
    ['SVC.C = null', 'null', /null cannot be compared/],
    ['SVC.C is 2', '2', /null is missing/],
    ['SVC.C in 2', '2', /an opening parenthesis is missing/],
    ['SVC.C in (2', '', /a closing parenthesis is missing/],
    ["SVC.C in (2, 'x')", "'x'", /this is a text/],
    ['SVC.C > 1..2', '1', /no meaning/],
    [`${'('.repeat(200)}SVC.C > 1`, '(', /nests too deep/],
    [`SVC.C > 1 ${'or SVC.C > 1 '.repeat(50)} or SVC.Q > 1`, 'SVC.Q', /no column/],
  ];
  for (const [expression, marked, message] of cases) {
    const told = complaint(expression);
    assert.match(told.message, message, expression);
    assert.is(told.marked, marked, told.text);
    assert.ok(Math.max(...told.text.split('\n').map(line => line.length)) < 400);
  }
  const { text } = complaint('SVC.gama > 1');
  assert.match(text, /Did you mean `SVC\.gamma`\?/);
  assert.match(
    complaint("SVC.gamma = 'scale'").text,
    /The words of this parameter stand in SVC\.gamma\.word\./,
  );
  assert.match(complaint('SVC.C = null').text, /found with is null/);
  assert.match(complaint('SVC.C || 1').text, /The words are and, or, not\./);
});

Where('what a terminal would act upon is not printed, and a very long expression is refused', () => {
  assert.not.match(complaint('\u001b[2J = 1').text, /\u001b/);
  assert.throws(() => filterOf('x'.repeat(10_001), columns), /has 10001 characters/);
});

Where.run();
