import { refText } from '../model/object.ts';
import type { Explanation } from '../model/report.ts';
import type { Gap } from '../model/snapshot.ts';
import { ModelError } from './provider.ts';
import type { Subject } from './subject.ts';

/** What is known of some incidents that share an explanation, in the order of the report. */
export interface Explained {
  readonly entries: readonly { readonly id: string; readonly explanation: Explanation }[];
  /** Why the runbook stands, where it does. */
  readonly gap?: Gap;
  /** What to do about that. */
  readonly hint?: string | undefined;
}

/** Incidents that one explanation fits. */
export type Group = readonly [Subject, ...Subject[]];

/** The runbook's explanations of a group, marked with why they stand. */
export function entriesOf(group: Group, reason: string): Explained['entries'] {
  return group.map((subject) => ({ id: subject.incident.id, explanation: fallback(subject, reason) }));
}

/** The runbook's explanation, marked with why it stands. */
export function fallback({ explanation }: Subject, reason: string): Explanation {
  return { ...explanation, fallback: reason };
}

/** A gap for one group, whose answer cannot be used. */
export function refused(group: Group, reason: string): Pick<Explained, 'gap' | 'hint'> {
  const { root } = group[0].incident;
  const others = group.length > 1 ? ` and ${group.length - 1} like it` : '';
  return {
    gap: { what: 'explanation', name: `${root.code} ${refText(root.object)}${others}`, reason },
    hint: 'A larger model may do better: see "mekhanikube models".',
  };
}

/** The runbook stands for all of these, for the model does not answer at all. Throws what is no failure of the model: an abort. */
export function standing(groups: readonly Group[], error: unknown): Explained {
  if (!(error instanceof ModelError)) throw error;
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  return {
    entries: groups.flatMap((group) => entriesOf(group, error.message)),
    gap: {
      what: 'explanation',
      name: `${count} ${count === 1 ? 'incident' : 'incidents'}`,
      reason: error.message,
    },
    hint: error.hint,
  };
}
