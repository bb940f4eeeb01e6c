import { dirname, resolve } from 'node:path';
import { loadRepoConfig } from '../config/load-config.js';
import type { BackendConfig } from '../config/repo-config.js';
import { sectionOf } from '../config/section.js';
import { type CopyResult, copyRegistry, openBackend } from '../registry/index.js';
import { maskCredentials } from '../shared/credentials.js';

export type { CopyResult } from '../registry/index.js';

interface Place {
  readonly config: BackendConfig;
  /** relative paths start here */
  readonly folder: string;
  /** for messages; holds no credentials */
  readonly name: string;
}

/** A place is what feature_store.yaml may hold under `registry` (a path or URL), or such a file itself. */
function placeOf(text: string): Place {
  if (/\.ya?ml$/i.test(text) && !text.includes('://')) {
    const file = resolve(text);
    return { config: loadRepoConfig(dirname(file), { file }).registry, folder: dirname(file), name: text };
  }
  const isDatabase = /^(postgresql|mysql|mariadb|sqlite)(\+\w+)?:\/\//i.test(text);
  const isBlob = /^https?:\/\//i.test(text);
  const values = { path: text, ...(isBlob && { registry_store_type: 'AzureRegistryStore' }) };
  return {
    config: { type: isDatabase ? 'sql' : 'file', section: sectionOf(values, 'registry') },
    folder: process.cwd(),
    name: maskCredentials(text),
  };
}

/**
 * Copies all of a registry to another place, whatever keeps either, and compares what is read back.
 * @param request.from path or URL as in feature_store.yaml, or a feature_store.yaml
 * @param request.to likewise
 * @param request.force replace a registry that holds something
 * @throws CodedError CONFIG_*, REGISTRY_*
 */
export async function copyRegistryBetween(request: {
  readonly from: string;
  readonly to: string;
  readonly force: boolean;
}): Promise<CopyResult> {
  const [from, to] = [placeOf(request.from), placeOf(request.to)];
  const { backend: source } = await openBackend(from.config, from.folder);
  try {
    const { backend: target } = await openBackend(to.config, to.folder);
    try {
      return await copyRegistry(source, target, { from: from.name, to: to.name, force: request.force });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
