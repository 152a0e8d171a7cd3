import {
  type CauseLink,
  type Draft,
  eventEvidence,
  eventsOf,
  field,
  lastFailure,
  type ObjectEvent,
  olderThan,
  ref,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import { type ClassReads, hasAddress, type Ingress, type Patience, settledIngresses } from './classes.ts';
import type { Code } from './codes.ts';

type Snap = Snapshot<ClassReads | 'events'>;

/** Reasons of Warning events by which controllers tell that they try again and again: AWS (Failed...), Google (Sync, Translate), Kong. */
const repeated = new Set([
  'FailedBuildModel',
  'FailedDeployModel',
  'KongConfigurationTranslationFailed',
  'Sync',
  'Translate',
]);
/** Told once, until the Ingress is written again: NGINX's own controller. */
const told = new Set(['Rejected', 'AddedOrUpdatedWithError']);
/** What the same controllers write when it went well. */
const success = new Set(['SuccessfullyReconciled', 'AddedOrUpdated']);
/** Their work queues try again after at most 1,000 seconds. */
const retrySeconds = 1_200;

/** Ingresses that their controller cannot put into effect, by its own words in events. */
export function* syncFailures(snapshot: Snap, { settle, grace }: Patience): Generator<Draft<Code>> {
  for (const ingress of settledIngresses(snapshot, settle)) {
    const event = syncFailure(snapshot, ingress, grace);
    if (event === undefined) continue;
    const words = brief(event.message);
    yield {
      code: 'IngressSyncFailed',
      object: ref(ingress),
      // With an address it goes on as it was before.
      severity: hasAddress(ingress) ? 'warning' : 'critical',
      message: `its controller cannot put it into effect: ${words}`,
      evidence: [
        eventEvidence(ingress, event),
        field(ingress, 'status.loadBalancer', ingress.status?.loadBalancer ?? {}),
      ],
      causes: serviceLinks(ingress, event),
      ...(event.first === undefined ? {} : { since: event.first }),
    };
  }
}

/** The newest event that tells of such a failure, where it still holds. */
export function syncFailure(snapshot: Snap, ingress: Ingress, grace: number): ObjectEvent | undefined {
  const events = eventsOf(snapshot, ref(ingress), ingress.metadata.uid);
  const failure = lastFailure(events, {
    isFailure: ({ type, reason }) => type === 'Warning' && (repeated.has(reason) || told.has(reason)),
    isSuccess: ({ type, reason }) => type === 'Normal' && success.has(reason),
  });
  if (failure === undefined || !olderThan(snapshot, failure.first, grace)) return undefined;
  return repeated.has(failure.reason) && olderThan(snapshot, failure.last, retrySeconds) ? undefined : failure;
}

/** The backends that the controller names: their Service may be missing, or of a type that it cannot use. */
function serviceLinks({ metadata, spec }: Ingress, { reason, message }: ObjectEvent): readonly CauseLink[] {
  const backends = [
    spec.defaultBackend,
    ...(spec.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ];
  const { namespace = '' } = metadata;
  const names = new Set(backends.flatMap((backend) => backend?.service?.name ?? []));
  return [...names]
    .filter((name) => message.includes(`"${name}"`) || message.includes(`${namespace}/${name}`))
    .map((name) => ({
      object: { apiVersion: 'v1', kind: 'Service', namespace, name },
      needs: 'route',
      via: { field: `events[reason=${reason}].message`, value: name },
      certainty: 'likely',
    }));
}
