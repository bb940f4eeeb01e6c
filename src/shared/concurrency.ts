/**
 * Runs `work` on every element, in order of the list, at most `limit` at a time. Never rejects: each element has
 * its outcome, at its place.
 * @param limit at least 1
 */
export async function mapConcurrently<T, R>(
  elements: readonly T[],
  limit: number,
  work: (element: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const outcomes: PromiseSettledResult<R>[] = [];
  const waiting = elements.entries();
  // one iterator for all lanes: each takes the next element that nobody has
  async function runLane(): Promise<void> {
    for (const [i, element] of waiting) {
      try {
        outcomes[i] = { status: 'fulfilled', value: await work(element) };
      } catch (reason) {
        outcomes[i] = { status: 'rejected', reason };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, elements.length) }, runLane));
  return outcomes;
}
