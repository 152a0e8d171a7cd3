import {
  computed,
  type Evidence,
  field,
  matchesLabels,
  olderThan,
  type Service,
  type Snapshot,
} from '../../src/kit.ts';
import type { Reads } from './reads.ts';
import type { Webhook } from './webhook-list.ts';

/** What is known of the Service behind a webhook. */
interface Backend {
  /** True when all that matters could be seen. */
  readonly known: boolean;
  /** Why calls fail; undefined where nothing is seen that makes them fail. */
  readonly fault?: string;
  readonly evidence?: readonly Evidence[];
}

/** The API server's own way to a webhook: Service by name, port by number (443 where not set), one ready endpoint. */
export function backend(snapshot: Snapshot<Reads>, { config, hook, path, service }: Webhook, grace: number): Backend {
  if (service === undefined) return { known: false };
  const at = `${path}.clientConfig.service`;
  const name = `Service ${service.namespace}/${service.name}`;
  const found = snapshot.lookup('services', service.name, service.namespace);
  if (found.state === 'unknown') return { known: false };
  if (found.state === 'absent') {
    const evidence = [field(config, `${at}.name`, `${service.namespace}/${service.name}`)];
    return { known: true, fault: `${name} does not exist`, evidence };
  }
  const { spec } = found.object;
  if (spec.type === 'ExternalName') return { known: false };
  const port = hook.clientConfig?.service?.port ?? 443;
  const ports = (spec.ports ?? []).map((one) => one.port);
  if (!ports.includes(port)) {
    const evidence = [field(config, `${at}.port`, port), field(found.object, 'spec.ports[*].port', ports)];
    return { known: true, fault: `${name} has no port ${port}`, evidence };
  }
  const slices = snapshot.list('endpointslices.discovery.k8s.io', service.namespace);
  const own = slices.items.filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.name);
  const endpoints = own.flatMap((slice) => slice.endpoints ?? []);
  // A condition that is not set means ready (discovery.k8s.io/v1 EndpointConditions).
  if (endpoints.some(({ conditions }) => conditions?.ready !== false)) return { known: true };
  if (!slices.complete || starting(snapshot, found.object, grace)) return { known: false };
  const evidence = [computed(found.object, `0 of ${endpoints.length} endpoints are ready`)];
  return { known: true, fault: `${name} has no ready endpoint`, evidence };
}

/** True while a pod behind the Service is so young that it may still become ready. */
function starting(snapshot: Snapshot<Reads>, service: Service, grace: number): boolean {
  const selector = service.spec.selector ?? {};
  if (Object.keys(selector).length === 0) return false;
  return snapshot
    .list('pods', service.metadata.namespace)
    .items.some(
      ({ metadata }) =>
        matchesLabels(selector, metadata.labels) &&
        metadata.deletionTimestamp === undefined &&
        metadata.creationTimestamp !== undefined &&
        !olderThan(snapshot, metadata.creationTimestamp, grace),
    );
}
