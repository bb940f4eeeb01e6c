import type { Entity } from './definitions.js';

/** The entity of views without entities; always applied. Feast: feature_view.py:96-107. */
export const DUMMY_ENTITY: Entity = Object.freeze({
  kind: 'entity',
  name: '__dummy',
  joinKey: '__dummy_id',
  valueType: undefined,
  description: '',
  tags: {},
  owner: '',
});

/** The value under which the rows of a view without entities are stored. */
export const DUMMY_ENTITY_VALUE = '';
