import test from 'ava';
import { type ParamSchema, readParams, resolveParams } from '../../../scheduler/dag/params.js';

const resolve = (declared: Record<string, unknown>, given: Record<string, unknown> = {}) => {
  const { values, schemas } = readParams(declared, 'dag "d", params');
  return resolveParams({ dagId: 'd', params: values, paramSchemas: schemas }, given);
};

test('values are defaults, schemas have defaults; what is given is laid over them', (t) => {
  const declared = {
    plain: 1,
    region: { type: 'string', default: 'eu' },
    typed: { type: 'postgres', port: 1 },
  };
  t.deepEqual(resolve(declared), { plain: 1, region: 'eu', typed: { type: 'postgres', port: 1 } });
  t.deepEqual(resolve(declared, { region: 'us', plain: 2 }), {
    ...resolve(declared),
    region: 'us',
    plain: 2,
  });
  t.deepEqual(resolve({ plain: 1 }, { other: 2 }), { plain: 1, other: 2 }, 'without a schema anything goes');
});

const table: [ParamSchema, unknown, string | undefined][] = [
  [{ type: 'string' }, 'a', undefined],
  [{ type: 'string' }, 1, '1 is not of type string'],
  [{ type: 'integer' }, 1, undefined],
  [{ type: 'integer' }, 1.5, '1.5 is not of type integer'],
  [{ type: 'number' }, 1.5, undefined],
  [{ type: 'boolean' }, 'true', '"true" is not of type boolean'],
  [{ type: 'array' }, [1], undefined],
  [{ type: 'array' }, {}, '{} is not of type array'],
  [{ type: 'object' }, null, 'null is not of type object'],
  [{ type: ['string', 'null'] }, null, undefined],
  [{ type: ['string', 'null'] }, 2, '2 is not of type string or null'],
  [{ type: 'string', enum: ['eu', 'us'] }, 'us', undefined],
  [{ type: 'string', enum: ['eu', 'us'] }, 'mars', '"mars" is not one of "eu", "us"'],
  [{ type: 'number', minimum: 1, maximum: 3 }, 0, '0 is less than 1'],
  [{ type: 'number', minimum: 1, maximum: 3 }, 4, '4 is more than 3'],
  [{ type: 'string', minLength: 2 }, 'a', '"a" is shorter than 2 characters'],
  [{ type: 'string', maxLength: 2 }, 'abc', '"abc" is longer than 2 characters'],
  [{ type: 'string', pattern: '^v\\d+$' }, 'v12', undefined],
  [{ type: 'string', pattern: '^v\\d+$' }, '12', '"12" does not match ^v\\d+$'],
];
for (const [schema, value, problem] of table) {
  test(`${JSON.stringify(schema)}: ${JSON.stringify(value)} ${problem ? 'is refused' : 'fits'}`, (t) => {
    if (problem === undefined) t.deepEqual(resolve({ p: schema }, { p: value }), { p: value });
    else {
      const message = `The params do not fit DAG "d": p: ${problem}`;
      t.throws(() => resolve({ p: schema }, { p: value }), { code: 'PARAM_INVALID', message });
      const wrong = { p: { ...schema, default: value } };
      t.throws(() => readParams(wrong, 'dag "d", params'), {
        code: 'DAG_INVALID',
        message: `dag "d", params, p: its default ${problem}`,
      });
    }
  });
}

test('a pattern that is no regular expression is refused where it is declared', (t) => {
  t.throws(() => readParams({ p: { type: 'string', pattern: '(' } }, 'dag "d", params'), {
    code: 'DAG_INVALID',
    message: 'dag "d", params, p, pattern: "(" is not a regular expression',
  });
});

test('all that is wrong is said at once', (t) => {
  const declared = { region: { type: 'string', enum: ['eu'] }, size: { type: 'integer', default: 1 } };
  t.throws(() => resolve(declared, { size: 'big', regoin: 'eu' }), {
    message:
      'The params do not fit DAG "d": region is required; size: "big" is not of type integer; regoin is not a param of this DAG. Did you mean "region"?',
  });
});
