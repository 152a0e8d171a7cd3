import type { Evidence } from '../model/finding.ts';
import { type KubeObject, type ObjectRef, ref } from '../model/object.ts';
import type { ObjectEvent } from './events.ts';

const longest = 1_000;

/** A field of an object as evidence: its path as `kubectl explain` writes it, and its value. */
export function field(object: KubeObject | ObjectRef, path: string, value: unknown): Evidence {
  return { object: toRef(object), path, value: text(value), kind: 'field' };
}

/** An event as evidence, with its reason and how often it was seen. */
export function eventEvidence(object: KubeObject | ObjectRef, event: ObjectEvent): Evidence {
  const times = event.count > 1 ? ` (x${event.count})` : '';
  return { object: toRef(object), value: text(`${event.reason}: ${event.message}${times}`), kind: 'event' };
}

/** Something computed from several fields as evidence. */
export function computed(object: KubeObject | ObjectRef, value: string): Evidence {
  return { object: toRef(object), value: text(value), kind: 'computed' };
}

function toRef(object: KubeObject | ObjectRef): ObjectRef {
  return 'metadata' in object ? ref(object) : object;
}

function text(value: unknown): string {
  const whole = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return whole.length > longest ? `${whole.slice(0, longest)}...` : whole;
}
