import {
  age,
  computed,
  type Draft,
  duration,
  eventEvidence,
  eventsOf,
  field,
  lastFailure,
  type ObjectEvent,
  olderThan,
  ref,
  type Service,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { controllerLinks, loadBalancerControllers } from './load-balancer-controllers.ts';

type Snap = Snapshot<'daemonsets.apps' | 'deployments.apps' | 'events' | 'nodes' | 'services'>;

interface Patience {
  /** Seconds for which a load balancer may not be as it should. */
  readonly grace: number;
  /** Seconds that a Service may take to be deleted. */
  readonly deletion: number;
}

/** Words of the service controller (cloud-provider, controllers/service) and of the AWS load balancer controller. */
const failures = new Set([
  'SyncLoadBalancerFailed',
  'UpdateLoadBalancerFailed',
  'FailedBuildModel',
  'FailedDeployModel',
]);
const successes = new Set([
  'EnsuredLoadBalancer',
  'UpdatedLoadBalancer',
  'SuccessfullyReconciled',
  'DeletedLoadBalancer',
]);
/** Both try again after at most 1,000 seconds. */
const retrySeconds = 1_200;

/** Load balancers that have an address and are not kept up to date, and Services whose deletion waits. */
export function* lastingFailures(snapshot: Snap, patience: Patience): Generator<Draft<Code>> {
  for (const service of snapshot.list('services').items) {
    const draft =
      service.metadata.deletionTimestamp === undefined
        ? notUpdated(snapshot, service, patience)
        : stuck(snapshot, service, patience);
    if (draft !== undefined) yield draft;
  }
}

function notUpdated(snapshot: Snap, service: Service, { grace }: Patience): Draft<Code> | undefined {
  const event = failureOf(snapshot, service);
  const served = (service.status?.loadBalancer?.ingress ?? []).length > 0;
  if (event === undefined || !served || !olderThan(snapshot, event.first, grace)) return undefined;
  return {
    code: 'ServiceLoadBalancerNotUpdated',
    object: ref(service),
    message: `its load balancer is not as the Service asks: ${brief(event.message)}`,
    evidence: [eventEvidence(service, event)],
    ...(event.first === undefined ? {} : { since: event.first }),
  };
}

function stuck(snapshot: Snap, service: Service, { deletion }: Patience): Draft<Code> | undefined {
  const { deletionTimestamp: since, finalizers = [] } = service.metadata;
  if (since === undefined || finalizers.length === 0 || !olderThan(snapshot, since, deletion)) return undefined;
  const event = failureOf(snapshot, service);
  const { controllers, noneSeen } = loadBalancerControllers(snapshot, service);
  const lonely = noneSeen && finalizers.some((one) => one.includes('load-balancer'));
  const why =
    event === undefined
      ? lonely
        ? ', and no load balancer controller runs in the cluster'
        : ''
      : `: ${brief(event.message)}`;
  return {
    code: 'ServiceStuckTerminating',
    object: ref(service),
    message: `has been Terminating for ${duration(age(snapshot, since) ?? 0)}, held by ${finalizers.join(', ')}${why}`,
    evidence: [
      field(service, 'metadata.deletionTimestamp', since),
      field(service, 'metadata.finalizers', finalizers),
      ...(event === undefined ? [] : [eventEvidence(service, event)]),
      ...(lonely ? [computed(service, 'no workload of a known load balancer controller was found')] : []),
    ],
    causes: controllerLinks(controllers, 'metadata.finalizers', finalizers.join(', ')),
    since,
  };
}

/** The newest words of a failure that is still tried again, where nothing went well after it. */
function failureOf(snapshot: Snap, service: Service): ObjectEvent | undefined {
  const events = eventsOf(snapshot, ref(service), service.metadata.uid);
  const failure = lastFailure(events, {
    isFailure: ({ reason }) => failures.has(reason),
    isSuccess: ({ reason }) => successes.has(reason),
  });
  return failure === undefined || olderThan(snapshot, failure.last, retrySeconds) ? undefined : failure;
}
