import {
  type CauseLink,
  certManagerNamespaces,
  condition,
  type Draft,
  duration,
  age,
  field,
  groupBy,
  nearest,
  type ObjectRef,
  olderThan,
  ref,
  refKey,
  type ResourceTypes,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { Limits, View } from './reads.ts';
import { listText } from './words.ts';

type IssuerRef = ResourceTypes['certificates.cert-manager.io']['spec']['issuerRef'];
type Issuer = ResourceTypes['issuers.cert-manager.io'];

/** The Issuer or ClusterIssuer that is named; undefined where it is of another group (external issuers). */
export function issuerRef(issuer: IssuerRef, namespace: string | undefined): ObjectRef | undefined {
  const { name, kind = 'Issuer', group = 'cert-manager.io' } = issuer ?? {};
  if (name === undefined || name === '' || (group !== '' && group !== 'cert-manager.io')) return undefined;
  if (kind === 'ClusterIssuer') return { apiVersion: 'cert-manager.io/v1', kind, name };
  if (kind !== 'Issuer' || namespace === undefined) return undefined;
  return { apiVersion: 'cert-manager.io/v1', kind, namespace, name };
}

/** The issuer that is named, where it was seen. */
export function findIssuer(snapshot: View, target: ObjectRef): Issuer | undefined {
  const found =
    target.kind === 'ClusterIssuer'
      ? snapshot.lookup('clusterissuers.cert-manager.io', target.name)
      : snapshot.lookup('issuers.cert-manager.io', target.name, target.namespace);
  return found.state === 'found' ? found.object : undefined;
}

/** Issuers that are not ready, or that Certificates name and that do not exist. */
export function* issuers(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const all: readonly Issuer[] = [
    ...snapshot.list('issuers.cert-manager.io').items,
    ...snapshot.list('clusterissuers.cert-manager.io').items,
  ];
  const users = issuerUsers(snapshot);
  for (const issuer of all) {
    if (issuer.metadata.deletionTimestamp !== undefined) continue;
    const ready = condition(issuer, 'Ready');
    const since = ready?.lastTransitionTime ?? issuer.metadata.creationTimestamp;
    if (ready?.status === 'True' || !olderThan(snapshot, since, 120)) continue;
    // Without a status it may just not have been looked at.
    if (ready === undefined && !olderThan(snapshot, since, limits.issuing)) continue;
    const words =
      ready === undefined
        ? 'it has no status'
        : `${ready.reason ?? 'Ready=False'}: ${brief(ready.message ?? 'no message')}`;
    const used = users.get(refKey(ref(issuer))) ?? [];
    yield {
      code: 'IssuerNotReady',
      object: ref(issuer),
      severity: used.length > 0 ? 'critical' : 'warning',
      message: `not ready for ${duration(age(snapshot, since) ?? 0)}: ${words}`,
      evidence: [field(issuer, 'status.conditions[type=Ready]', words)],
      causes: secretLinks(snapshot, issuer),
      values: issuer.metadata.namespace === undefined ? { cluster_issuer: issuer.metadata.name } : {},
      ...(since === undefined ? {} : { since }),
    };
  }
  yield* missing(snapshot, users, limits);
}

function* missing(
  snapshot: View,
  users: ReadonlyMap<string, readonly Certificate[]>,
  limits: Limits,
): Iterable<Draft<Code>> {
  for (const certificates of users.values()) {
    const settled = certificates.filter(({ metadata }) =>
      olderThan(snapshot, metadata.creationTimestamp, limits.renewal / 30),
    );
    const [first] = settled;
    const target = first === undefined ? undefined : issuerRef(first.spec.issuerRef, first.metadata.namespace);
    if (first === undefined || target === undefined) continue;
    const state =
      target.kind === 'ClusterIssuer'
        ? snapshot.lookup('clusterissuers.cert-manager.io', target.name).state
        : snapshot.lookup('issuers.cert-manager.io', target.name, target.namespace).state;
    if (state !== 'absent') continue;
    const names = settled.map(({ metadata }) => metadata.name);
    const broken = settled.some((one) => condition(one, 'Ready')?.status !== 'True');
    yield {
      code: 'IssuerMissing',
      object: target,
      severity: broken ? 'critical' : 'warning',
      message: `does not exist, but Certificate ${listText(names)} ${names.length === 1 ? 'names' : 'name'} it${hintOf(snapshot, target)}`,
      evidence: settled.slice(0, 3).map((one) => field(one, 'spec.issuerRef', `${target.kind} ${target.name}`)),
      values: { certificate: first.metadata.name },
    };
  }
}

/** The other kind by the same name is what people forget to say; else a name that is alike. */
function hintOf(snapshot: View, { kind, name, namespace }: ObjectRef): string {
  const cluster = snapshot.list('clusterissuers.cert-manager.io').items.map(({ metadata }) => metadata.name);
  const local = snapshot.list('issuers.cert-manager.io', namespace).items;
  if (kind === 'Issuer' && cluster.includes(name))
    return ` (there is a ClusterIssuer ${name}: spec.issuerRef.kind is to say so)`;
  const other = local.find(({ metadata }) => kind === 'ClusterIssuer' && metadata.name === name)?.metadata.namespace;
  if (other !== undefined) return ` (there is an Issuer ${name} in namespace ${other})`;
  const near = nearest(name, kind === 'ClusterIssuer' ? cluster : local.map(({ metadata }) => metadata.name));
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

type Certificate = ResourceTypes['certificates.cert-manager.io'];

function issuerUsers(snapshot: View): ReadonlyMap<string, readonly Certificate[]> {
  return groupBy(
    snapshot
      .list('certificates.cert-manager.io')
      .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
    ({ spec, metadata }) => {
      const target = issuerRef(spec.issuerRef, metadata.namespace);
      return target === undefined ? undefined : refKey(target);
    },
  );
}

/** The Secret with the authority of an issuer, and the Certificate that writes it. */
export function secretLinks(snapshot: View, issuer: Issuer): CauseLink[] {
  const name = issuer.spec.ca?.secretName;
  if (name === undefined) return [];
  const { namespace } = issuer.metadata;
  const places = namespace === undefined ? certManagerNamespaces(snapshot) : [namespace];
  const via = { field: 'spec.ca.secretName', value: name };
  return places.flatMap((place): CauseLink[] => [
    // Only one that has expired keeps others from being issued.
    { object: { apiVersion: 'v1', kind: 'Secret', namespace: place, name }, needs: 'admit', via, certainty: 'sure' },
    ...snapshot
      .list('certificates.cert-manager.io', place)
      .items.filter(({ spec }) => spec.secretName === name)
      .map((one): CauseLink => ({ object: ref(one), needs: 'issue', via, certainty: 'sure' })),
  ]);
}
