import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigSection } from '../config/section.js';
import { configError } from '../config/section.js';
import type { RegistryBackend } from './registry-backend.js';

interface OpenOptions {
  readonly path: string;
  readonly repoPath: string;
}

/** Every backend there is, by where the path points; its file is loaded when it is asked for. */
const BACKENDS: Readonly<Record<string, (options: OpenOptions) => Promise<RegistryBackend>>> = {
  async file({ path, repoPath }) {
    const { openFileRegistry } = await import('./file-registry.js');
    const local = path.startsWith('file://') ? fileURLToPath(path) : path;
    return openFileRegistry(isAbsolute(local) ? local : join(repoPath, local));
  },
};

/**
 * Opens the backend for a registry of type `file`, which covers everything that stores a registry as one object.
 * Feast: registry.py:79-172; a path without a scheme, or with `file`, or with a Windows drive, is a local file.
 * @throws CodedError CONFIG_UNSUPPORTED
 */
export async function openBackend(section: ConfigSection, options: OpenOptions): Promise<RegistryBackend> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):\/\//.exec(options.path)?.[1]?.toLowerCase() ?? 'file';
  const open = BACKENDS[scheme];
  if (open === undefined) {
    throw configError(
      'CONFIG_UNSUPPORTED',
      section,
      ['path'],
      `"${options.path}": this version keeps registries in ${Object.keys(BACKENDS).join(', ')}, not in ${scheme}`,
    );
  }
  return open(options);
}
