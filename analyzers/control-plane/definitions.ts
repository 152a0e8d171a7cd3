import {
  age,
  condition,
  type Draft,
  duration,
  field,
  groupBy,
  olderThan,
  ref,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type ConversionReads, converterLinks, type Definition, serviceText, unconverted } from './conversions.ts';

type Snap = Snapshot<ConversionReads>;

interface Patience {
  /** Seconds that the pods behind a conversion webhook may take to start. */
  readonly grace: number;
  /** Seconds that a definition may take to be deleted. */
  readonly deletion: number;
}

/** CustomResourceDefinitions that the API server does not serve, cannot convert, or cannot delete. */
export function* definitions(snapshot: Snap, patience: Patience): Iterable<Draft<Code>> {
  const all = snapshot.list('customresourcedefinitions.apiextensions.k8s.io').items;
  for (const one of all) {
    const draft =
      one.metadata.deletionTimestamp === undefined ? refused(snapshot, one) : stuck(snapshot, one, patience);
    if (draft !== undefined) yield draft;
  }
  const converting = all.filter(
    ({ metadata, spec }) =>
      metadata.deletionTimestamp === undefined &&
      (spec.versions ?? []).filter(({ served }) => served === true).length > 1,
  );
  // Those of one program share its Service.
  for (const group of groupBy(converting, serviceText).values()) yield* unconverted(snapshot, group, patience.grace);
}

/** Condition NamesAccepted: another definition has the name already (apiextensions.k8s.io/v1). */
function refused(snapshot: Snap, one: Definition): Draft<Code> | undefined {
  const names = condition(one, 'NamesAccepted');
  const established = condition(one, 'Established');
  if (names?.status !== 'False' || !olderThan(snapshot, names.lastTransitionTime, 60)) return undefined;
  const words = `${names.reason ?? 'NamesAccepted=False'}: ${brief(names.message ?? 'no message')}`;
  return {
    code: 'CRDNotEstablished',
    object: ref(one),
    // Once established it goes on to be served by the names that it has.
    severity: established?.status === 'True' ? 'warning' : 'critical',
    message: `its names are not accepted, so the API server does not serve them: ${words}`,
    evidence: [field(one, 'status.conditions[type=NamesAccepted]', words)],
    ...(names.lastTransitionTime === undefined ? {} : { since: names.lastTransitionTime }),
  };
}

function stuck(snapshot: Snap, one: Definition, { deletion }: Patience): Draft<Code> | undefined {
  const since = one.metadata.deletionTimestamp;
  if (since === undefined || !olderThan(snapshot, since, deletion)) return undefined;
  const told = condition(one, 'Terminating');
  const held = one.metadata.finalizers ?? [];
  const words =
    told?.status === 'True'
      ? `${told.reason ?? 'Terminating'}: ${brief(told.message ?? 'no message')}`
      : `its finalizers are ${held.join(', ') || 'not seen'}`;
  const plural = `${one.spec.names?.plural ?? ''}.${one.spec.group ?? ''}`;
  return {
    code: 'CRDStuckTerminating',
    object: ref(one),
    message: `has been Terminating for ${duration(age(snapshot, since) ?? 0)}: ${words}`,
    evidence: [
      field(one, 'metadata.deletionTimestamp', since),
      field(one, 'metadata.finalizers', held),
      ...(told === undefined ? [] : [field(one, 'status.conditions[type=Terminating].message', told.message ?? '')]),
    ],
    causes: converterLinks(one),
    since,
    values: { instances: plural },
  };
}
