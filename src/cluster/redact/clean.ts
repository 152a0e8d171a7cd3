import type { Resource } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';
import { annotations } from './annotations.ts';
import { caBundle } from './certificates.ts';
import { maskArguments } from './command.ts';
import { isWhole, listFields } from './entries.ts';
import { variable } from './environment.ts';
import { sharePart, shareString } from './share.ts';
import { dated, specWrites } from './spec-write.ts';
import { maskMessage, maskScript, maskUrls } from './text.ts';
import { isSecretName, mask } from './words.ts';

type Raw = Readonly<Record<string, unknown>>;
/** Gives what is kept of a field; undefined where the field goes. */
type Rule = (value: unknown, parent: Raw, depth: number) => unknown;

/** Nothing that an API server stores is nearly as deep. */
const deepest = 64;

/** Fields that nobody reads and that are large or differ from pod to pod. */
const dropped: Partial<Record<Resource, readonly string[]>> = {
  nodes: ['images'],
  pods: ['containerID', 'imageID', 'hostIPs'],
  // Requests, tokens and solvers say nothing that their status does not; some hold passwords.
  'certificaterequests.cert-manager.io': ['request', 'extra'],
  'certificates.cert-manager.io': ['keystores', 'secretTemplate'],
  'certificatesigningrequests.certificates.k8s.io': ['request', 'extra'],
  'challenges.acme.cert-manager.io': ['key', 'token', 'solver', 'url', 'authorizationURL'],
  'clusterissuers.cert-manager.io': ['solvers', 'email'],
  'issuers.cert-manager.io': ['solvers', 'email'],
  'orders.acme.cert-manager.io': ['request', 'authorizations', 'finalizeURL', 'url'],
};

/** A copy of one object's content: without nulls, secrets and what nobody reads; equal parts of different objects are shared. */
export function cleaner(resource: Resource): (value: unknown) => unknown {
  const unread = new Set(['selfLink', ...(dropped[resource] ?? [])]);
  const parts = new Map<string, unknown>();

  function clean(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return shareString(maskUrls(value));
    if (typeof value !== 'object' || value === null) return value ?? undefined;
    if (depth > deepest) throw new TooDeep();
    if (Array.isArray(value)) return cleanList(value, depth);
    const source = value as Raw;
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(source)) {
      const field = source[key];
      if (field === null || field === undefined || key === '__proto__') continue;
      if (unread.has(key)) continue;
      const rule = rules.get(key);
      const reduce = () => (rule === undefined ? clean(field, depth + 1) : rule(field, source, depth + 1));
      const kept = shared.has(key) && typeof field === 'object' ? sharePart(parts, key, field, reduce) : reduce();
      if (kept !== undefined) result[key] = kept;
    }
    return result;
  }

  function cleanList(list: readonly unknown[], depth: number): readonly unknown[] {
    const result: unknown[] = [];
    for (const item of list) {
      const kept = clean(item, depth + 1);
      if (kept !== undefined) result.push(kept);
    }
    return result;
  }

  const commandLine: Rule = (value, parent) => {
    if (!Array.isArray(value)) return undefined;
    const whole = [parent['command'], parent['args']].flatMap((part) => (Array.isArray(part) ? part : []));
    return maskArguments(
      value,
      whole
        .filter((part) => typeof part === 'string')
        .join(' ')
        .slice(0, 4_096),
    );
  };
  const labels: Rule = (value) => (isRecord(value) ? texts(value, shareString) : undefined);
  const options: Rule = (value, _parent, depth) =>
    isRecord(value) ? texts(value, (text, key) => (isSecretName(key) ? mask : maskScript(text))) : clean(value, depth);
  const sentence: Rule = (value) => (typeof value === 'string' ? shareString(maskMessage(value)) : undefined);
  const script: Rule = (value) =>
    Array.isArray(value) ? value.filter((one) => typeof one === 'string').map(maskScript) : undefined;

  /** Of a text its certificates; objects of that name are settings (`spec.ca` of an Issuer). */
  const publicOnly: Rule = (value, _parent, depth) =>
    typeof value === 'string' ? caBundle(value) : clean(value, depth);

  /** Endpoints have one object of conditions, all else has lists. */
  const whole = (name: string, fields: readonly string[]): Rule => {
    const isKept = (entry: unknown) => isWhole(entry, fields);
    return (value, _parent, depth) => {
      if (Array.isArray(value)) return cleanList(value.filter(isKept), depth);
      const isOfEndpoint = resource === 'endpointslices.discovery.k8s.io' && name === 'conditions';
      return isOfEndpoint && isRecord(value) ? clean(value, depth) : undefined;
    };
  };

  const rules = new Map<string, Rule>([
    ...Object.entries(listFields).map(([name, fields]): [string, Rule] => [name, whole(name, fields)]),
    ['annotations', (value) => (isRecord(value) ? annotations(value) : undefined)],
    ['managedFields', (value) => (dated.has(resource) ? specWrites(value) : undefined)],
    ['labels', labels],
    ['matchLabels', labels],
    ['nodeSelector', (value, _parent, depth) => (isRecord(value) ? clean(value, depth) : undefined)],
    [
      'env',
      (value, _parent, depth) =>
        Array.isArray(value)
          ? value.filter(isRecord).map((entry) => variable(entry, (part) => clean(part, depth + 1)))
          : undefined,
    ],
    ['command', commandLine],
    ['args', commandLine],
    ['httpHeaders', (value, _parent, depth) => (Array.isArray(value) ? headers(value) : clean(value, depth))],
    ['parameters', options],
    ['volumeAttributes', options],
    // Of devices they are typed and say what a device is: product, memory, driver.
    [
      'attributes',
      resource === 'resourceslices.resource.k8s.io' ? (value, _parent, depth) => clean(value, depth) : options,
    ],
    ['options', options],
    ['mountOptions', script],
    ['message', sentence],
    ['note', sentence],
    ['caBundle', (value) => (typeof value === 'string' ? caBundle(value) : undefined)],
    ['certificate', publicOnly],
    ['ca', publicOnly],
  ]);
  return (value) => clean(value, 0);
}

/** Thrown for an object that is nested deeper than anything an API server stores. */
export class TooDeep extends Error {}

/** Fields that replicas of a workload have in common, and that are reduced without a look at what stands beside them. */
const shared = new Set([
  'affinity',
  'annotations',
  'capabilities',
  'env',
  'envFrom',
  'labels',
  'lifecycle',
  'livenessProbe',
  'matchLabels',
  'metrics',
  'nodeInfo',
  'nodeSelector',
  'ownerReferences',
  'ports',
  'projected',
  'readinessProbe',
  'resources',
  'securityContext',
  'selector',
  'startupProbe',
  'tolerations',
  'topologySpreadConstraints',
  'volumeMounts',
]);

function texts(record: Raw, keep: (text: string, key: string) => string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(record)) {
    if (typeof value === 'string' && key !== '__proto__') kept[key] = keep(value, key);
  }
  return kept;
}

/** Headers of a probe: their names, and of `Host` its value. */
function headers(list: readonly unknown[]): readonly unknown[] {
  return list.filter(isRecord).flatMap(({ name, value }) => {
    if (typeof name !== 'string') return [];
    const kept = name.toLowerCase() === 'host' && typeof value === 'string' && /^[\w.:[\]-]{1,255}$/.test(value);
    return [kept ? { name, value } : { name }];
  });
}
