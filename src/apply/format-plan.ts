import type { Json } from '../codec/index.js';
import { DUMMY_ENTITY } from '../definitions/index.js';
import { isViewKind, KINDS } from '../registry/index.js';
import type { ApplyPlan } from './plan.js';

const WORD = { create: 'Created', delete: 'Deleted', update: 'Updated' } as const;

/**
 * The lines Feast prints for a plan (diff/registry_diff.py, diff/infra_diff.py): data sources and the dummy entity
 * are left out, as there.
 */
export function formatPlan(plan: ApplyPlan): string[] {
  const registry = plan.changes
    .filter(({ kind, name }) => kind !== 'data_source' && name !== DUMMY_ENTITY.name)
    .flatMap(({ action, kind, name, properties, loss }) => [
      `${WORD[action]} ${KINDS[kind].label} ${name}`,
      ...properties.map((p) => `\t${p.name}: ${valueText(p.before)} -> ${valueText(p.after)}`),
      ...lossLines(loss),
    ]);
  const kept = plan.kept
    .filter(({ kind }) => isViewKind(kind))
    .map(({ kind, name, neededBy }) => `Kept ${KINDS[kind].label} ${name}, which ${neededBy} is built on`);
  const infra = plan.infra.flatMap(({ action, object, before, loss }) => [
    `${WORD[action]} ${object.type} ${object.name}`,
    ...(before === undefined ? [] : [`\tpath: ${before} -> ${object.location}`]),
    ...lossLines(loss),
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

function lossLines(loss: string | undefined): string[] {
  return loss === undefined ? [] : [`\tdestructive: ${loss}`];
}

/** A plan for programs: everything that apply would change, data sources and the dummy entity included. */
export interface PlanJson {
  readonly project: string;
  /** whether something is lost, so that apply has to be allowed it */
  readonly destructive: boolean;
  readonly changes: readonly {
    readonly action: string;
    readonly kind: string;
    readonly name: string;
    readonly properties: readonly {
      readonly name: string;
      readonly before?: Json | undefined;
      readonly after?: Json | undefined;
    }[];
    readonly loss: string | null;
  }[];
  readonly infra: readonly {
    readonly action: string;
    readonly type: string;
    readonly name: string;
    readonly location: string;
    readonly before: string | null;
    readonly loss: string | null;
  }[];
  readonly kept: ApplyPlan['kept'];
}

export function planJson({ project, changes, infra, kept }: ApplyPlan): PlanJson {
  return {
    project,
    destructive: [...changes, ...infra].some(({ loss }) => loss !== undefined),
    changes: changes.map(({ action, kind, name, properties, loss }) => ({
      action,
      kind,
      name,
      properties,
      loss: loss ?? null,
    })),
    infra: infra.map(({ action, object, before, loss }) => ({
      action,
      ...object,
      before: before ?? null,
      loss: loss ?? null,
    })),
    kept,
  };
}
