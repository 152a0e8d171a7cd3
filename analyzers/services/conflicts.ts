import { computed, type Draft, field, groupBy, ref, refText, type Service, type Snapshot } from '../../src/kit.ts';
import type { Code } from './codes.ts';

interface Claimed {
  readonly service: Service;
  readonly path: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

/**
 * Services that announce the same address, port and protocol to the outside: only one of them gets the traffic. Node ports need no
 * such check, for the API server gives each out once.
 */
export function* addressConflicts(snapshot: Snapshot<'services'>): Generator<Draft<Code>> {
  const claims = snapshot
    .list('services')
    .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(claimedBy);
  for (const [text, group] of groupBy(claims, ({ address, port, protocol }) => `${address}:${port}/${protocol}`)) {
    const services = [...new Set(group.map(({ service }) => service))].sort(byAge);
    const [first, ...later] = services;
    if (first === undefined) continue;
    for (const service of later) {
      const claim = group.find((one) => one.service === service);
      yield {
        code: 'ServiceAddressConflict',
        object: ref(service),
        key: text,
        message: `${text} is announced by ${refText(ref(first))} as well`,
        evidence: [field(service, claim?.path ?? 'status', text), computed(first, `announces ${text}`)],
        values: { address: text, other: `${first.metadata.namespace}/${first.metadata.name}` },
      };
    }
  }
}

function claimedBy(service: Service): readonly Claimed[] {
  const ports = (service.spec.ports ?? []).map(({ port, protocol }) => ({ port, protocol: protocol ?? 'TCP' }));
  const external = (service.spec.externalIPs ?? []).map((address) => ({ address, path: 'spec.externalIPs' }));
  const given = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) =>
    ip === undefined ? [] : [{ address: ip, path: 'status.loadBalancer.ingress' }],
  );
  const addresses = new Map([...external, ...given].map((one) => [one.address, one]));
  return [...addresses.values()].flatMap((one) => ports.map((port) => ({ service, ...one, ...port })));
}

function byAge(one: Service, other: Service): number {
  const text = (service: Service) => `${service.metadata.creationTimestamp ?? ''} ${refText(ref(service))}`;
  return text(one) < text(other) ? -1 : 1;
}
