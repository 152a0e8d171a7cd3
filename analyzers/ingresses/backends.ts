import {
  type BackendReads,
  backendsOf,
  declaredPorts,
  type Draft,
  field,
  nearest,
  ref,
  type Service,
  type Serving,
  serving,
  type Snapshot,
} from '../../src/kit.ts';
import { type ClassReads, type Ingress, type Patience, settledIngresses } from './classes.ts';
import type { Code } from './codes.ts';

type Snap = Snapshot<ClassReads | BackendReads | 'services'>;

interface Backend {
  readonly service: string;
  readonly port: number | string;
  /** The field that names it, where it is named first. */
  readonly path: string;
}

/** Backends that lead nowhere: the Service is missing, lacks the port, or has nobody to serve. Resource backends are no Services. */
export function* backends(snapshot: Snap, { settle, grace }: Patience): Generator<Draft<Code>> {
  for (const ingress of settledIngresses(snapshot, settle)) {
    for (const backend of backendsIn(ingress)) {
      const found = snapshot.lookup('services', backend.service, ingress.metadata.namespace);
      if (found.state === 'absent') yield unavailable(ingress, backend, 'the Service does not exist');
      if (found.state !== 'found' || found.object.spec.type === 'ExternalName') continue;
      const port = portOf(found.object, backend);
      if (port === undefined) yield portUnknown(ingress, backend, found.object);
      else yield* unserved(snapshot, { ingress, backend, service: found.object, port, grace });
    }
  }
}

function backendsIn({ spec }: Ingress): readonly Backend[] {
  const all = new Map<string, Backend>();
  const add = (backend: NonNullable<Ingress['spec']['defaultBackend']> | undefined, path: string) => {
    const { name, port } = backend?.service ?? {};
    const number = port?.number ?? port?.name;
    // The AWS load balancer controller takes `use-annotation` for an action that an annotation defines: no Service is meant.
    if (name === undefined || number === undefined || number === 'use-annotation') return;
    const key = `${name}:${number}`;
    if (!all.has(key)) all.set(key, { service: name, port: number, path: `${path}.service` });
  };
  add(spec.defaultBackend, 'spec.defaultBackend');
  for (const [rule, { http }] of (spec.rules ?? []).entries()) {
    for (const [position, { backend }] of (http?.paths ?? []).entries()) {
      add(backend, `spec.rules[${rule}].http.paths[${position}].backend`);
    }
  }
  return [...all.values()];
}

type Port = NonNullable<Service['spec']['ports']>[number];

function portOf({ spec }: Service, { port }: Backend): Port | undefined {
  return (spec.ports ?? []).find((one) => (typeof port === 'number' ? one.port : one.name) === port);
}

const words: Partial<Record<Serving, string>> = {
  empty: 'the Service has no endpoints',
  idle: 'the Service has no pods, for its workload is scaled to zero or suspended',
  stale: 'the EndpointSlices of the Service hold no ready endpoint',
  unmatched: 'the selector of the Service matches no pod',
  unready: 'the Service has no ready endpoint',
};

interface Context {
  readonly ingress: Ingress;
  readonly backend: Backend;
  readonly service: Service;
  readonly port: Port;
  readonly grace: number;
}

function* unserved(snapshot: Snap, { ingress, backend, service, port, grace }: Context): Generator<Draft<Code>> {
  const state = serving(snapshot, service, grace);
  const word = words[state];
  if (word !== undefined) {
    const draft = unavailable(ingress, backend, word);
    yield state === 'idle' ? { ...draft, severity: 'info' } : draft;
  } else if (state === 'ready' && leadsNowhere(snapshot, service, port)) {
    yield unavailable(ingress, backend, `no pod of the Service has a port named ${port.targetPort}`);
  }
}

function leadsNowhere(snapshot: Snap, service: Service, { targetPort, protocol }: Port): boolean {
  const { pods } = backendsOf(snapshot, service);
  if (typeof targetPort !== 'string' || pods.length === 0) return false;
  return pods.every((pod) =>
    declaredPorts(pod).every((one) => one.name !== targetPort || one.protocol !== (protocol ?? 'TCP')),
  );
}

function unavailable(ingress: Ingress, { service, port, path }: Backend, why: string): Draft<Code> {
  const { namespace } = ingress.metadata;
  return {
    code: 'IngressBackendUnavailable',
    object: ref(ingress),
    key: `${service}:${port}`,
    message: `requests for backend ${service}:${port} fail: ${why}`,
    evidence: [field(ingress, `${path}.name`, service)],
    causes: [
      {
        object: { apiVersion: 'v1', kind: 'Service', ...(namespace === undefined ? {} : { namespace }), name: service },
        needs: 'route',
        via: { field: `${path}.name`, value: service },
        certainty: 'sure',
      },
    ],
    values: { service, port: String(port) },
  };
}

function portUnknown(ingress: Ingress, { service, port, path }: Backend, { spec }: Service): Draft<Code> {
  const known = (spec.ports ?? []).map((one) => (one.name === undefined ? `${one.port}` : `${one.name} (${one.port})`));
  const names = (spec.ports ?? []).flatMap(({ name }) => name ?? []);
  const near = typeof port === 'string' ? nearest(port, names) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}`;
  return {
    code: 'IngressBackendPortUnknown',
    object: ref(ingress),
    key: `${service}:${port}`,
    message: `its backend asks Service ${service} for port ${port}, which has ${known.join(', ') || 'no ports'}${hint}`,
    evidence: [
      field(ingress, `${path}.port`, port),
      field(
        { apiVersion: 'v1', kind: 'Service', namespace: ingress.metadata.namespace ?? '', name: service },
        'spec.ports',
        known.join(', '),
      ),
    ],
    values: { service, port: String(port), ports: known.join(', ') },
  };
}
