import { type Duration, parseDuration } from '../shared/duration.js';
import type { BatchSource, ConflictPolicy, LabelView, StreamSource } from './definitions.js';
import { FEATURE_VIEW_CHECKS } from './feature-view.js';
import { checkOptions, frozen, isDuration, isFlag, isOneOf, isText } from './options.js';
import { VIEW_CHECKS, type ViewOptions, viewBase } from './view-base.js';

export interface LabelViewOptions extends ViewOptions {
  source?: BatchSource | StreamSource;
  /** how long a label is valid; default 0: for ever */
  ttl?: Duration;
  /** default true */
  online?: boolean;
  /** column that says who gave the label; default labeler */
  labelerField?: string;
  /** whose label counts where labels differ; default last_write_wins */
  conflictPolicy?: ConflictPolicy;
  /** name of the view whose entities are labelled */
  referenceFeatureView?: string;
}

export const CONFLICT_POLICIES: readonly ConflictPolicy[] = [
  'last_write_wins',
  'labeler_priority',
  'majority_vote',
];

/**
 * Declares a label view: labels that people or programs give to entities. Feast: labeling/label_view.py.
 * @throws CodedError DEFINITION_INVALID
 */
export function labelView(options: LabelViewOptions): LabelView {
  checkOptions(
    'label view',
    options,
    {
      ...VIEW_CHECKS,
      source: FEATURE_VIEW_CHECKS.source!,
      ttl: isDuration,
      online: isFlag,
      labelerField: isText,
      conflictPolicy: isOneOf(CONFLICT_POLICIES),
      referenceFeatureView: isText,
    },
    ['name', 'schema'],
  );
  return frozen({
    kind: 'label_view',
    ...viewBase('label view', options, options.source),
    // unlike others, a label view without entities has none: Feast, label_view.py
    entities: (options.entities ?? []).map((entity) => entity.name),
    ttl: parseDuration(options.ttl ?? 0, `label view "${options.name}", ttl`),
    online: options.online ?? true,
    source: options.source,
    labelerField: options.labelerField ?? 'labeler',
    conflictPolicy: options.conflictPolicy ?? 'last_write_wins',
    referenceFeatureView: options.referenceFeatureView ?? '',
  });
}
