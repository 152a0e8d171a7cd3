import type { KubeObject, Metadata } from '../../model/object.ts';
import { type Resource, resources } from '../../model/resources.ts';
import { shapeProblem } from '../shape.ts';
import { cleaner, TooDeep } from './clean.ts';
import { configMapFacts } from './configmap.ts';
import { definitionFacts } from './definition.ts';
import { kafkaFacts, postgresFacts } from './operator.ts';
import { secretFacts } from './secret.ts';

/**
 * The one door through which an object comes into a snapshot, live or recorded. Checks that it can be an object of this resource,
 * gives it the `apiVersion` and `kind` that list items lack, and takes out nulls, managed fields, copies of the object in
 * annotations, and everything that may be secret. Of Secrets and ConfigMaps only facts remain. What has passed once passes again
 * unchanged. Never throws; `raw` is not changed and none of it is kept.
 */
export function intake(resource: Resource, raw: unknown): { object: KubeObject } | { problem: string } {
  const problem = shapeProblem(resource, raw);
  if (problem !== undefined) return { problem };
  const source = raw as Readonly<Record<string, unknown>>;
  try {
    return { object: reduce(resource, source) };
  } catch (error) {
    if (error instanceof TooDeep || error instanceof RangeError) return { problem: 'is nested too deeply' };
    throw error;
  }
}

function reduce(resource: Resource, source: Readonly<Record<string, unknown>>): KubeObject {
  const { apiVersion, kind, namespaced } = resources[resource];
  const facts = resource === 'secrets' || resource === 'configmaps';
  const kept = facts ? { metadata: source['metadata'] } : (partial[resource]?.(source) ?? source);
  const cleaned = clean(resource, kept) as { metadata: Metadata };
  // Cluster-scoped objects have no namespace, whatever a recording says.
  if (!namespaced && cleaned.metadata.namespace !== undefined) {
    const { namespace: _, ...metadata } = cleaned.metadata;
    cleaned.metadata = metadata;
  }
  const head = { apiVersion, kind, metadata: cleaned.metadata };
  if (resource === 'secrets') return secretFacts(head, source);
  if (resource === 'configmaps') return configMapFacts(head, source);
  return { ...cleaned, apiVersion, kind };
}

/** Resources of which little is read, and that hold much else. */
const partial: Partial<Record<Resource, (raw: Readonly<Record<string, unknown>>) => object>> = {
  'clusters.postgresql.cnpg.io': postgresFacts,
  'customresourcedefinitions.apiextensions.k8s.io': definitionFacts,
  'kafkas.kafka.strimzi.io': kafkaFacts,
};

const cleaners = new Map<Resource, (value: unknown) => unknown>();

function clean(resource: Resource, value: unknown): unknown {
  let own = cleaners.get(resource);
  if (own === undefined) {
    own = cleaner(resource);
    cleaners.set(resource, own);
  }
  return own(value);
}
