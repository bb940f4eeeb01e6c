import test from 'ava';
import { toJsonText } from '../../../scheduler/executor/json-value.js';
import { isCodedError } from '../../../src/shared/errors.js';

test('an object that stands in two places is no cycle', (t) => {
  const shared = { a: 1 };
  t.is(toJsonText([shared, shared]), '[{"a":1},{"a":1}]');
});

test('class instances are written by their properties, typed arrays and sets are refused', (t) => {
  class Point {
    readonly x = 1;
  }
  t.is(toJsonText(new Point()), '{"x":1}');
  for (const value of [new Set([1]), new Float64Array(2), Promise.resolve(1), /x/]) {
    t.true(
      isCodedError(
        t.throws(() => toJsonText({ value })),
        'TASK_RESULT_NOT_JSON',
      ),
    );
  }
});
