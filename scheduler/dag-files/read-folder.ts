import { type Dirent, readdirSync } from 'node:fs';

/** The entries of a folder; one that is gone holds nothing, for it may be removed while its parent is walked. */
export function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
