import type { Entity, Field, ViewBase } from './definitions.js';

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

const DUMMY_JOIN_KEY: Field = Object.freeze({
  name: DUMMY_ENTITY.joinKey,
  dtype: 'String',
  description: '',
  tags: {},
});

/** The join keys under which a view's rows are stored; a view without entities has the dummy entity's. */
export function joinKeysOf(view: Pick<ViewBase, 'entityColumns'>): readonly Field[] {
  return view.entityColumns.length === 0 ? [DUMMY_JOIN_KEY] : view.entityColumns;
}
