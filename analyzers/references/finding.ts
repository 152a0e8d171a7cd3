import { computed, type Draft, type Evidence, field, groupBy, type KubeObject, ref, refKey } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { nearKey, nearName } from './hints.ts';
import type { Target, Use, View } from './use.ts';

const codeOf: Readonly<Record<Target, Code>> = {
  configmaps: 'ConfigMapMissing',
  'ingressclasses.networking.k8s.io': 'IngressClassMissing',
  persistentvolumeclaims: 'PersistentVolumeClaimMissing',
  'priorityclasses.scheduling.k8s.io': 'PriorityClassMissing',
  'runtimeclasses.node.k8s.io': 'RuntimeClassMissing',
  secrets: 'SecretMissing',
  serviceaccounts: 'ServiceAccountMissing',
  services: 'ServiceMissing',
  'storageclasses.storage.k8s.io': 'StorageClassMissing',
};

/** The finding for the uses of one object, or of one key: nothing where there are none. */
export function* finding(snapshot: View, uses: readonly Use[], key: string | undefined): Iterable<Draft<Code>> {
  const ordered = [...uses].sort((one, other) => weight(other) - weight(one));
  const [first] = ordered;
  if (first === undefined) return;
  const { resource, object } = first;
  const who = referrersText(ordered);
  const hint = key === undefined ? nearName(snapshot, first) : nearKey(snapshot, first, key);
  const what = key === undefined ? `does not exist, but ${who} it` : `has no key ${JSON.stringify(key)}, which ${who}`;
  const code = codeOf[resource];
  yield {
    code: key === undefined ? code : code === 'SecretMissing' ? 'SecretKeyMissing' : 'ConfigMapKeyMissing',
    object,
    severity: severityOf(ordered),
    message: hint.name === undefined ? what : `${what} (did you mean ${hint.name}?)`,
    evidence: [...referrerEvidence(ordered), ...hint.evidence],
    values: {
      referrer: first.referrer.metadata.name,
      referrer_resource: first.referrer.kind.toLowerCase(),
      ...(first.referrer.metadata.namespace === undefined
        ? {}
        : { referrer_namespace: first.referrer.metadata.namespace }),
      ...(hint.name === undefined ? {} : { nearest: hint.name }),
    },
    ...(key === undefined ? {} : { key }),
  };
}

const weights = { broken: 3, perhaps: 2, later: 1, idle: 0 } as const;

function weight({ need, proof }: Use): number {
  return weights[need] * 2 + (proof.length > 0 ? 1 : 0);
}

function severityOf(uses: readonly Use[]): 'critical' | 'warning' | 'info' {
  if (uses.some(({ need }) => need === 'broken')) return 'critical';
  if (uses.some(({ need, harmless }) => need === 'perhaps' || (need === 'later' && !harmless))) return 'warning';
  return 'info';
}

/** `Deployment web needs`, `Deployment web and 2 more need`. */
function referrersText(uses: readonly Use[]): string {
  const names = [...new Set(uses.map(({ referrer }) => nameOf(referrer, uses[0]?.object.namespace)))];
  return names.length === 1 ? `${names[0]} needs` : `${names[0]} and ${names.length - 1} more need`;
}

function nameOf({ kind, metadata }: KubeObject, namespace: string | undefined): string {
  const { name } = metadata;
  return metadata.namespace === undefined || metadata.namespace === namespace
    ? `${kind} ${name}`
    : `${kind} ${metadata.namespace}/${name}`;
}

/** The first referrers with the field that names the object, and what shows that they are broken. */
function referrerEvidence(uses: readonly Use[]): readonly Evidence[] {
  const byReferrer = [...groupBy(uses, ({ referrer }) => refKey(ref(referrer))).values()];
  const shown = byReferrer.slice(0, 4).flatMap((group) => {
    const named = group.slice(0, 2).map(({ referrer, path, keyPath, key, object }) => {
      const isKey = key !== undefined && keyPath !== undefined;
      return field(referrer, isKey ? keyPath : path, isKey ? `${key} of ${object.name}` : object.name);
    });
    return [...named, ...group.slice(0, 1).flatMap(({ proof }) => proof)];
  });
  const rest = byReferrer.length - 4;
  const [one] = uses;
  return rest > 0 && one !== undefined ? [...shown, computed(one.object, `named by ${rest} more objects`)] : shown;
}
