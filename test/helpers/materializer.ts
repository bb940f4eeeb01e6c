/**
 * Materializations in a process of its own, for tests that kill and stop it:
 * `fork(MATERIALIZER, [FOLDER, JSON of MaterializerOptions])`; it sends the result or the error's code when it is
 * done. FOLDER holds feature_store.yaml and an applied registry.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadRepoConfig } from '../../src/config/load-config.js';
import { openOfflineStore } from '../../src/offline/offline-stores.js';
import { openOnlineStore } from '../../src/online/online-stores.js';
import { openFileLeases, openRegistry } from '../../src/registry/index.js';
import { messageOf } from '../../src/shared/errors.js';
import type { RunOptions } from '../../src/store/materialize-options.js';
import { type MaterializationWindow, runMaterialization } from '../../src/store/run-materialization.js';

export const MATERIALIZER = fileURLToPath(import.meta.url);

export interface MaterializerOptions {
  readonly window: MaterializationWindow;
  readonly options: RunOptions;
  readonly ttlMs: number;
  /** what the process does to itself after a number of batches: nothing can come in between */
  readonly signal?: { readonly name: NodeJS.Signals; readonly afterBatches: number };
}

export type MaterializerAnswer =
  | { readonly views: readonly string[]; readonly upToDate: readonly string[]; readonly rowsRead: number }
  | { readonly error: string };

/** Runs it in this process. */
export async function materializeFolder(
  folder: string,
  { window, options, ttlMs, signal }: MaterializerOptions,
): Promise<MaterializerAnswer> {
  const config = loadRepoConfig(folder, { file: undefined });
  const registry = await openRegistry(config.registry, folder);
  const leases = openFileLeases(join(folder, 'data/registry.db.leases'), { ttlMs });
  const offline = await openOfflineStore(config);
  const online = (await openOnlineStore(config))!;
  let batches = 0;
  const onProgress = () => {
    if (signal === undefined || ++batches !== signal.afterBatches) return;
    // a write that is done when it returns: a message would be lost with the process
    writeSync(1, 'now\n');
    process.kill(process.pid, signal.name);
  };
  try {
    const stores = { project: config.project, by: 'test', registry, leases, offline, online };
    const { views, upToDate } = await runMaterialization(window, stores, { ...options, onProgress });
    return {
      views: views.map(({ view }) => view),
      upToDate,
      rowsRead: views.reduce((sum, view) => sum + view.rowsRead, 0),
    };
  } catch (error) {
    return { error: messageOf(error) };
  } finally {
    await Promise.all([offline.close(), online.close(), leases.close(), registry.close()]);
  }
}

if (process.argv[1] === MATERIALIZER) {
  process.send!(await materializeFolder(process.argv[2]!, JSON.parse(process.argv[3]!)));
  process.disconnect();
}
