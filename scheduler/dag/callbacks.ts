import type { TaskContext } from './context.js';
import { invalidOption, type OptionCheck } from './option.js';

/** When a callback is called; the name of the option that holds it. */
export type CallbackKind = 'onSuccess' | 'onFailure' | 'onRetry' | 'onDeadlineMissed';

/** What a callback is handed. */
export interface CallbackContext extends Omit<TaskContext, 'taskId' | 'progress'> {
  readonly callback: CallbackKind;
  /** null: of the DAG, not of a task */
  readonly taskId: string | null;
  /** why the attempt failed; null for callbacks of the DAG and after success */
  readonly error: { readonly code: string | undefined; readonly message: string } | null;
}

export type CallbackFunction = (context: CallbackContext) => unknown;
export type Callbacks = Readonly<Partial<Record<CallbackKind, CallbackFunction>>>;

export const callback: OptionCheck<CallbackFunction | null> = (value, place) => {
  if (typeof value === 'function') return value as CallbackFunction;
  throw invalidOption(value, place, 'a function; write async (context) => { … }');
};

/** The callbacks among options that were checked. */
export function pickCallbacks(
  options: Readonly<Record<string, unknown>>,
  kinds: readonly CallbackKind[],
): Callbacks {
  const given = kinds.filter((kind) => typeof options[kind] === 'function');
  return Object.freeze(Object.fromEntries(given.map((kind) => [kind, options[kind] as CallbackFunction])));
}

/** The names of callbacks, as a spec keeps them: nothing where there are none. */
export function nameCallbacks(callbacks: Callbacks): { readonly callbacks?: readonly CallbackKind[] } {
  const names = Object.keys(callbacks) as CallbackKind[];
  return names.length === 0 ? {} : { callbacks: names };
}
