import type { KubeObject } from '../../model/object.ts';
import type { Resource } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';

/** The newest time in a recording, and what is needed to see that one node's clock runs ahead. */
export interface Clock {
  /** Takes the times of one object into account. */
  see(resource: Resource, object: KubeObject): void;
  /** The moment of the recording in milliseconds; undefined where no object bears a time. */
  newest(): number | undefined;
}

const aheadMillis = 10 * 60_000;

/**
 * The newest of the times of creation, of conditions, of events, of container states and of leases. What one node's kubelet wrote
 * does not count where that node is more than ten minutes ahead of all else, at least two other nodes' times among it: its clock is
 * wrong, and by it every other node would look dead. Times that may lie in the future (deletion, certificates) are not read.
 */
export function createClock(): Clock {
  let others: number | undefined;
  const nodes = new Map<string, number>();
  return {
    see(resource, object) {
      others = later(others, time(object.metadata.creationTimestamp));
      const node = writer(resource, object);
      const own = written(resource, object);
      if (own === undefined) return;
      if (node === undefined) others = later(others, own);
      else nodes.set(node, later(nodes.get(node), own) ?? own);
    },
    newest() {
      const [first, second] = [...nodes.values()].sort((one, other) => other - one);
      const rest = later(others, second);
      const wrong = nodes.size > 2 && first !== undefined && rest !== undefined && first > rest + aheadMillis;
      return wrong ? rest : later(rest, first);
    },
  };
}

/** The node whose kubelet writes the times of an object; undefined where it is not a kubelet. */
function writer(resource: Resource, object: KubeObject): string | undefined {
  if (resource === 'nodes') return object.metadata.name;
  if (resource === 'leases.coordination.k8s.io')
    return object.metadata.namespace === 'kube-node-lease' ? object.metadata.name : undefined;
  if (resource === 'pods') return text(field(object, 'spec', 'nodeName'));
  if (resource === 'events') return text(field(object, 'source', 'host'));
  return undefined;
}

const conditionTimes = ['lastTransitionTime', 'lastUpdateTime', 'lastHeartbeatTime', 'lastProbeTime'];

function written(resource: Resource, object: KubeObject): number | undefined {
  let newest: number | undefined;
  const see = (value: unknown) => (newest = later(newest, time(value)));
  for (const condition of list(field(object, 'status', 'conditions')))
    for (const name of conditionTimes) see(field(condition, name));
  if (resource === 'pods') containerTimes(object, see);
  if (resource === 'leases.coordination.k8s.io')
    for (const name of ['renewTime', 'acquireTime']) see(field(object, 'spec', name));
  if (resource === 'events') {
    for (const name of ['lastTimestamp', 'firstTimestamp', 'eventTime']) see(field(object, name));
    see(field(object, 'series', 'lastObservedTime'));
  }
  return newest;
}

function containerTimes(object: KubeObject, see: (value: unknown) => void): void {
  see(field(object, 'status', 'startTime'));
  for (const group of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) {
    for (const status of list(field(object, 'status', group))) {
      see(field(status, 'state', 'running', 'startedAt'));
      for (const when of ['state', 'lastState'])
        for (const name of ['startedAt', 'finishedAt']) see(field(status, when, 'terminated', name));
    }
  }
}

function field(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const part of path) current = isRecord(current) ? current[part] : undefined;
  return current;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function time(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined;
  const millis = Date.parse(value);
  return Number.isNaN(millis) ? undefined : millis;
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined || one >= other ? one : other;
}
