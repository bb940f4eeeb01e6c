export { type Coverage, coverage, historyStart, staleness } from './coverage.js';
export { assessFreshness, type ViewFreshness } from './freshness.js';
export {
  type LateResult,
  type MaterializationProgress,
  type MaterializationResult,
  type MaterializeViewOptions,
  materializeView,
} from './materialize-view.js';
export { materializeWindows } from './materialize-windows.js';
export {
  type MaterializationPlan,
  type MaterializationRequest,
  type PlannedView,
  planMaterialization,
} from './plan-materialization.js';
export { selectViews } from './select-views.js';
export { withViewLease } from './with-view-lease.js';
