import type { Api } from './api.ts';

const group = 'rbac.authorization.k8s.io';

/** Who gets the rights: a person by name, or a service account as `NAMESPACE:NAME`. */
export type Subject = { readonly user: string } | { readonly serviceAccount: string };

/** Gives a ClusterRole to somebody, in the whole cluster or in one namespace. */
export async function bind(api: Api, role: string, to: Subject, namespace?: string): Promise<void> {
  const name = 'user' in to ? to.user : to.serviceAccount.replace(':', '-');
  const subject =
    'user' in to
      ? { apiGroup: group, kind: 'User', name: to.user }
      : { kind: 'ServiceAccount', namespace: to.serviceAccount.split(':')[0], name: to.serviceAccount.split(':')[1] };
  await api.apply({
    apiVersion: `${group}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: `${name}-${role}`, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
    subjects: [subject],
  });
}
