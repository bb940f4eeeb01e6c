export {
  type MaterializationProgress,
  type MaterializationResult,
  type MaterializeViewOptions,
  materializeView,
} from './materialize-view.js';
export {
  type FullRequest,
  type IncrementalRequest,
  type MaterializationPlan,
  type PlannedView,
  planMaterialization,
} from './plan-materialization.js';
