import {
  age,
  type CauseLink,
  computed,
  condition,
  type Draft,
  duration,
  type Evidence,
  field,
  olderThan,
  ref,
  type ResourceTypes,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { waitsForPods } from './endings.ts';
import { apiServicesIn, definitionsIn, leavingDefinitions, webhooksIn } from './named.ts';

type Namespace = ResourceTypes['namespaces'];
type Reads =
  | 'apiservices.apiregistration.k8s.io'
  | 'customresourcedefinitions.apiextensions.k8s.io'
  | 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
  | 'ingresses.networking.k8s.io'
  | 'namespaces'
  | 'pods'
  | 'services'
  | 'validatingwebhookconfigurations.admissionregistration.k8s.io';

/** Kinds whose own findings say why they stay, as the condition names them: `services. has 1 resource instances`. */
const toldKinds = [
  { resource: 'pods', words: /(?:^|[\s,])pods\. has / },
  { resource: 'services', words: /(?:^|[\s,])services\. has / },
  { resource: 'ingresses.networking.k8s.io', words: /(?:^|[\s,])ingresses\.networking\.k8s\.io has / },
] as const;

/** What holds a namespace up, in the namespace controller's order of work: discovery, deletion, what remains, finalizers. */
const holdUps = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceContentRemaining',
  'NamespaceFinalizersRemaining',
] as const;

/** Namespaces that are being deleted for too long. */
export function* stuckTerminating(snapshot: Snapshot<Reads>, graceSeconds: number): Iterable<Draft<Code>> {
  for (const namespace of snapshot.list('namespaces').items) {
    const since = namespace.metadata.deletionTimestamp;
    if (since === undefined || !olderThan(snapshot, since, graceSeconds)) continue;
    const reasons = holdUps.flatMap((type) => {
      const one = condition(namespace, type);
      return one?.status === 'True' ? [{ type, text: (one.message ?? one.reason ?? type).trim() }] : [];
    });
    const [first, ...more] = reasons;
    if (
      first?.type === 'NamespaceContentRemaining' &&
      more.length === 0 &&
      waitsForPods(snapshot, namespace, first.text)
    )
      continue;
    const held = finalizersOf(namespace);
    const told = [
      ...reasons.map(({ text }) => text.replace(/[.\s]{1,5}$/, '')),
      ...(reasons.length === 0 && held.length > 0 ? [`finalizers of the namespace itself: ${held.join(', ')}`] : []),
    ];
    const why = told.length === 0 ? 'no condition tells why' : short(told.join('; '));
    const causes = reasons.flatMap(({ type, text }) => causesIn(snapshot, namespace, type, text));
    yield {
      code: 'NamespaceStuckTerminating',
      object: ref(namespace),
      message: `has been Terminating for ${duration(age(snapshot, since) ?? 0)}: ${why}`,
      evidence: [
        field(namespace, 'metadata.deletionTimestamp', since),
        ...reasons.map(({ type, text }) => field(namespace, `status.conditions[type=${type}].message`, text)),
        ...finalizerEvidence(namespace),
        ...(told.length === 0 ? [computed(namespace, 'no condition of the deletion is True')] : []),
      ],
      since,
      ...(causes.length === 0 ? {} : { causes }),
      values: valuesOf(namespace, reasons.map(({ text }) => text).join(' ')),
    };
  }
}

/** Those that are not the namespace controller's own `kubernetes`. */
function finalizersOf({ metadata, spec }: Namespace): readonly string[] {
  return [...(metadata.finalizers ?? []), ...(spec?.finalizers ?? []).filter((one) => one !== 'kubernetes')];
}

function finalizerEvidence(namespace: Namespace): readonly Evidence[] {
  const { metadata, spec } = namespace;
  const own = metadata.finalizers ?? [];
  const others = (spec?.finalizers ?? []).filter((one) => one !== 'kubernetes');
  return [
    ...(own.length === 0 ? [] : [field(namespace, 'metadata.finalizers', own)]),
    ...(others.length === 0 ? [] : [field(namespace, 'spec.finalizers', others)]),
  ];
}

function causesIn(
  snapshot: Snapshot<Reads>,
  namespace: Namespace,
  type: (typeof holdUps)[number],
  text: string,
): readonly CauseLink[] {
  const via = { field: `status.conditions[type=${type}].message`, value: short(text) };
  if (type === 'NamespaceDeletionDiscoveryFailure')
    return apiServicesIn(text).map((name) => ({
      object: { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', name },
      needs: 'resolve',
      via,
      certainty: 'sure',
    }));
  if (type === 'NamespaceDeletionContentFailure') {
    const link = (object: CauseLink['object'], needs: CauseLink['needs']): CauseLink => ({
      object,
      needs,
      via,
      certainty: 'sure',
    });
    return [
      ...webhooksIn(snapshot, text).map((config) => link(ref(config), 'admit')),
      ...definitionsIn(snapshot, text).map((one) => link(ref(one), 'resolve')),
    ];
  }
  if (type !== 'NamespaceContentRemaining') return [];
  const definitions = leavingDefinitions(snapshot, text);
  const leaving = toldKinds
    .filter(({ words }) => words.test(text))
    .flatMap(({ resource }) => [...snapshot.list(resource, namespace.metadata.name).items])
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  return [
    ...leaving.slice(0, 20).map((one): CauseLink => ({ object: ref(one), needs: 'ready', via, certainty: 'sure' })),
    // The same instances hold both.
    ...definitions.map((one): CauseLink => ({ object: ref(one), needs: 'ready', via, certainty: 'likely' })),
  ];
}

/** Names for the runbook: the first kind that remains, the first dead APIService, and finalizers of the Namespace's own. */
function valuesOf(namespace: Namespace, text: string): Readonly<Record<string, string>> {
  const remaining = /Some resources are remaining: (\S{1,300}?)\.? has /.exec(text)?.[1];
  const apiService = text.includes('Discovery failed') ? apiServicesIn(text)[0] : undefined;
  const own = finalizersOf(namespace);
  return {
    ...(remaining === undefined ? {} : { remaining }),
    ...(apiService === undefined ? {} : { apiservice: apiService }),
    ...(own.length === 0 ? {} : { own_finalizers: own.join(', ') }),
  };
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 500 ? `${line.slice(0, 500)} ..`.replace(/[.\s]{1,5}$/, '') : line;
}
