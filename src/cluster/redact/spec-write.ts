import type { Resource } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';

/** Resources whose controllers and pods are given time after their spec was written. */
export const dated: ReadonlySet<Resource> = new Set([
  'cronjobs.batch',
  'daemonsets.apps',
  'deployments.apps',
  'statefulsets.apps',
] as const);

/** What is kept of an entry of `metadata.managedFields`: that it holds a part of the spec, and the time of its last write. */
export interface SpecWrite {
  readonly time?: string;
  readonly fieldsV1: { readonly 'f:spec': object };
}

/** As the API server writes `metav1.Time`. */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * When an object's spec was written, by ManagedFieldsEntry.time and .fieldsV1; nothing of who wrote what. Of the entries with a time
 * the latest remains, and one without where there are such: those of the subresource `scale` have none. What was reduced before is
 * reduced to itself.
 * @returns undefined where no entry holds a part of the spec.
 */
export function specWrites(managedFields: unknown): readonly SpecWrite[] | undefined {
  if (!Array.isArray(managedFields)) return undefined;
  const times = managedFields
    .filter((entry) => isRecord(entry) && isRecord(entry['fieldsV1']) && Object.hasOwn(entry['fieldsV1'], 'f:spec'))
    .map(({ time }: { time?: unknown }) => (typeof time === 'string' && timestamp.test(time) ? time : undefined));
  const last = times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  const kept = [...(last === undefined ? [] : [last]), ...(times.includes(undefined) ? [undefined] : [])];
  if (kept.length === 0) return undefined;
  return kept.map((time) => ({ ...(time === undefined ? {} : { time }), fieldsV1: { 'f:spec': {} } }));
}
