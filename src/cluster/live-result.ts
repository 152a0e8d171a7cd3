import { UserError } from '../errors.ts';
import { type Resource, resources } from '../model/resources.ts';
import type { Gap } from '../model/snapshot.ts';
import type { Connection } from './kubeconfig/connection.ts';

/** How one resource came out. */
export interface Reading {
  readonly resource: Resource;
  readonly state: 'whole' | 'partly' | 'forbidden' | 'broken';
  /** Where it was read although it may not be listed in the whole cluster. */
  readonly namespaces: readonly string[];
  readonly reason?: string;
}

/** What could not be seen, in the order of reading. */
export function gapsOf(readings: readonly Reading[]): readonly Gap[] {
  return readings.flatMap(({ resource, reason }) =>
    reason === undefined ? [] : [{ what: 'resource' as const, name: resource, reason }],
  );
}

/** What the user could do to see more. */
export function hintsOf(readings: readonly Reading[]): readonly string[] {
  const narrowed = readings.filter(({ namespaces }) => namespaces.length > 0);
  const forbidden = readings.filter(({ state }) => state === 'forbidden');
  if (narrowed.length === 0 && forbidden.length === 0) return [];
  const onlySecrets = [...narrowed, ...forbidden].every(({ resource }) => resource === 'secrets');
  if (onlySecrets) return ['deploy/rbac-secrets.yaml lets Secrets be listed; --secrets never does without them.'];
  const role = 'deploy/rbac.yaml holds the read-only ClusterRole that lets everything be seen.';
  const [first] = narrowed;
  if (first === undefined) return [role];
  const where = [...new Set(narrowed.flatMap(({ namespaces }) => namespaces))].sort();
  const what = narrowed.length === 1 ? first.resource : `${first.resource} and ${narrowed.length - 1} other resources`;
  return [`Of ${what} only what is in ${where.join(', ')} could be read: name other namespaces with -n.`, role];
}

/** @throws UserError `nothing-readable` when not one list could be read. */
export function requireSomething(readings: readonly Reading[], connection: Connection): void {
  // A custom resource whose group the server does not serve is read to its end without any right.
  const told = readings.filter(({ resource }) => resources[resource].custom !== true);
  if (told.some(({ state }) => state === 'whole' || state === 'partly')) return;
  const broken = readings.find(({ state }) => state === 'broken');
  const { name, user } = connection;
  if (broken !== undefined) {
    throw new UserError(
      'nothing-readable',
      `nothing could be read from cluster "${name}": ${broken.resource}: ${broken.reason}`,
      {
        hint: `Check that the server of cluster "${name}" is a Kubernetes API server, and that it is well.`,
      },
    );
  }
  const acting = connection.impersonation['impersonate-user'];
  // Header values hold UTF-8 byte by byte.
  const as = typeof acting === 'string' ? Buffer.from(acting, 'latin1').toString() : user;
  const who = as === undefined ? 'the user' : `user "${as}"`;
  throw new UserError('nothing-readable', `${who} may not list anything in cluster "${name}" (403)`, {
    hint: 'Name a namespace that you may read with -n, or ask for the role in deploy/rbac.yaml.',
  });
}
