/** Microseconds since the epoch or of a span, as Python keeps them, against protobuf's seconds and nanoseconds. */
import { google } from './feast.js';

type Timestamp = google.protobuf.Timestamp.$Properties;
type Duration = google.protobuf.Duration.$Properties;

const MICROS = 1_000_000n;

/** Rounds nothing: `micros` is exact. */
export function timestampOf(micros: bigint): google.protobuf.Timestamp {
  const { seconds, nanos } = split(micros);
  return new google.protobuf.Timestamp({ seconds, nanos });
}

/** Microseconds since the epoch; nanoseconds below a microsecond are cut off, as in Python. */
export function microsOf(timestamp: Timestamp): bigint {
  return join(timestamp);
}

/** @param ms milliseconds, fractions of a microsecond cut off */
export function durationOf(ms: number): google.protobuf.Duration {
  const { seconds, nanos } = split(BigInt(Math.trunc(ms * 1000)));
  return new google.protobuf.Duration({ seconds, nanos });
}

/** Milliseconds; a missing duration is 0. */
export function durationMs(duration: Duration | null | undefined): number {
  return duration === null || duration === undefined ? 0 : Number(join(duration)) / 1000;
}

/** Now, in microseconds since the epoch. */
export function nowMicros(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
}

function split(micros: bigint): { seconds: number; nanos: number } {
  const below = ((micros % MICROS) + MICROS) % MICROS;
  return { seconds: Number((micros - below) / MICROS), nanos: Number(below) * 1000 };
}

function join(time: Timestamp | Duration): bigint {
  return BigInt((time.seconds ?? 0).toString()) * MICROS + BigInt(Math.trunc((time.nanos ?? 0) / 1000));
}
