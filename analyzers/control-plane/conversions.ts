import {
  type BackendReads,
  type CauseLink,
  type Draft,
  field,
  olderThan,
  ref,
  refText,
  type ResourceTypes,
  serving,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

export type Definition = ResourceTypes['customresourcedefinitions.apiextensions.k8s.io'];
export type ConversionReads = BackendReads | 'customresourcedefinitions.apiextensions.k8s.io' | 'services';
type Snap = Snapshot<ConversionReads>;

/**
 * Definitions of one program whose instances the API server cannot convert, for the Service of their webhook is missing or serves nobody.
 * @param group those that share a Service.
 */
export function* unconverted(snapshot: Snap, group: readonly Definition[], grace: number): Iterable<Draft<Code>> {
  const [first, ...others] = group;
  const service = first === undefined ? undefined : serviceOf(first);
  if (first === undefined || service === undefined) return;
  if (!olderThan(snapshot, first.metadata.creationTimestamp, grace)) return;
  const fault = faultOf(snapshot, service, grace);
  if (fault === undefined) return;
  const names = others.length === 0 ? '' : `, and the instances of ${others.length} more definitions`;
  yield {
    code: 'CRDConversionUnavailable',
    object: ref(first),
    members: others.map((one) => ref(one)),
    message: `its instances cannot be converted between versions${names}: ${fault}`,
    evidence: [
      field(first, 'spec.conversion.webhook.clientConfig.service', `${service.namespace}/${service.name}`),
      field(
        first,
        'spec.versions[served=true].name',
        (first.spec.versions ?? []).map(({ name }) => name ?? '').join(', '),
      ),
    ],
    causes: converterLinks(first),
    values: { service: service.name, service_namespace: service.namespace },
  };
}

const faults: Readonly<Partial<Record<ReturnType<typeof serving>, string>>> = {
  empty: 'has no endpoints',
  idle: 'has no pods, for its workload is scaled to zero',
  stale: 'has no ready endpoint in its EndpointSlices',
  unmatched: 'selects no pod',
  unready: 'has no ready endpoint',
};

function faultOf(snapshot: Snap, service: ServiceName, grace: number): string | undefined {
  const found = snapshot.lookup('services', service.name, service.namespace);
  const text = refText(serviceRef(service));
  if (found.state === 'absent') return `${text} does not exist`;
  if (found.state !== 'found' || found.object.spec.type === 'ExternalName') return undefined;
  const ports = (found.object.spec.ports ?? []).map(({ port }) => port);
  if (!ports.includes(service.port)) return `${text} has no port ${service.port}`;
  const word = faults[serving(snapshot, found.object, grace)];
  return word === undefined ? undefined : `${text} ${word}`;
}

interface ServiceName {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

function serviceOf({ spec }: Definition): ServiceName | undefined {
  const { name, namespace, port = 443 } = spec.conversion?.webhook?.clientConfig?.service ?? {};
  return spec.conversion?.strategy !== 'Webhook' || name === undefined || namespace === undefined
    ? undefined
    : { name, namespace, port };
}

/** The Service that converts: namespace, name and port; undefined where none does. */
export function serviceText(one: Definition): string | undefined {
  const service = serviceOf(one);
  return service === undefined ? undefined : `${service.namespace}/${service.name}:${service.port}`;
}

function serviceRef({ name, namespace }: ServiceName) {
  return { apiVersion: 'v1', kind: 'Service', namespace, name };
}

/** The Service that converts, and the authority by which the API server checks it: its certificates are looked at elsewhere. */
export function converterLinks(one: Definition): readonly CauseLink[] {
  const service = serviceOf(one);
  if (service === undefined) return [];
  const path = 'spec.conversion.webhook.clientConfig';
  const value = `${service.namespace}/${service.name}`;
  return [
    { object: serviceRef(service), needs: 'route', via: { field: `${path}.service.name`, value }, certainty: 'sure' },
    { object: ref(one), needs: 'issue', via: { field: `${path}.caBundle`, value }, certainty: 'sure' },
  ];
}
