import type { Permission, Policy, Tags } from './definitions.js';
import { type Check, checkOptions, frozen, isName, isNameList, isOneOf, isTextMap } from './options.js';

/** Feast's order, which is the one of its proto. */
export const PERMISSION_TYPES = [
  'FEATURE_VIEW',
  'ON_DEMAND_FEATURE_VIEW',
  'BATCH_FEATURE_VIEW',
  'STREAM_FEATURE_VIEW',
  'ENTITY',
  'FEATURE_SERVICE',
  'DATA_SOURCE',
  'VALIDATION_REFERENCE',
  'SAVED_DATASET',
  'PERMISSION',
  'PROJECT',
  'LABEL_VIEW',
] as const;
export const PERMISSION_ACTIONS = [
  'CREATE',
  'DESCRIBE',
  'UPDATE',
  'DELETE',
  'READ_ONLINE',
  'READ_OFFLINE',
  'WRITE_ONLINE',
  'WRITE_OFFLINE',
] as const;

export interface PermissionOptions {
  name: string;
  /** default: every type */
  types?: readonly (typeof PERMISSION_TYPES)[number][];
  /** regular expressions; default: every name */
  namePatterns?: readonly string[];
  /** default: every action */
  actions?: readonly (typeof PERMISSION_ACTIONS)[number][];
  /** whom it lets in; Feast's AllowAll cannot be declared, for Python cannot read it back */
  policy: Exclude<Policy, { type: 'allow_all' }>;
  /** only objects that have these tags */
  requiredTags?: Tags;
  tags?: Tags;
}

const isListOfWords =
  (words: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every((word) => isOneOf(words)(word) === undefined)
      ? undefined
      : `a list of ${words.join(', ')}`;

const LISTS: Readonly<Record<PermissionOptions['policy']['type'], readonly string[]>> = {
  roles: ['roles'],
  groups: ['groups'],
  namespaces: ['namespaces'],
  groups_or_namespaces: ['groups', 'namespaces'],
};

const isPolicy: Check = (value) => {
  const policy = value as Partial<Record<string, unknown>> | null;
  const lists = LISTS[policy?.type as keyof typeof LISTS];
  return lists?.every((list) => isNameList(policy?.[list]) === undefined)
    ? undefined
    : `{ type } of ${Object.keys(LISTS).join(', ')}, with the lists it is named after`;
};

/**
 * Declares a permission: who may do what with which objects. Feast: permissions/permission.py.
 * @throws CodedError DEFINITION_INVALID
 */
export function permission(options: PermissionOptions): Permission {
  checkOptions(
    'permission',
    options,
    {
      name: isName,
      types: isListOfWords(PERMISSION_TYPES),
      namePatterns: isNameList,
      actions: isListOfWords(PERMISSION_ACTIONS),
      policy: isPolicy,
      requiredTags: isTextMap,
      tags: isTextMap,
    },
    ['name', 'policy'],
  );
  return frozen({
    kind: 'permission',
    name: options.name,
    tags: { ...options.tags },
    types: [...(options.types ?? PERMISSION_TYPES)],
    namePatterns: (options.namePatterns ?? []).map((pattern) => pattern.trim()),
    requiredTags: { ...options.requiredTags },
    actions: [...(options.actions ?? PERMISSION_ACTIONS)],
    policy: structuredClone(options.policy),
  });
}
