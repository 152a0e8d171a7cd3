import {
  type CauseLink,
  computed,
  type Draft,
  type Evidence,
  field,
  groupBy,
  type ObjectRef,
  ref,
  refKey,
  topOf,
} from '../../src/kit.ts';
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
  const groups = [...groupBy(ordered, ({ referrer }) => refKey(topOf(snapshot, referrer))).values()];
  const tops = groups.flatMap((group) => group.slice(0, 1).map(({ referrer }) => topOf(snapshot, referrer)));
  const who = referrersText(tops, object.namespace);
  const hint = key === undefined ? nearName(snapshot, first) : nearKey(snapshot, first, key);
  const what = key === undefined ? `does not exist, but ${who} it` : `has no key ${JSON.stringify(key)}, which ${who}`;
  const code = codeOf[resource];
  yield {
    code: key === undefined ? code : code === 'SecretMissing' ? 'SecretKeyMissing' : 'ConfigMapKeyMissing',
    object,
    severity: severityOf(ordered),
    message: hint.name === undefined ? what : `${what} (did you mean ${hint.name}?)`,
    evidence: [...referrerEvidence(groups, object, key), ...hint.evidence],
    values: { ...referrerValues(tops[0]), ...(hint.name === undefined ? {} : { nearest: hint.name }) },
    ...(key === undefined ? {} : { key }),
    ...(resource === 'secrets' ? { causes: writers(snapshot, object) } : {}),
  };
}

/** cert-manager's Certificates that were to make a Secret. */
function writers(snapshot: View, { namespace, name }: ObjectRef): readonly CauseLink[] {
  return snapshot
    .list('certificates.cert-manager.io', namespace)
    .items.filter(({ spec }) => spec.secretName === name)
    .map((one) => ({
      object: ref(one),
      needs: 'issue',
      via: { field: 'spec.secretName', value: name },
      certainty: 'sure',
    }));
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

function referrerValues(top: ObjectRef | undefined): Readonly<Record<string, string>> {
  if (top === undefined) return {};
  const { kind, namespace, name } = top;
  const values = { referrer: name, referrer_resource: kind.toLowerCase() };
  return namespace === undefined ? values : { ...values, referrer_namespace: namespace };
}

/** `Deployment web needs`, `Deployment web and 2 more need`. */
function referrersText([first, ...more]: readonly ObjectRef[], home: string | undefined): string {
  if (first === undefined) return 'something needs';
  const { kind, namespace, name } = first;
  const text = namespace === undefined || namespace === home ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
  return more.length === 0 ? `${text} needs` : `${text} and ${more.length} more need`;
}

/** The first referrers with the field that names the object (a template's before its pods'), and what shows that they are broken. */
function referrerEvidence(
  groups: readonly (readonly Use[])[],
  object: ObjectRef,
  key: string | undefined,
): readonly Evidence[] {
  const shown = groups.slice(0, shownReferrers).flatMap((group) => {
    const templates = group.filter(({ referrer }) => referrer.kind !== 'Pod');
    const named = (templates.length === 0 ? group : templates)
      .slice(0, 2)
      .flatMap(({ referrer, path, keyPath }) => [
        field(referrer, path, object.name),
        ...(key === undefined || keyPath === undefined ? [] : [field(referrer, keyPath, key)]),
      ]);
    return [...named, ...(group.find(({ proof }) => proof.length > 0)?.proof ?? [])];
  });
  const rest = groups.length - shownReferrers;
  return rest > 0 ? [...shown, computed(object, `named by ${rest} more objects`)] : shown;
}

const shownReferrers = 4;
