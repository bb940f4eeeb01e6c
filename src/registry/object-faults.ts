/** What the clients of object stores throw, told apart and said without what must not get into a log. */
import type { ErrorCode } from '../shared/error-codes.js';
import { CodedError } from '../shared/errors.js';

/** Why a request failed. */
export type Fault = 'unavailable' | 'denied' | 'no credentials' | 'no bucket' | 'other';

const EXPLANATIONS: Readonly<Record<Fault, { code?: ErrorCode; reason?: string; hint: string }>> = {
  unavailable: { code: 'REGISTRY_UNAVAILABLE', hint: 'try again' },
  denied: {
    code: 'REGISTRY_ACCESS_DENIED',
    hint: 'the credentials in use must be allowed to read and write this object, and to list its bucket',
  },
  'no credentials': {
    code: 'REGISTRY_CREDENTIALS',
    hint: 'no credentials were found that are accepted; docs/registry.md says where they are looked for',
  },
  'no bucket': {
    code: 'REGISTRY_BUCKET_NOT_FOUND',
    reason: 'its bucket or container does not exist',
    hint: 'create it first',
  },
  other: { hint: 'it was left as it was' },
};

/**
 * The error of a failed request. Of the client's own only code, name and the first line of its message are kept, and
 * it is not the cause: it holds the request with its headers.
 */
export function objectError(
  location: string,
  what: 'read' | 'written',
  fault: Fault,
  error: unknown,
): CodedError {
  const { code, reason, hint } = EXPLANATIONS[fault];
  const fallback = what === 'read' ? 'REGISTRY_UNREADABLE' : 'REGISTRY_UNWRITABLE';
  return new CodedError(
    code ?? fallback,
    `registry ${location}: ${reason ?? `it cannot be ${what}`} (${describe(error)}); ${hint}`,
  );
}

interface ClientError {
  readonly name?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
}

function describe(error: unknown): string {
  const { name, code, message } = error as ClientError;
  const title = typeof code === 'string' ? code : name;
  const line = (message ?? '').split('\n')[0]!.trim().slice(0, 200);
  return maskCredentials([title, line].filter((part) => part && part !== 'Error').join(': '));
}

/** Signatures, keys and tokens, as they stand in URLs, connection strings and headers. */
function maskCredentials(text: string): string {
  return text
    .replace(/((?:sig|signature|key|token|secret|password)\s*=\s*)[^&;,\s]+/gi, '$1***')
    .replace(/\b(Bearer|SharedKey)\s+\S+/gi, '$1 ***')
    .replace(/(:\/\/)[^/@\s]*@/g, '$1***@');
}

const TRANSIENT_STATUS = new Set([408, 429, 500, 502, 503, 504]);
const NETWORK_ERROR =
  /^(E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|AI_AGAIN|NOTFOUND|HOSTUNREACH|NETUNREACH)|ERR_STREAM_PREMATURE_CLOSE|REQUEST_SEND_ERROR|TimeoutError|AbortError)$/;

/** Whether trying again may help: the network, or the server said so. */
export function isTransient(error: unknown, status: number | undefined): boolean {
  if (status !== undefined && TRANSIENT_STATUS.has(status)) return true;
  const { name, code, cause } = error as ClientError;
  if ([name, code].some((word) => typeof word === 'string' && NETWORK_ERROR.test(word))) return true;
  return cause !== undefined && cause !== null && isTransient(cause, undefined);
}
