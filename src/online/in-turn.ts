/** Runs what it is given one after the other; one that fails does not stop the next. */
export function inTurn(): <T>(use: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (use) => {
    const result = last.then(use);
    last = result.catch(() => {});
    return result;
  };
}
