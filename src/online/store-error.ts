import type { ErrorCode } from '../shared/error-codes.js';
import { CodedError, isCodedError, messageOf } from '../shared/errors.js';

/** What a driver's error is called, and what to do about it. */
export interface KnownFailure {
  /** matches the driver's code, a space and its message: `ECONNREFUSED connect ECONNREFUSED 127.0.0.1:6379` */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly advice: string;
}

/** What the network does to every store that is a server. */
export const NETWORK_FAILURES: readonly KnownFailure[] = [
  {
    pattern:
      /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|PROTOCOL_CONNECTION_LOST)/,
    code: 'ONLINE_STORE_UNREACHABLE',
    advice: 'the server cannot be reached; see that it runs, and that host, port and TLS settings are right',
  },
];

/**
 * What a driver threw, with a code, the place, and what to do. Errors that have a code of ours come back unchanged.
 * @param place names the store without credentials: `redis localhost:6379/0`
 */
export function storeError(error: unknown, place: string, known: readonly KnownFailure[]): CodedError {
  if (isCodedError(error)) return error;
  const message = describe(error);
  const code = (error as { code?: unknown })?.code;
  const text = code === undefined ? message : `${code} ${message}`;
  const failure = known.find(({ pattern }) => pattern.test(text));
  const advice = failure?.advice ?? 'the server refused it; nothing of it was written';
  return new CodedError(
    failure?.code ?? 'ONLINE_STORE_FAILED',
    `online store ${place}: ${message}: ${advice}`,
    { cause: error },
  );
}

/** Node reports a host with several addresses as an AggregateError without a message. */
function describe(error: unknown): string {
  const { errors } = error as { errors?: readonly unknown[] };
  return messageOf(error) || (errors ?? []).map(messageOf).join(', ') || String(error);
}
