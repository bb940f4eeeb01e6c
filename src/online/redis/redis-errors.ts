import { type KnownFailure, NETWORK_FAILURES } from '../store-error.js';

/** What the server and node-redis say, by what it means. */
export const REDIS_FAILURES: readonly KnownFailure[] = [
  {
    pattern: /^(NOAUTH|WRONGPASS|NOPERM|ERR (invalid password|AUTH |Client sent AUTH))/,
    code: 'ONLINE_STORE_DENIED',
    advice: 'see that user and password in connection_string are right, and that the user may read and write',
  },
  {
    pattern: /^(OOM |EXECABORT)/,
    code: 'ONLINE_STORE_FULL',
    advice: 'its memory is full (maxmemory); give it more, or set key_ttl_seconds, and run again',
  },
  {
    pattern: /^(READONLY|MISCONF|NOREPLICAS)/,
    code: 'ONLINE_STORE_NOT_WRITABLE',
    advice: 'it takes no writes; connect to the primary, and see that the server can save',
  },
  {
    pattern: /^(BUSY|LOADING|TRYAGAIN)/,
    code: 'ONLINE_STORE_BUSY',
    advice: 'it is busy; try again later',
  },
  {
    pattern:
      /^(CLUSTERDOWN|MASTERDOWN)|Socket closed|The client is closed|RootNodesUnavailable|None of the root nodes/,
    code: 'ONLINE_STORE_UNREACHABLE',
    advice: 'the server cannot be reached; see that it runs and that connection_string is right',
  },
  ...NETWORK_FAILURES,
];
