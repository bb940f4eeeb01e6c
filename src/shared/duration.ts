import { CodedError } from './errors.js';

/** Milliseconds, or a text of number-and-unit pairs: `30s`, `1h30m`, `500ms`, `2d`, `1w`. */
export type Duration = number | string;

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * A duration in milliseconds.
 * @param place what the value belongs to, for the error message: `task "load", retryDelay`
 * @throws CodedError DURATION_INVALID
 */
export function parseDuration(value: Duration, place: string): number {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && value >= 0) return value;
  } else if (/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(value)) {
    let total = 0;
    for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
      total += Number(amount) * UNIT_MS[unit as string]!;
    }
    return total;
  }
  throw new CodedError(
    'DURATION_INVALID',
    `${place}: ${JSON.stringify(value)} is not a duration; expected milliseconds or a text such as "30s", "5m", "1h30m" or "2d"`,
  );
}

/** A duration for people: `1h30m`, `2.4s`, `35ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))}s`;
  const parts: string[] = [];
  let seconds = Math.round(ms / 1000);
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    if (seconds >= size) parts.push(`${Math.floor(seconds / size)}${unit}`);
    seconds %= size;
  }
  return parts.join('');
}
