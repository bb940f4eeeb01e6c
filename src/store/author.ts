import { hostname, userInfo } from 'node:os';

/** Whom the registry's history names: FEAST_USER, or user@host. */
export function currentAuthor(): string {
  return process.env.FEAST_USER || `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // a container may run as a user that has no name
    return process.env.USER ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
