import { createInterface } from 'node:readline/promises';
import { isCodedError } from '../shared/errors.js';

/**
 * Does something that may lose data: where that is not allowed, and somebody sits at a terminal, asks first.
 * @param work is given whether losses are allowed
 * @throws CodedError DESTRUCTIVE_CHANGE when they are not, and nobody was there to ask, or the answer was no
 */
export async function withConsent<T>(
  allowDestructive: boolean,
  work: (allowDestructive: boolean) => Promise<T>,
): Promise<T> {
  try {
    return await work(allowDestructive);
  } catch (error) {
    const canAsk = process.stdin.isTTY && process.stdout.isTTY;
    if (!isCodedError(error, 'DESTRUCTIVE_CHANGE') || !canAsk) throw error;
    console.error(error.message);
    const prompt = createInterface({ input: process.stdin, output: process.stdout });
    try {
      if (!/^y(es)?$/i.test((await prompt.question('Do it? [y/N] ')).trim())) throw error;
    } finally {
      prompt.close();
    }
    return work(true);
  }
}
