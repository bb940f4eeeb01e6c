import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';

const POLL_MS = 200;

/**
 * Hands on what a log file holds and what is added to it, until `isOver` says that nothing more will be.
 * @param file may not exist yet
 */
export async function followLog(
  file: string,
  isOver: () => Promise<boolean>,
  write: (chunk: Buffer) => void,
): Promise<void> {
  let position = 0;
  for (;;) {
    // asked before reading: what was written until then is read
    const over = await isOver();
    position = await readFrom(file, position, write);
    if (over) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function readFrom(file: string, position: number, write: (chunk: Buffer) => void): Promise<number> {
  if (!existsSync(file)) return position;
  const handle = await open(file);
  try {
    const stream = handle.createReadStream({ start: position, autoClose: false });
    let at = position;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      write(chunk);
      at += chunk.length;
    }
    return at;
  } finally {
    await handle.close();
  }
}
