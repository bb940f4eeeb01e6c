import type { DuckDBDataChunk, DuckDBResult, DuckDBVector } from '@duckdb/node-api';
import type { FeastType, Field } from '../../definitions/index.js';
import type { Column } from '../../encoding/index.js';
import { CodedError, messageOf } from '../../shared/errors.js';
import type { ColumnBatch } from '../column-batch.js';

/** Cells a batch holds at most, so that memory does not grow with the number of features. */
const CELLS_IN_BATCH = 163_840;
/** DuckDB's chunks hold 2,048 rows. */
const CHUNK_ROWS = 2048;

type NumberArray = BigInt64Array | Int32Array | Float64Array | Float32Array | Uint8Array;

/** Vectors whose `items` are the numbers themselves. */
interface NumericVector {
  readonly items: NumberArray;
  readonly validity: { readonly data: BigUint64Array | null; itemValid(index: number): boolean };
}

interface ListVector {
  getItem(index: number): { readonly items: readonly unknown[] } | null;
}

/**
 * A result of latest-rows-query, a batch of columns at a time. Numbers are copied as typed arrays; only texts,
 * bytes and lists become objects.
 */
export async function* readBatches(
  result: DuckDBResult,
  joinKeys: readonly Field[],
  features: readonly Field[],
  hasCreatedTime: boolean,
): AsyncGenerator<ColumnBatch> {
  const fields = [...joinKeys, ...features];
  const chunksInBatch = Math.max(1, Math.min(8, Math.floor(CELLS_IN_BATCH / CHUNK_ROWS / fields.length)));
  for (;;) {
    const chunks: DuckDBDataChunk[] = [];
    while (chunks.length < chunksInBatch) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      chunks.push(chunk);
    }
    if (chunks.length === 0) return;
    const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const columns = fields.map((field, i) => readColumn(field, chunks, i, rowCount));
    const times = (i: number) => readNumbers(new BigInt64Array(rowCount), chunks, i, NO_TIME);
    yield {
      rowCount,
      joinKeys: columns.slice(0, joinKeys.length),
      features: columns.slice(joinKeys.length),
      eventTimes: times(fields.length).values,
      createdTimes: hasCreatedTime ? times(fields.length + 1).values : undefined,
    };
    if (chunks.length < chunksInBatch) return;
  }
}

const NO_TIME = -(2n ** 63n);

const NUMERIC: Partial<Record<FeastType, (length: number) => NumberArray>> = {
  Int64: (length) => new BigInt64Array(length),
  UnixTimestamp: (length) => new BigInt64Array(length),
  Int32: (length) => new Int32Array(length),
  Float64: (length) => new Float64Array(length),
  Float32: (length) => new Float32Array(length),
  Bool: (length) => new Uint8Array(length),
};

function readColumn(
  { name, dtype }: Field,
  chunks: readonly DuckDBDataChunk[],
  index: number,
  rowCount: number,
): Column {
  const create = NUMERIC[dtype];
  if (create !== undefined) {
    return { name, type: dtype, ...readNumbers(create(rowCount), chunks, index, undefined) };
  }
  const read = itemReader(dtype, name);
  const values: unknown[] = new Array(rowCount);
  let nulls: Uint8Array | undefined;
  let at = 0;
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(index);
    for (let i = 0; i < chunk.rowCount; i++, at++) {
      const value = read(vector, i);
      values[at] = value;
      if (value === null) {
        nulls ??= new Uint8Array(rowCount);
        nulls[at] = 1;
      }
    }
  }
  return { name, type: dtype, values, nulls };
}

/** Copies a numeric column; a null is marked, and set to `empty` where that is given. */
function readNumbers<Values extends NumberArray>(
  values: Values,
  chunks: readonly DuckDBDataChunk[],
  index: number,
  empty: bigint | undefined,
): { values: Values; nulls: Uint8Array | undefined } {
  let nulls: Uint8Array | undefined;
  let at = 0;
  for (const chunk of chunks) {
    const { items, validity } = chunk.getColumnVector(index) as unknown as NumericVector;
    values.set(items as never, at);
    if (validity.data !== null) {
      for (let i = 0; i < chunk.rowCount; i++) {
        if (validity.itemValid(i)) continue;
        nulls ??= new Uint8Array(values.length);
        nulls[at + i] = 1;
        if (empty !== undefined) (values as BigInt64Array)[at + i] = empty;
      }
    }
    at += chunk.rowCount;
  }
  return { values, nulls };
}

function itemReader(type: FeastType, name: string): (vector: DuckDBVector, index: number) => unknown {
  if (type === 'Bytes') {
    return (vector, i) => (vector.getItem(i) as { bytes: Uint8Array } | null)?.bytes ?? null;
  }
  if (type === 'Map' || type === 'Struct') {
    return (vector, i) => {
      const text = vector.getItem(i) as string | null;
      return text === null ? null : parseJson(text, name);
    };
  }
  const element = /^(?:Array|Set)\((\w+)\)$/.exec(type)?.[1];
  if (element === undefined) return (vector, i) => vector.getItem(i) as string | null;
  const convert = elementReader(element, name);
  return (vector, i) => {
    const list = (vector as unknown as ListVector).getItem(i);
    return list === null ? null : list.items.map((item) => (item === null ? null : convert(item)));
  };
}

function elementReader(type: string, name: string): (item: unknown) => unknown {
  if (type === 'Bytes') return (item) => (item as { bytes: Uint8Array }).bytes;
  if (type === 'Bool') return (item) => item === 1;
  if (type === 'Map' || type === 'Struct') return (item) => parseJson(item as string, name);
  return (item) => item;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CodedError(
      'SOURCE_VALUE_INVALID',
      `column "${name}": ${text.slice(0, 80)} is no JSON: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
