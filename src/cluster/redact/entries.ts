import { isRecord } from '../shape.ts';

/** Lists of objects, and the fields that the API server lets no entry be without. A recording that was cut by hand may have others. */
export const listFields: Readonly<Record<string, readonly string[]>> = {
  conditions: ['type'],
  containerStatuses: ['name'],
  containers: ['name'],
  initContainerStatuses: ['name'],
  initContainers: ['name'],
  ownerReferences: ['apiVersion', 'kind', 'name'],
  ports: [],
  taints: ['key'],
  tolerations: [],
  volumeMounts: ['name'],
  volumes: ['name'],
  webhooks: ['name'],
};

/** Whether an entry has all those fields, as texts. */
export function isWhole(entry: unknown, fields: readonly string[]): boolean {
  return isRecord(entry) && fields.every((name) => typeof entry[name] === 'string');
}
