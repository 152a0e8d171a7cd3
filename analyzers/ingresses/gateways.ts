import {
  age,
  type CauseLink,
  condition,
  type Draft,
  duration,
  field,
  olderThan,
  ref,
  type ResourceTypes,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

type Gateway = ResourceTypes['gateways.gateway.networking.k8s.io'];
type Condition = NonNullable<NonNullable<Gateway['status']>['conditions']>[number];
type Snap = Snapshot<'gateways.gateway.networking.k8s.io' | 'services'>;

/** Gateways that nobody takes, that their controller refuses or cannot set up, by their conditions (gateway.networking.k8s.io/v1). */
export function* gateways(snapshot: Snap, patience: number): Generator<Draft<Code>> {
  for (const gateway of snapshot.list('gateways.gateway.networking.k8s.io').items) {
    const { deletionTimestamp, creationTimestamp } = gateway.metadata;
    if (deletionTimestamp !== undefined || !olderThan(snapshot, creationTimestamp, patience)) continue;
    const whole = untaken(snapshot, gateway) ?? faultOf(snapshot, gateway, patience);
    if (whole !== undefined) yield whole;
    else yield* listeners(snapshot, gateway, patience);
  }
}

/** The default of the CRD: nobody has looked at it. Without any condition the CRD is older than that default. */
function untaken(snapshot: Snap, gateway: Gateway): Draft<Code> | undefined {
  const accepted = condition(gateway, 'Accepted') ?? condition(gateway, 'Scheduled');
  const conditions = gateway.status?.conditions ?? [];
  const waiting = accepted?.status === 'Unknown' && accepted.reason === 'Pending';
  if (!waiting && conditions.length > 0) return undefined;
  const since = gateway.metadata.creationTimestamp;
  const name = gateway.spec.gatewayClassName ?? '';
  return {
    code: 'GatewayNotProgrammed',
    object: ref(gateway),
    message: `no controller has taken it for ${duration(age(snapshot, since) ?? 0)}: none serves its class ${name}, or it does not run`,
    evidence: [
      field(gateway, 'spec.gatewayClassName', name),
      field(
        gateway,
        'status.conditions',
        conditions.map(({ type, status, reason }) => ({ type, status, reason })),
      ),
    ],
    ...(since === undefined ? {} : { since }),
    values: { class: name },
  };
}

function faultOf(snapshot: Snap, gateway: Gateway, patience: number): Draft<Code> | undefined {
  const refused = fault(snapshot, gateway, condition(gateway, 'Accepted'), 60);
  const told = refused ?? fault(snapshot, gateway, condition(gateway, 'Programmed'), patience);
  if (told === undefined || (told.reason !== 'AddressNotAssigned' && certificatesAreWhy(gateway))) return undefined;
  const words = wordsOf(told);
  const addressless = told.reason === 'AddressNotAssigned';
  return {
    code: 'GatewayNotProgrammed',
    object: ref(gateway),
    ...(addressless ? { severity: 'warning' as const } : {}),
    message: `${refused === undefined ? 'its controller cannot set it up' : 'its controller refuses it'}: ${words}`,
    evidence: [field(gateway, `status.conditions[type=${told.type}]`, words)],
    causes: serviceLinks(snapshot, gateway),
    ...(told.lastTransitionTime === undefined ? {} : { since: told.lastTransitionTime }),
    values: { class: gateway.spec.gatewayClassName ?? '' },
  };
}

/** Listeners that a controller does not take, while it takes the others. */
function* listeners(snapshot: Snap, gateway: Gateway, patience: number): Generator<Draft<Code>> {
  for (const [index, { name = '', conditions = [] }] of (gateway.status?.listeners ?? []).entries()) {
    const one =
      fault(
        snapshot,
        gateway,
        conditions.find(({ type }) => type === 'Accepted'),
        patience,
      ) ??
      fault(
        snapshot,
        gateway,
        conditions.find(({ type, reason }) => type === 'ResolvedRefs' && reason === 'InvalidRouteKinds'),
        patience,
      );
    if (one === undefined || aboutCertificates.has(one.reason ?? '')) continue;
    const words = wordsOf(one);
    yield {
      code: 'GatewayNotProgrammed',
      object: ref(gateway),
      key: name,
      severity: 'warning',
      message: `its controller does not take listener ${name}: ${words}`,
      evidence: [field(gateway, `status.listeners[${index}].conditions[type=${one.type}]`, words)],
      ...(one.lastTransitionTime === undefined ? {} : { since: one.lastTransitionTime }),
      values: { class: gateway.spec.gatewayClassName ?? '' },
    };
  }
}

/** A condition that is False, about the present spec, and for longer than it takes. */
function fault(
  snapshot: Snap,
  { metadata }: Gateway,
  one: Condition | undefined,
  patience: number,
): Condition | undefined {
  if (one?.status !== 'False' || one.reason === 'Pending') return undefined;
  const current = (one.observedGeneration ?? metadata.generation) === metadata.generation;
  return current && olderThan(snapshot, one.lastTransitionTime, patience) ? one : undefined;
}

const aboutCertificates = new Set([
  'InvalidCertificateRef',
  'RefNotPermitted',
  'InvalidCACertificateRef',
  'NoValidCACertificate',
]);

/** Certificates that cannot be used are told where certificates are looked at. */
function certificatesAreWhy({ status }: Gateway): boolean {
  return (status?.listeners ?? []).some(({ conditions = [] }) =>
    conditions.some(({ status: state, reason }) => state === 'False' && aboutCertificates.has(reason ?? '')),
  );
}

/** The Service that a controller makes for a Gateway bears its name as a label (GEP-1762; Envoy Gateway has labels of its own). */
function serviceLinks(snapshot: Snap, { metadata }: Gateway): readonly CauseLink[] {
  return snapshot.list('services').items.flatMap((service): readonly CauseLink[] => {
    const labels = service.metadata.labels ?? {};
    const standard = 'gateway.networking.k8s.io/gateway-name';
    const own = labels[standard] === metadata.name && service.metadata.namespace === metadata.namespace;
    const envoy =
      labels['gateway.envoyproxy.io/owning-gateway-name'] === metadata.name &&
      labels['gateway.envoyproxy.io/owning-gateway-namespace'] === metadata.namespace;
    if (!own && !envoy) return [];
    const via = {
      field: `metadata.labels[${own ? standard : 'gateway.envoyproxy.io/owning-gateway-name'}]`,
      value: metadata.name,
    };
    return (['resolve', 'route'] as const).map((needs) => ({ object: ref(service), needs, via, certainty: 'sure' }));
  });
}

function wordsOf({ reason, message }: Condition): string {
  return `${reason ?? 'no reason'}: ${brief(message ?? 'no message')}`;
}
