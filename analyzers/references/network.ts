import {
  condition,
  failedCreations,
  field,
  isBeingIssued,
  type ObjectRef,
  olderThan,
  type ResourceTypes,
  servesSecrets,
} from '../../src/kit.ts';
import { use, type Use, type View } from './use.ts';
import { saysMissing } from './words.ts';

/** What Ingresses, StatefulSets, webhooks and aggregated APIs name: Services, TLS Secrets, IngressClasses. */
export function* networkUses(snapshot: View, tlsGraceSeconds: number): Iterable<Use> {
  for (const ingress of snapshot.list('ingresses.networking.k8s.io').items) {
    yield* ingressUses(ingress);
    const settled = olderThan(snapshot, ingress.metadata.creationTimestamp, tlsGraceSeconds);
    if (settled && servesSecrets(snapshot, ingress)) yield* tlsUses(snapshot, ingress);
  }
  for (const set of snapshot.list('statefulsets.apps').items) {
    const { serviceName, replicas } = set.spec;
    if (serviceName === undefined || serviceName === '') continue;
    const object = serviceRef(set.metadata.namespace, serviceName);
    yield use(set, 'services', object, 'spec.serviceName', replicas === 0 ? 'idle' : 'later');
  }
  yield* webhookUses(snapshot);
  for (const api of snapshot.list('apiservices.apiregistration.k8s.io').items) {
    const { name, namespace } = api.spec.service ?? {};
    if (name === undefined || namespace === undefined) continue;
    const available = condition(api, 'Available');
    const notFound = available?.status === 'False' && available.reason === 'ServiceNotFound';
    yield use(api, 'services', serviceRef(namespace, name), 'spec.service.name', 'broken', {
      saysObject: notFound,
      proof: notFound ? [field(api, 'status.conditions[type=Available].message', available.message ?? '')] : [],
    });
  }
}

function* ingressUses(ingress: ResourceTypes['ingresses.networking.k8s.io']): Iterable<Use> {
  const { metadata, spec, status } = ingress;
  const served = (status?.loadBalancer?.ingress ?? []).length > 0;
  if (spec.ingressClassName !== undefined && spec.ingressClassName !== '') {
    const object = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name: spec.ingressClassName };
    const need = served ? 'later' : 'broken';
    yield use(ingress, 'ingressclasses.networking.k8s.io', object, 'spec.ingressClassName', need);
  }
  const backends = [
    { backend: spec.defaultBackend, path: 'spec.defaultBackend' },
    ...(spec.rules ?? []).flatMap((rule, at) =>
      (rule.http?.paths ?? []).map(({ backend }, index) => ({
        backend,
        path: `spec.rules[${at}].http.paths[${index}].backend`,
      })),
    ),
  ];
  for (const { backend, path } of backends) {
    const service = backend?.service;
    // The AWS load balancer controller takes `use-annotation` for an action that an annotation defines: no Service is meant.
    if (service?.name === undefined || service.port?.name === 'use-annotation') continue;
    yield use(ingress, 'services', serviceRef(metadata.namespace, service.name), `${path}.service.name`, 'broken');
  }
}

/** Without its Secret an Ingress is served with the controller's own certificate. A certificate takes a while to be issued. */
function* tlsUses(snapshot: View, ingress: ResourceTypes['ingresses.networking.k8s.io']): Iterable<Use> {
  const { metadata, spec } = ingress;
  for (const [index, { secretName }] of (spec.tls ?? []).entries()) {
    if (secretName === undefined || secretName === '' || metadata.namespace === undefined) continue;
    const object = { apiVersion: 'v1', kind: 'Secret', namespace: metadata.namespace, name: secretName };
    if (isBeingIssued(snapshot, object)) continue;
    yield use(ingress, 'secrets', object, `spec.tls[${index}].secretName`, 'later');
  }
}

function* webhookUses(snapshot: View): Iterable<Use> {
  const configs = [
    ...snapshot.list('mutatingwebhookconfigurations.admissionregistration.k8s.io').items,
    ...snapshot.list('validatingwebhookconfigurations.admissionregistration.k8s.io').items,
  ];
  const refused = failedCreations(snapshot).filter(({ denial }) => denial.kind === 'webhookFailure');
  for (const config of configs) {
    for (const [index, hook] of (config.webhooks ?? []).entries()) {
      const { name, namespace } = hook.clientConfig?.service ?? {};
      if (name === undefined || namespace === undefined || (hook.rules ?? []).length === 0) continue;
      const object = serviceRef(namespace, name);
      const saying = refused.filter(
        ({ denial, text }) =>
          denial.kind === 'webhookFailure' && denial.webhook === hook.name && saysMissing(text, object),
      );
      const { creationTimestamp } = config.metadata;
      // Its Service may be made after it.
      if (saying.length === 0 && creationTimestamp !== undefined && !olderThan(snapshot, creationTimestamp, 60))
        continue;
      const need = hook.failurePolicy === 'Ignore' ? 'idle' : 'broken';
      yield use(config, 'services', object, `webhooks[${index}].clientConfig.service.name`, need, {
        saysObject: saying.length > 0,
        proof: saying.slice(0, 1).map(({ evidence }) => evidence),
      });
    }
  }
}

function serviceRef(namespace: string | undefined, name: string): ObjectRef {
  const kind = { apiVersion: 'v1', kind: 'Service', name };
  return namespace === undefined ? kind : { ...kind, namespace };
}
