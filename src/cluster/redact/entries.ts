import { isRecord } from '../shape.ts';

/**
 * Lists of objects, wherever in an object they stand, and the fields that the API server lets no entry be without. A recording that was cut
 * by hand may have others, and what is no list goes.
 */
export const listFields: Readonly<Record<string, readonly string[]>> = {
  conditions: ['type'],
  containerStatuses: ['name'],
  containers: ['name'],
  endpoints: [],
  envFrom: [],
  ephemeralContainers: ['name'],
  imagePullSecrets: [],
  initContainerStatuses: ['name'],
  initContainers: ['name'],
  items: [],
  matchExpressions: ['key', 'operator'],
  nodeSelectorTerms: [],
  ownerReferences: ['apiVersion', 'kind', 'name'],
  paths: [],
  ports: [],
  readinessGates: ['conditionType'],
  resourceClaims: ['name'],
  rules: [],
  schedulingGates: ['name'],
  sources: [],
  subsets: [],
  taints: ['key'],
  tolerations: [],
  topologySpreadConstraints: [],
  volumeClaimTemplates: [],
  volumeMounts: ['name'],
  volumes: ['name'],
  webhooks: ['name'],
};

/** Whether an entry has all those fields, as texts. */
export function isWhole(entry: unknown, fields: readonly string[]): boolean {
  return isRecord(entry) && fields.every((name) => typeof entry[name] === 'string');
}
