import test from 'ava';
import { type FeastType, feastTypeOf } from '../../../src/definitions/index.js';
import {
  columnFromValues,
  decodeValue,
  encodeColumn,
  encodeValue,
  packedAt,
} from '../../../src/encoding/index.js';
import { readJsonFixture } from '../../helpers/fixtures.js';

interface Golden {
  values: { kind: string | null; json: Record<string, unknown>; hex: string }[];
  value_fields: Record<string, number>;
  value_type_enum: Record<string, number>;
}

const golden = readJsonFixture('golden/values.json') as Golden;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** protobuf's JSON of a value → what decodeValue gives. */
function fromProtoJson(kind: string, json: unknown): unknown {
  if (kind.endsWith('_list_val')) {
    const items = (json as { val?: unknown[] }).val ?? [];
    return items.map((item) => fromProtoJson(kind.replace('_list', ''), item));
  }
  if (kind === 'bytes_val') return new Uint8Array(Buffer.from(json as string, 'base64'));
  if (kind === 'unix_timestamp_val') return new Date(Number(json) * 1000);
  if (kind === 'float_val') return Math.fround(json as number);
  if (kind === 'double_val') return Number(json);
  if (kind === 'int64_val') return Number.isSafeInteger(Number(json)) ? Number(json) : BigInt(json as string);
  return json;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

for (const [index, { kind, json, hex: expected }] of golden.values.entries()) {
  const [content] = Object.values(json);
  test(`golden ${index}: ${kind} ${JSON.stringify(content)}`, (t) => {
    const type = kind === null ? 'Int64' : feastTypeOf(golden.value_fields[kind]!)!;
    const value = kind === null ? null : fromProtoJson(kind, content);
    t.is(hex(encodeValue(value, type, 'test')), expected);
    t.deepEqual(plain(decodeValue(Buffer.from(expected, 'hex'))), value);
    if (!Number.isNaN(value)) {
      const { values } = encodeColumn(columnFromValues('f', type, [value, null, value]));
      t.is(hex(packedAt(values, 0)), expected);
      t.is(hex(packedAt(values, 1)), '');
      t.is(hex(packedAt(values, 2)), expected);
    }
  });
}

const samples: [FeastType, unknown, unknown?][] = [
  ['Int64', 2n ** 63n - 1n],
  ['Int64', 2 ** 53 - 1],
  ['Int64', '-5', -5],
  ['Int32', -(2 ** 31)],
  ['Float64', -0],
  ['Map', { a: 1, b: 'x', c: [1, 2.5], d: null, e: { f: true } }],
  ['Array(Map)', [{ a: 1 }, {}]],
  ['Struct', { a: 'b' }],
  ['Array(Struct)', [{ a: 'b' }]],
  ['Json', { a: [1, null] }],
  ['Array(Json)', [{ a: 1 }, 2]],
  ['Uuid', '7e5a1b04-8b35-4d0c-9f24-0c3c3f6c9d5e'],
  ['TimeUuid', '7e5a1b04-8b35-11ee-9f24-0c3c3f6c9d5e'],
  ['Array(Uuid)', ['7e5a1b04-8b35-4d0c-9f24-0c3c3f6c9d5e']],
  ['Set(Int64)', [1, 2]],
  ['Set(String)', new Set(['a']), ['a']],
  ['Set(Uuid)', ['x']],
  ['Decimal', '12345678901234567890.123'],
  ['Array(Decimal)', ['1.10']],
  ['ValueList', [[1, 2], ['a']]],
  ['ValueSet', [1, 'a']],
  [
    'ScalarMap',
    new Map<unknown, unknown>([
      [1, 'a'],
      [true, null],
    ]),
    new Map<unknown, unknown>([
      [1, 'a'],
      [true, null],
    ]),
  ],
  ['ZonedTimestamp', { timestamp: new Date('2026-11-01T00:00:00Z'), zone: 'Europe/Berlin' }],
  ['UnixTimestamp', '2026-11-01T12:00:00', new Date('2026-11-01T12:00:00Z')],
  ['UnixTimestamp', '2026-11-01T12:00:00-05:00', new Date('2026-11-01T17:00:00Z')],
  ['Array(Bool)', [true, false]],
  ['Set(UnixTimestamp)', [new Date(0)]],
];

for (const [type, value, expected] of samples) {
  test(`round trip: ${type} ${String(value)}`, (t) => {
    t.deepEqual(plain(decodeValue(encodeValue(value, type, 'test'))), expected ?? value);
    const { values } = encodeColumn(columnFromValues('f', type, [value]));
    t.deepEqual(packedAt(values, 0), new Uint8Array(encodeValue(value, type, 'test')));
  });
}

const misfits: [FeastType, unknown, RegExp][] = [
  ['Int64', 1.5, /1\.5 does not fit; expected a 64-bit integer/],
  ['Int64', 2n ** 63n, /9223372036854775808/],
  ['Int64', 'abc', /"abc"/],
  ['Int32', 2 ** 31, /2147483648.*32-bit/],
  ['Float64', 'x', /a number/],
  ['Bool', 1, /true or false/],
  ['String', 5, /a text/],
  ['UnixTimestamp', 'noon', /ISO 8601/],
  ['Json', '{', /holds JSON/],
  ['Array(Int64)', 5, /an array/],
  ['Array(Int64)', [1, null], /no null inside/],
  ['Map', 'x', /an object/],
];

for (const [type, value, message] of misfits) {
  test(`misfit: ${type} ${String(value)}`, (t) => {
    t.throws(() => encodeValue(value, type, 'join key "id"'), { code: 'VALUE_INVALID', message });
    t.throws(() => encodeValue(value, type, 'join key "id"'), { message: /^join key "id": / });
  });
}

test('bytes that are no Value are an error, not a value', (t) => {
  t.throws(() => decodeValue(Buffer.from('0aff', 'hex')), { code: 'VALUE_INVALID' });
});

test('value_text is what Python prints', (t) => {
  const text = (type: FeastType, values: unknown[]) => {
    const packed = encodeColumn(columnFromValues('f', type, values)).text!;
    return values.map((_, i) => Buffer.from(packedAt(packed, i)).toString());
  };
  // printed by Python 3.11: [repr(x) for x in …]
  t.deepEqual(
    text(
      'Float64',
      [1e308, 0.3, 2182, -0, 1e16, 1e15, 123456789012345680, 0.0001, 0.00001, 1.5e-7, 5e-324, 1e22],
    ),
    [
      '1e+308',
      '0.3',
      '2182.0',
      '-0.0',
      '1e+16',
      '1000000000000000.0',
      '1.2345678901234568e+17',
      '0.0001',
      '1e-05',
      '1.5e-07',
      '5e-324',
      '1e+22',
    ],
  );
  t.deepEqual(text('Float64', [Infinity, -Infinity]), ['inf', '-inf']);
  t.deepEqual(text('Float32', [0.1]), ['0.10000000149011612']);
  t.deepEqual(text('Int64', [2n ** 63n - 1n, -1]), ['9223372036854775807', '-1']);
  t.deepEqual(text('Int32', [-3]), ['-3']);
  t.deepEqual(text('Bool', [true, false]), ['True', 'False']);
  t.deepEqual(text('String', ['é', '', '✈']), ['é', '', '✈']);
  for (const type of ['Bytes', 'UnixTimestamp', 'Array(Float32)', 'Json'] as const) {
    t.is(encodeColumn(columnFromValues('f', type, [])).text, undefined);
  }
});

test('a NaN in a column of floats is a missing value, inside an array it is kept', (t) => {
  const floats = encodeColumn(columnFromValues('f', 'Float64', [NaN, 1]));
  t.deepEqual([...floats.values.offsets], [0, 0, 9]);
  const arrays = encodeColumn(columnFromValues('f', 'Array(Float64)', [[NaN]]));
  t.deepEqual(decodeValue(arrays.values.bytes), [NaN]);
});
