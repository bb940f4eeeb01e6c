import { constants, type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file as a whole: readers see the old bytes or the new ones, also after a power cut, and a write that
 * fails leaves the old file and nothing else. The bytes go to `<path>.tmp` first, so one writer at a time: hold a
 * lock. A symbolic link is followed; the file's mode is kept.
 * @throws the error of the file system
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const target = await realpath(path).catch(ifMissing(path));
  const mode = await stat(target).then((found) => found.mode & 0o777, ifMissing(0o666));
  const temporary = `${target}.tmp`;
  try {
    // left behind by a writer that was killed
    await unlink(temporary).catch(ifMissing(undefined));
    await withFile(temporary, 'wx', mode, async (file) => {
      await file.writeFile(bytes);
      await file.sync();
    });
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(ifMissing(undefined));
    throw error;
  }
  // the new name is durable only when the folder is
  await withFile(dirname(target), constants.O_RDONLY, 0, (folder) => folder.sync());
}

async function withFile(
  path: string,
  flags: string | number,
  mode: number,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

/** For `catch`: a file that is not there gives `value`; anything else is thrown on. */
export function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
