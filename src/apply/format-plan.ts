import type { Json } from '../codec/index.js';
import { DUMMY_ENTITY } from '../definitions/index.js';
import { KINDS } from '../registry/index.js';
import type { ApplyPlan } from './plan.js';

const WORD = { create: 'Created', delete: 'Deleted', update: 'Updated' } as const;

/**
 * The lines Feast prints for a plan (diff/registry_diff.py, diff/infra_diff.py): data sources and the dummy entity
 * are left out, as there.
 */
export function formatPlan(plan: ApplyPlan): string[] {
  const registry = plan.changes
    .filter(({ kind, name }) => kind !== 'data_source' && name !== DUMMY_ENTITY.name)
    .flatMap(({ action, kind, name, properties }) => [
      `${WORD[action]} ${KINDS[kind].label} ${name}`,
      ...properties.map((p) => `\t${p.name}: ${valueText(p.before)} -> ${valueText(p.after)}`),
    ]);
  const kept = plan.kept
    .filter(({ kind }) => kind === 'feature_view')
    .map(({ kind, name, neededBy }) => `Kept ${KINDS[kind].label} ${name}, which ${neededBy} is built on`);
  const infra = plan.infra.flatMap(({ action, object, before }) => [
    `${WORD[action]} ${object.type} ${object.name}`,
    ...(before === undefined ? [] : [`\tpath: ${before} -> ${object.location}`]),
  ]);
  return [
    ...(registry.length === 0 ? ['No changes to registry'] : registry),
    ...kept,
    ...(infra.length === 0 ? ['No changes to infrastructure'] : infra),
  ];
}

function valueText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
