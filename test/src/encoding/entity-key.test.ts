import test from 'ava';
import type { FeastType } from '../../../src/definitions/index.js';
import { columnFromValues, encodeEntityKeys, packedAt } from '../../../src/encoding/index.js';
import { readJsonFixture } from '../../helpers/fixtures.js';

interface GoldenKey {
  name: string;
  join_keys: string[];
  values: Record<string, unknown>[];
  v3: string;
}

const TYPES: Record<string, FeastType> = {
  int32_val: 'Int32',
  int64_val: 'Int64',
  string_val: 'String',
  bytes_val: 'Bytes',
  unix_timestamp_val: 'UnixTimestamp',
};

const { keys } = readJsonFixture('golden/keys.json') as { keys: GoldenKey[] };

for (const golden of keys) {
  test(`golden: ${golden.name}`, (t) => {
    const columns = golden.join_keys.map((name, i) => {
      const [[kind, value]] = Object.entries(golden.values[i]!) as [[string, unknown]];
      const input = kind === 'bytes_val' ? Buffer.from(value as string, 'hex') : value;
      return columnFromValues(name, TYPES[kind]!, [input, input]);
    });
    const packed = encodeEntityKeys(columns);
    t.is(Buffer.from(packedAt(packed, 0)).toString('hex'), golden.v3);
    t.is(Buffer.from(packedAt(packed, 1)).toString('hex'), golden.v3, 'the second row of a column');
  });
}

test('a type that Feast cannot put into a key is an error that names it', (t) => {
  t.throws(() => encodeEntityKeys([columnFromValues('weight', 'Float64', [1.5])]), {
    code: 'ENTITY_KEY_TYPE',
    message: /"weight".*Float64/,
  });
});

test('no rows, no keys', (t) => {
  t.deepEqual(encodeEntityKeys([columnFromValues('id', 'Int64', [])]).offsets, Uint32Array.of(0));
});
