type Write = typeof process.stdout.write;

/**
 * From now on, whatever this thread prints (console, process.stdout, process.stderr) goes to `sink`.
 * Only JavaScript is caught: native code that writes to the file descriptor itself is not.
 */
export function captureOutput(sink: (text: string | Uint8Array) => void): void {
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    sink(
      typeof chunk === 'string' && typeof encoding === 'string'
        ? Buffer.from(chunk, encoding as BufferEncoding)
        : chunk,
    );
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return true;
  };
  process.stdout.write = write as Write;
  process.stderr.write = write as Write;
}
