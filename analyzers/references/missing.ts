import { type Draft, groupBy, refKey } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { finding } from './finding.ts';
import { keysOf } from './hints.ts';
import { staticClasses } from './storage.ts';
import type { Use, View } from './use.ts';

/** One finding per object, or key of an object, that is named and does not exist. */
export function* missing(snapshot: View, uses: readonly Use[]): Iterable<Draft<Code>> {
  for (const group of groupBy(uses, ({ object }) => refKey(object)).values()) {
    const absent = group.filter((one) => lacksObject(snapshot, one));
    if (absent.length > 0) {
      // A reference that nothing was said about is as missing as the one that something was said about.
      const all = snapshotSees(snapshot, group) ? absent : group.filter((one) => !one.saysKey);
      yield* finding(snapshot, all, undefined);
      continue;
    }
    const keyed = group.filter((one) => one.key !== undefined);
    for (const [key, users] of groupBy(keyed, (one) => one.key)) {
      const lacking = users.filter((one) => lacksKey(snapshot, one));
      yield* finding(snapshot, lacking, key);
    }
  }
}

function snapshotSees(snapshot: View, [one]: readonly Use[]): boolean {
  return one !== undefined && lookup(snapshot, one).state === 'absent';
}

function lookup(snapshot: View, { resource, object }: Use) {
  return snapshot.lookup(resource, object.name, object.namespace);
}

/** Proven by a complete list, or by the system's words where the list could not be read. */
function lacksObject(snapshot: View, one: Use): boolean {
  if (one.resource === 'storageclasses.storage.k8s.io' && mayBeStatic(snapshot, one)) return false;
  const { state } = lookup(snapshot, one);
  return state === 'absent' || (state === 'unknown' && one.saysObject);
}

/** True where volumes made by hand may bear the class's name, so that no StorageClass need exist. */
function mayBeStatic(snapshot: View, { object, referrer, saysObject }: Use): boolean {
  if (staticClasses(snapshot).has(object.name)) return true;
  const pending = referrer.kind === 'PersistentVolumeClaim' || saysObject;
  return !pending && !snapshot.list('persistentvolumes').complete;
}

function lacksKey(snapshot: View, one: Use): boolean {
  const { state } = lookup(snapshot, one);
  if (state === 'unknown') return one.saysKey;
  const keys = keysOf(snapshot, one);
  return keys === undefined ? one.saysKey : one.key !== undefined && !keys.includes(one.key);
}
