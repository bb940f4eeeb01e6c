import type { Permission, Policy } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';
import { stamp } from './meta.js';

const { Permission: Proto, PermissionMeta, PermissionSpec, Policy: PolicyProto } = feast.core;
const { AuthzedAction, Type } = PermissionSpec;

/**
 * The proto of a permission. Feast: permissions/permission.py, policy.py.
 * @param existing what the registry holds: its creation time, and fields unknown here, are kept
 * @param now microseconds since the epoch
 */
export function encodePermission(
  permission: Permission,
  project: string,
  existing: feast.core.Permission | undefined,
  now: bigint,
): feast.core.Permission {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  proto.spec = Object.assign(proto.spec ?? new PermissionSpec(), {
    name: permission.name,
    project,
    types: permission.types.map((type) => Type[type as keyof typeof Type]),
    namePatterns: [...permission.namePatterns],
    requiredTags: { ...permission.requiredTags },
    actions: permission.actions.map((action) => AuthzedAction[action as keyof typeof AuthzedAction]),
    policy: encodePolicy(permission.policy),
    tags: { ...permission.tags },
  });
  proto.meta = stamp(proto.meta ?? new PermissionMeta(), now);
  return proto;
}

function encodePolicy(policy: Policy): feast.core.Policy {
  const { CombinedGroupNamespacePolicy, GroupBasedPolicy, NamespaceBasedPolicy, RoleBasedPolicy } =
    feast.core;
  switch (policy.type) {
    case 'allow_all':
      return new PolicyProto();
    case 'roles':
      return new PolicyProto({ roleBasedPolicy: new RoleBasedPolicy({ roles: [...policy.roles] }) });
    case 'groups':
      return new PolicyProto({ groupBasedPolicy: new GroupBasedPolicy({ groups: [...policy.groups] }) });
    case 'namespaces': {
      const namespaces = [...policy.namespaces];
      return new PolicyProto({ namespaceBasedPolicy: new NamespaceBasedPolicy({ namespaces }) });
    }
    case 'groups_or_namespaces': {
      const lists = { groups: [...policy.groups], namespaces: [...policy.namespaces] };
      return new PolicyProto({ combinedGroupNamespacePolicy: new CombinedGroupNamespacePolicy(lists) });
    }
  }
}

export function decodePermission(proto: feast.core.Permission): Permission {
  const spec = proto.spec ?? {};
  return Object.freeze({
    kind: 'permission',
    name: spec.name ?? '',
    tags: Object.freeze({ ...spec.tags }),
    types: Object.freeze((spec.types ?? []).map((type) => Type[type] ?? String(type))),
    namePatterns: Object.freeze([...(spec.namePatterns ?? [])]),
    requiredTags: Object.freeze({ ...spec.requiredTags }),
    actions: Object.freeze((spec.actions ?? []).map((action) => AuthzedAction[action] ?? String(action))),
    policy: Object.freeze(decodePolicy(spec.policy ?? {})),
  });
}

function decodePolicy(proto: feast.core.Policy.$Properties): Policy {
  const { roleBasedPolicy, groupBasedPolicy, namespaceBasedPolicy, combinedGroupNamespacePolicy } = proto;
  if (roleBasedPolicy) return { type: 'roles', roles: roleBasedPolicy.roles ?? [] };
  if (groupBasedPolicy) return { type: 'groups', groups: groupBasedPolicy.groups ?? [] };
  if (namespaceBasedPolicy) return { type: 'namespaces', namespaces: namespaceBasedPolicy.namespaces ?? [] };
  if (combinedGroupNamespacePolicy) {
    const { groups, namespaces } = combinedGroupNamespacePolicy;
    return { type: 'groups_or_namespaces', groups: groups ?? [], namespaces: namespaces ?? [] };
  }
  return { type: 'allow_all' };
}
