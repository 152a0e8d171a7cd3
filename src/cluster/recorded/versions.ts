import { type Resource, resourceOf, resources } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';
import { asCoreEvent } from './core-event.ts';

type Raw = Readonly<Record<string, unknown>>;

/** The resource that an object belongs to, and the object in the form of the version that the tool reads. */
export interface Understood {
  readonly resource: Resource;
  readonly raw: Raw;
}

/**
 * What an object of any version is: an `extensions/v1beta1` Deployment is a Deployment, an Event of events.k8s.io an Event. Gives
 * 'unread' for kinds the tool does not read, and 'unknown version' where the fields of that version are not known to be the same.
 */
export function understand(apiVersion: string, kind: string, raw: Raw): Understood | 'unread' | 'unknown version' {
  const resource = resourceByKind(apiVersion, kind);
  if (resource === undefined) return 'unread';
  if (resources[resource].apiVersion === apiVersion) return { resource, raw };
  const convert = versions[`${apiVersion}/${kind}`];
  const converted = convert === undefined ? undefined : convert(raw);
  return converted === undefined ? 'unknown version' : { resource, raw: converted };
}

/** The resource of a kind in any version of its group, or in the group where it began. */
export function resourceByKind(apiVersion: string, kind: string): Resource | undefined {
  const own = resourceOf(apiVersion, kind);
  if (own !== undefined) return own;
  if (apiVersion === 'extensions/v1beta1')
    return resourceOf('apps/v1', kind) ?? resourceOf('networking.k8s.io/v1', kind);
  return apiVersion.startsWith('events.k8s.io/') && kind === 'Event' ? 'events' : undefined;
}

const same = (raw: Raw) => raw;

/** Other versions that are understood: with the same fields, or with a conversion of those that are read. */
const versions: Readonly<Record<string, (raw: Raw) => Raw | undefined>> = {
  'admissionregistration.k8s.io/v1beta1/MutatingWebhookConfiguration': same,
  'admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfiguration': same,
  'apiregistration.k8s.io/v1beta1/APIService': same,
  'apps/v1beta1/Deployment': same,
  'apps/v1beta1/StatefulSet': same,
  'apps/v1beta2/DaemonSet': same,
  'apps/v1beta2/Deployment': same,
  'apps/v1beta2/ReplicaSet': same,
  'apps/v1beta2/StatefulSet': same,
  'autoscaling/v1/HorizontalPodAutoscaler': autoscalerV1,
  'autoscaling/v2beta2/HorizontalPodAutoscaler': same,
  'batch/v1beta1/CronJob': same,
  'coordination.k8s.io/v1beta1/Lease': same,
  'discovery.k8s.io/v1beta1/EndpointSlice': endpointSliceV1beta1,
  'events.k8s.io/v1/Event': asCoreEvent,
  'events.k8s.io/v1beta1/Event': asCoreEvent,
  'extensions/v1beta1/DaemonSet': same,
  'extensions/v1beta1/Deployment': same,
  'extensions/v1beta1/Ingress': ingressV1beta1,
  'extensions/v1beta1/NetworkPolicy': same,
  'extensions/v1beta1/ReplicaSet': same,
  'kafka.strimzi.io/v1beta2/Kafka': same,
  'networking.k8s.io/v1beta1/Ingress': ingressV1beta1,
  'networking.k8s.io/v1beta1/IngressClass': same,
  'node.k8s.io/v1beta1/RuntimeClass': same,
  'policy/v1beta1/PodDisruptionBudget': budgetV1beta1,
  'resource.k8s.io/v1beta2/DeviceClass': same,
  'resource.k8s.io/v1beta2/ResourceClaim': same,
  'resource.k8s.io/v1beta2/ResourceSlice': same,
  'scheduling.k8s.io/v1alpha1/PriorityClass': same,
  'scheduling.k8s.io/v1beta1/PriorityClass': same,
  'storage.k8s.io/v1beta1/CSIDriver': same,
  'storage.k8s.io/v1beta1/CSINode': same,
  'storage.k8s.io/v1beta1/StorageClass': same,
  'storage.k8s.io/v1beta1/VolumeAttachment': same,
};

/** autoscaling/v1 has one target of its own and keeps the conditions in an annotation. */
function autoscalerV1(raw: Raw): Raw {
  const { targetCPUUtilizationPercentage: target, ...spec } = record(raw['spec']);
  const metrics =
    typeof target === 'number'
      ? [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }]
      : undefined;
  const annotations = record(record(raw['metadata'])['annotations']);
  const status = record(raw['status']);
  const conditions = list(annotations['autoscaling.alpha.kubernetes.io/conditions']) ?? status['conditions'];
  return {
    ...raw,
    spec: { ...spec, ...(metrics === undefined ? {} : { metrics }) },
    status: { ...status, ...(conditions === undefined ? {} : { conditions }) },
  };
}

/** Before v1 an Ingress named its backend `{serviceName, servicePort}`. */
function ingressV1beta1(raw: Raw): Raw {
  const { backend, ...spec } = record(raw['spec']);
  const rules = Array.isArray(spec['rules']) ? { rules: spec['rules'].map(ingressRule) } : {};
  return {
    ...raw,
    spec: { ...spec, ...rules, ...(isRecord(backend) ? { defaultBackend: ingressBackend(backend) } : {}) },
  };
}

function ingressRule(rule: unknown): unknown {
  const http = isRecord(rule) ? rule['http'] : undefined;
  if (!isRecord(rule) || !isRecord(http) || !Array.isArray(http['paths'])) return rule;
  const paths = http['paths'].map((path) => {
    if (!isRecord(path)) return path;
    const backend = isRecord(path['backend']) ? ingressBackend(path['backend']) : path['backend'];
    return { ...path, pathType: path['pathType'] ?? 'ImplementationSpecific', backend };
  });
  return { ...rule, http: { ...http, paths } };
}

function ingressBackend(backend: Raw): Raw {
  const { serviceName, servicePort, ...rest } = backend;
  if (typeof serviceName !== 'string') return backend;
  const port = typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort };
  return { ...rest, service: { name: serviceName, ...(servicePort === undefined ? {} : { port }) } };
}

function endpointSliceV1beta1(raw: Raw): Raw {
  if (!Array.isArray(raw['endpoints'])) return raw;
  const endpoints = raw['endpoints'].map((endpoint) => {
    if (!isRecord(endpoint)) return endpoint;
    const { topology, ...rest } = endpoint;
    const node = record(topology)['kubernetes.io/hostname'];
    return rest['nodeName'] === undefined && typeof node === 'string' ? { ...rest, nodeName: node } : rest;
  });
  return { ...raw, endpoints };
}

/** In v1beta1 an empty selector selects no pod, in v1 every pod of the namespace: that one cannot be said in v1. */
function budgetV1beta1(raw: Raw): Raw | undefined {
  const selector = record(record(raw['spec'])['selector']);
  return Object.keys(selector).length === 0 ? undefined : raw;
}

function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

function list(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
