import { type AuditChange, kindOf } from '../registry/index.js';
import type { ApplyPlan } from './plan.js';

/** What a plan changes, as the history of a registry keeps it. */
export function auditChangesOf(plan: ApplyPlan): AuditChange[] {
  return plan.changes.map(({ action, kind, name, properties }) => ({
    action,
    kind: kindOf(kind).label,
    name,
    ...(properties.length === 0 ? {} : { properties }),
  }));
}
