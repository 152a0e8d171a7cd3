import path from 'node:path';
import { manifests } from './apply.ts';
import type { AuditedRequest } from './audit.ts';

const deploy = path.resolve(import.meta.dirname, '../../../deploy');

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** Tells whether the roles of deploy/ name a request: what everybody may do anyway does not count. */
export async function publishedRules(): Promise<(request: AuditedRequest) => boolean> {
  const files = ['rbac.yaml', 'rbac-secrets.yaml'].map((name) => manifests(path.join(deploy, name)));
  const rules: readonly Rule[] = (await Promise.all(files)).flat().flatMap((role) => role.rules);
  return ({ verb, path: asked }) => {
    const { group, resource } = resourceOf(asked);
    return rules.some(
      ({ verbs, nonResourceURLs = [], apiGroups = [], resources = [] }) =>
        verbs.includes(verb) &&
        (nonResourceURLs.includes(asked) || (apiGroups.includes(group) && resources.includes(resource))),
    );
  };
}

/** `/apis/apps/v1/namespaces/shop/deployments` is of `apps` and `deployments`; `/api/v1/namespaces/shop` is a namespace. */
function resourceOf(asked: string): { readonly group: string; readonly resource: string } {
  const [, base = '', ...parts] = asked.split('/');
  const group = base === 'api' ? '' : (parts.shift() ?? '');
  const [, ...names] = parts;
  const inside = names[0] === 'namespaces' && names.length > 2 ? names.slice(2) : names;
  return { group, resource: inside[0] ?? '' };
}
