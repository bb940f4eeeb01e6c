import type { Command } from 'commander';
import { openRunStore } from '../store/open-run-store.js';
import type { RunStore } from '../store/run-store.js';
import { enterHome, type Home, makeStateFolder } from './home.js';

/** The home folder of a command: its --home, wherever on the command line it stands. */
export function homeOf(command: Command): Home {
  return enterHome(command.optsWithGlobals<{ home?: string }>().home);
}

/** Hands the state database to `work`, and closes it. */
export async function withStore<T>(
  command: Command,
  work: (store: RunStore, home: Home) => Promise<T>,
): Promise<T> {
  const home = homeOf(command);
  makeStateFolder(home);
  const store = await openRunStore(home.database);
  try {
    return await work(store, home);
  } finally {
    await store.close();
  }
}
