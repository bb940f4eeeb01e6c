export { type ApplyRequest, executeApply, planAgainstRegistry, teardown } from './apply.js';
export { formatPlan } from './format-plan.js';
export type { InferOptions } from './infer.js';
export type { InfraChange } from './infra-plan.js';
export { type ApplyPlan, type ObjectChange, type PlanRequest, planApply } from './plan.js';
export { type PrepareOptions, prepareContents } from './prepare.js';
export type { Describe } from './source-columns.js';
export { validateContents } from './validate.js';
