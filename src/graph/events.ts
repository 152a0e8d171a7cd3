import { groupOf, type ObjectRef } from '../model/object.ts';
import type { KubeEvent } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { groupBy, once } from './memo.ts';
import { latest, millis } from './time.ts';

/** An Event of either writer: core/v1 style (`count`, `lastTimestamp`) or events.k8s.io style (`eventTime`, `series`). */
export interface ObjectEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** How often it happened, at least 1. */
  readonly count: number;
  readonly first?: string;
  readonly last?: string;
  /** The component that wrote it: `kubelet`, `default-scheduler`. */
  readonly source: string;
  /** `spec.containers{app}` where it is about one container. */
  readonly fieldPath?: string;
}

/**
 * The events about an object, newest first. They are joined by kind, namespace, name and, where both sides have one, uid, so that
 * an event about an earlier object of the same name is left out. An empty list proves nothing: events live an hour by default.
 */
export function eventsOf(snapshot: Snapshot<'events'>, object: ObjectRef, uid?: string): readonly ObjectEvent[] {
  const all = eventIndex(snapshot).get(eventKey(object.apiVersion, object.kind, object.namespace, object.name)) ?? [];
  if (uid === undefined) return all.map((one) => one.event);
  return all.filter((one) => one.uid === undefined || one.uid === '' || one.uid === uid).map((one) => one.event);
}

interface Indexed {
  readonly uid: string | undefined;
  readonly event: ObjectEvent;
}

const eventIndex = once((snapshot: Snapshot<'events'>) => {
  const groups = groupBy(
    snapshot.list('events').items.map((event) => ({ event, about: event.involvedObject })),
    ({ about }) => eventKey(about?.apiVersion ?? 'v1', about?.kind ?? '', about?.namespace, about?.name ?? ''),
  );
  const index = new Map<string, Indexed[]>();
  for (const [key, group] of groups) {
    const events = group.map(({ event, about }) => ({ uid: about?.uid, event: normalise(event) }));
    events.sort((one, other) => (millis(other.event.last) ?? 0) - (millis(one.event.last) ?? 0));
    index.set(key, events);
  }
  return index;
});

function eventKey(apiVersion: string, kind: string, namespace: string | undefined, name: string): string {
  return `${groupOf(apiVersion)}/${kind}/${kind === 'Node' ? '' : (namespace ?? '')}/${name}`;
}

/** What client-go's recorder puts before the newest of many events that differ in their text alone. */
const combined = /^\(combined from similar events\): ?/;

function normalise(event: KubeEvent): ObjectEvent {
  const { metadata } = event;
  const first = event.firstTimestamp ?? event.eventTime ?? metadata.creationTimestamp;
  const last = latest([event.series?.lastObservedTime, event.lastTimestamp, event.eventTime, first]);
  return {
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: (event.message ?? '').replace(combined, ''),
    count: Math.max(1, event.series?.count ?? event.count ?? 1),
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    source: event.source?.component ?? event.reportingComponent ?? '',
    ...(event.involvedObject?.fieldPath === undefined ? {} : { fieldPath: event.involvedObject.fieldPath }),
  };
}

/** The newest of an object's events (newest first) that tells of a failure, where none of a success came after it. */
export function lastFailure(
  events: readonly ObjectEvent[],
  {
    isFailure,
    isSuccess,
  }: { readonly isFailure: (event: ObjectEvent) => boolean; readonly isSuccess: (event: ObjectEvent) => boolean },
): ObjectEvent | undefined {
  const failure = events.find(isFailure);
  const success = events.find(isSuccess);
  return (millis(success?.last) ?? -Infinity) > (millis(failure?.last) ?? Infinity) ? undefined : failure;
}
