import type { CauseLink, Evidence } from '../model/finding.ts';
import type { KubeObject } from '../model/object.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { computed, field } from './evidence.ts';
import { age, latest, millis, olderThan } from './time.ts';

type Watched = KubeObject & { readonly status?: { readonly observedGeneration?: number } };

/** Seconds after which a leader's Lease that is not renewed is taken for dead: the default lease lasts 15 s, renewed every 2 s. */
const silence = 60;

/** The Lease by which the controllers of Kubernetes elect their leader. */
const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'kube-system',
  name: 'kube-controller-manager',
} as const;

/** A link to the controller manager's Lease: without it nothing scales, creates or observes. */
export function controllerManagerLink(path: string, value: string): CauseLink {
  return { object: lease, needs: 'scale', via: { field: path, value }, certainty: 'likely' };
}

/** Whether the controller manager renews its Lease; `unknown` where there is none to see (managed control planes hide theirs). */
export function controllerManager(snapshot: Snapshot<'leases.coordination.k8s.io'>): 'alive' | 'silent' | 'unknown' {
  const found = snapshot.lookup('leases.coordination.k8s.io', lease.name, lease.namespace);
  const renewed = found.state === 'found' ? age(snapshot, found.object.spec.renewTime) : undefined;
  if (renewed === undefined) return 'unknown';
  return renewed >= silence ? 'silent' : 'alive';
}

/**
 * The latest time (RFC 3339) at which somebody is known to have written an object's spec, by `metadata.managedFields`. Writes through the
 * subresource `scale` leave no time there: the last write may be later. Undefined where no time was recorded: kubectl leaves those
 * fields out of its output.
 */
export function specChanged(object: KubeObject): string | undefined {
  return latest(specEntries(object).map(({ time }) => time));
}

/** As {@link specChanged}, but undefined where a later write may have left no time. */
function lastChange(object: KubeObject): string | undefined {
  return specEntries(object).every(({ time }) => time !== undefined) ? specChanged(object) : undefined;
}

function specEntries({ metadata }: KubeObject) {
  const entries = metadata.managedFields ?? [];
  return entries.filter(({ fieldsV1 }) => fieldsV1 !== undefined && Object.hasOwn(fieldsV1, 'f:spec'));
}

/** True while the status is about an earlier spec, or there is no status yet. */
export function isLagging(object: Watched): boolean {
  const { generation } = object.metadata;
  if (generation === undefined) return false;
  const observed = object.status?.observedGeneration;
  if (observed === undefined) return Object.keys(object.status ?? {}).length === 0;
  return observed < generation;
}

export interface Unobserved {
  readonly severity: 'critical' | 'warning';
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly causes: readonly CauseLink[];
  readonly since?: string;
}

/**
 * Says when a controller has not looked at an object's newest spec for `grace` seconds. It takes milliseconds when the controller
 * lives. Where the time of the change is not recorded, a controller manager that is seen alive is given the benefit of the doubt.
 * @returns the parts of a finding; undefined where all is well or it is too early to tell.
 */
export function unobserved(
  snapshot: Snapshot<'leases.coordination.k8s.io'>,
  object: Watched,
  grace: number,
): Unobserved | undefined {
  // An API server always writes a status, be it an empty one: where there is none, it was taken out of the recording.
  if (object.status === undefined) return undefined;
  if (!isLagging(object) || object.metadata.deletionTimestamp !== undefined) return undefined;
  const { generation } = object.metadata;
  const observed = object.status?.observedGeneration;
  const created = object.metadata.creationTimestamp;
  const manager = controllerManager(snapshot);
  const since = lastChange(object) ?? (observed === undefined ? created : undefined);
  if (since !== undefined && !olderThan(snapshot, since, grace)) return undefined;
  if (since === undefined && (manager === 'alive' || !olderThan(snapshot, created, grace))) return undefined;
  const seen = observed === undefined ? 'none' : String(observed);
  return {
    severity: since === undefined && manager === 'unknown' ? 'warning' : 'critical',
    message:
      observed === undefined
        ? 'no controller has acted on it since it was created'
        : `the controller has not acted on its newest spec: generation ${generation}, last seen ${observed}`,
    evidence: [
      field(object, 'metadata.generation', generation),
      observed === undefined
        ? computed(object, 'status.observedGeneration is not set')
        : field(object, 'status.observedGeneration', observed),
      ...(since === undefined || millis(since) === undefined ? [] : [computed(object, `spec last changed ${since}`)]),
    ],
    causes: [controllerManagerLink('status.observedGeneration', `${seen} of ${generation}`)],
    ...(since === undefined ? {} : { since }),
  };
}
