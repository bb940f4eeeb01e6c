/** Changes that lose what somebody has: materialized rows, or a function that only Python holds. */
import { type DefinitionKind, isViewKind, kindOf } from '../registry/index.js';
import { CodedError } from '../shared/errors.js';
import type { ApplyPlan } from './plan.js';
import type { PropertyChange } from './spec-diff.js';

interface ViewMeta {
  readonly meta?: { readonly materializationIntervals?: unknown[] | null } | null;
  readonly spec?: { readonly online?: boolean | null; readonly writeToOnlineStore?: boolean | null } | null;
}

const isMaterialized = (view: ViewMeta) => (view.meta?.materializationIntervals ?? []).length > 0;

/** Why deleting an object loses something; undefined where it does not. */
export function lossOfDeletion(kind: DefinitionKind, proto: object): string | undefined {
  return isViewKind(kind) && isMaterialized(proto as ViewMeta) ? 'its materialized data is lost' : undefined;
}

/** Why changing an object loses something; undefined where it does not. */
export function lossOfUpdate(
  kind: DefinitionKind,
  before: object,
  after: object,
  properties: readonly PropertyChange[],
): string | undefined {
  const changed = new Set(properties.map(({ name }) => name));
  const { isForeign } = kindOf(kind);
  if (isForeign(before) && !isForeign(after))
    return 'it replaces what Python registered and only Python can restore';
  const { spec } = before as ViewMeta;
  const isStored = isMaterialized(before as ViewMeta) || !!spec?.online || !!spec?.writeToOnlineStore;
  const isRekeyed = changed.has('entities') || rekeys(properties);
  if (isViewKind(kind) && isStored && isRekeyed) {
    return 'rows in the online store lie under other keys, and are not found any more';
  }
  if (kind === 'entity' && changed.has('join_key')) {
    return 'rows stored under the old join key are not found any more';
  }
  return undefined;
}

/** Join-key columns that are others, or of another type; a description is no key. */
function rekeys(properties: readonly PropertyChange[]): boolean {
  const change = properties.find(({ name }) => name === 'entity_columns');
  if (change === undefined) return false;
  const keysOf = (value: unknown) =>
    JSON.stringify(
      ((value ?? []) as { name?: string; value_type?: string }[]).map((one) => [one.name, one.value_type]),
    );
  return keysOf(change.before) !== keysOf(change.after);
}

/** The losses of a plan, a line each. */
export function lossesOf(plan: ApplyPlan): string[] {
  return [
    ...plan.changes.flatMap(({ action, kind, name, loss }) =>
      loss === undefined ? [] : [`${action} ${kindOf(kind).label} "${name}": ${loss}`],
    ),
    ...plan.infra.flatMap(({ action, object, loss }) =>
      loss === undefined ? [] : [`${action} ${object.type} "${object.name}": ${loss}`],
    ),
  ];
}

/** @throws CodedError DESTRUCTIVE_CHANGE when the plan loses something and that was not allowed */
export function refuseLosses(plan: ApplyPlan, allowDestructive: boolean): void {
  const losses = lossesOf(plan);
  if (losses.length === 0 || allowDestructive) return;
  throw new CodedError(
    'DESTRUCTIVE_CHANGE',
    `nothing was changed, for this apply would lose data: ${losses.join('; ')}. Allow it (--allow-destructive, or allowDestructive: true), or restore the definitions`,
  );
}
