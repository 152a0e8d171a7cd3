import { type ObjectRef, once, ref, type Service, type Snapshot } from '../../src/kit.ts';

/** Where Services are named by what fails without them. */
export type ReferrerReads =
  | 'ingresses.networking.k8s.io'
  | 'apiservices.apiregistration.k8s.io'
  | 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
  | 'validatingwebhookconfigurations.admissionregistration.k8s.io';

export interface Referrer {
  readonly object: ObjectRef;
  /** The field that names the Service. */
  readonly path: string;
  /** The port asked for, by number or name; undefined for one that is not said. */
  readonly port: number | string | undefined;
}

/** The Ingresses, webhooks and APIServices that send their requests to a Service. */
export function referrersOf(snapshot: Snapshot<ReferrerReads>, service: Service): readonly Referrer[] {
  return index(snapshot).get(`${service.metadata.namespace ?? ''}/${service.metadata.name}`) ?? [];
}

const index = once((snapshot: Snapshot<ReferrerReads>) => {
  const known = new Map<string, Referrer[]>();
  for (const { namespace, name, ...referrer } of all(snapshot)) {
    if (name === undefined) continue;
    const key = `${namespace ?? ''}/${name}`;
    const others = known.get(key);
    if (others === undefined) known.set(key, [referrer]);
    else others.push(referrer);
  }
  return known;
});

interface Named extends Referrer {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

function* all(snapshot: Snapshot<ReferrerReads>): Generator<Named> {
  yield* fromIngresses(snapshot);
  for (const resource of [
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
  ] as const) {
    for (const configuration of snapshot.list(resource).items) {
      for (const [position, { clientConfig }] of (configuration.webhooks ?? []).entries()) {
        const { namespace, name, port } = clientConfig?.service ?? {};
        yield { object: ref(configuration), path: `webhooks[${position}].clientConfig.service`, namespace, name, port };
      }
    }
  }
  for (const api of snapshot.list('apiservices.apiregistration.k8s.io').items) {
    const { namespace, name, port } = api.spec.service ?? {};
    yield { object: ref(api), path: 'spec.service', namespace, name, port };
  }
}

function* fromIngresses(snapshot: Snapshot<ReferrerReads>): Generator<Named> {
  for (const ingress of snapshot.list('ingresses.networking.k8s.io').items) {
    const object = ref(ingress);
    const { namespace } = ingress.metadata;
    const first = ingress.spec.defaultBackend?.service;
    yield { object, path: 'spec.defaultBackend', namespace, name: first?.name, port: portOf(first) };
    for (const [rule, { http }] of (ingress.spec.rules ?? []).entries()) {
      for (const [position, { backend }] of (http?.paths ?? []).entries()) {
        const path = `spec.rules[${rule}].http.paths[${position}].backend`;
        yield { object, path, namespace, name: backend?.service?.name, port: portOf(backend?.service) };
      }
    }
  }
}

function portOf(service: { port?: { number?: number; name?: string } } | undefined): number | string | undefined {
  return service?.port?.number ?? service?.port?.name;
}
