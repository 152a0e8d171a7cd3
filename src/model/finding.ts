import type { ObjectRef } from './object.ts';
import type { Resource } from './resources.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * critical: something is broken for users now, or the control path is blocked. warning: degraded, will break, or capacity is lost.
 * info: hygiene or explanation.
 */
export type Severity = 'critical' | 'warning' | 'info';

/** What an object lets others do. A code says which of these its fault takes away; a cause link, which one it needs. */
export type Capability =
  | 'schedule'
  | 'admit'
  | 'pull'
  | 'mount'
  | 'bind'
  | 'start'
  | 'run'
  | 'ready'
  | 'route'
  | 'resolve'
  | 'issue'
  | 'scale'
  | 'measure';

/** One fact that a reader can check: a field and its value, an event's text, or something computed from several fields. */
export interface Evidence {
  readonly object: ObjectRef;
  readonly path?: string;
  readonly value: string;
  readonly kind: 'field' | 'event' | 'computed';
}

/** "This object's fault would explain me": which object, what of it is needed, and the field that proves the connection. */
export interface CauseLink {
  readonly object: ObjectRef;
  readonly needs: Capability;
  readonly via: { readonly field: string; readonly value: string };
  /** sure: the field names the object. likely: joined by time, text or label only. */
  readonly certainty: 'sure' | 'likely';
}

/** What a check yields. */
export interface Draft<Code extends string = string> {
  readonly code: Code;
  readonly object: ObjectRef;
  /** Tells apart two findings of one code on one object (a container, a missing name, a port). Never a pod's name or hash. */
  readonly key?: string;
  /** Overrides the code's severity. */
  readonly severity?: Severity;
  /** One sentence without a full stop. It need not name the object: renderers put that in front. */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly causes?: readonly CauseLink[];
  /** Objects that share this finding, where the check itself groups them; the engine adds the pods that it rolls up. */
  readonly members?: readonly ObjectRef[];
  /** When it began, RFC 3339. */
  readonly since?: string;
  /** Values for the runbook's placeholders, beside those that every finding has. */
  readonly values?: Readonly<Record<string, string>>;
}

/** A draft with its identity, rolled up to the object that a person would edit. */
export interface Finding extends Draft {
  /** Stable between runs: made of code, object and key; no message text, no pod hash. */
  readonly id: string;
  readonly analyzer: string;
  readonly key: string;
  readonly severity: Severity;
  readonly members: readonly ObjectRef[];
  readonly causes: readonly CauseLink[];
  /** The objects it was found on before rolling up. */
  readonly origins: readonly ObjectRef[];
  readonly breaks: readonly Capability[];
  readonly unlocks: boolean;
}

export interface CodeSpec {
  readonly severity: Severity;
  /** A noun phrase: "Image pull denied by the registry". */
  readonly title: string;
  /** What this fault takes away from those who need the object. A code without it explains nobody. */
  readonly breaks?: readonly Capability[];
  /** True where a deadlock that passes through this finding is broken: it becomes the root of the cycle. */
  readonly unlocks?: boolean;
}

/** A number that users can change: a grace period in seconds, or a count. */
export interface SettingSpec {
  readonly default: number;
  readonly unit: 'seconds' | 'count' | 'percent';
  readonly title: string;
}

export type Settings<S extends Readonly<Record<string, SettingSpec>>> = { readonly [Name in keyof S]: number };

/** An analyzer: data that says what it reads and can find, and one pure function. */
export interface Analyzer<
  Reads extends Resource = Resource,
  Code extends string = string,
  S extends Readonly<Record<string, SettingSpec>> = Readonly<Record<string, SettingSpec>>,
> {
  /** Its folder's name. */
  readonly id: string;
  readonly title: string;
  readonly reads: readonly Reads[];
  /** The kinds it is about, for `--filter Pod`. */
  readonly kinds: readonly string[];
  readonly codes: Readonly<Record<Code, CodeSpec>>;
  readonly settings: S;
  /** Markdown with one section per code: see CONTRIBUTING.md for its form. */
  readonly runbook: string;
  /** Looks at a snapshot and yields findings. Never does I/O, never reads the clock, never mutates, never prints. */
  analyze(snapshot: Snapshot<Reads>, settings: Settings<S>): Iterable<Draft<NoInfer<Code>>>;
}

/** One hop of a causal chain. */
export interface Hop {
  readonly from: Finding;
  readonly to: Finding;
  readonly via: CauseLink['via'];
  readonly certainty: CauseLink['certainty'];
}

export interface Incident {
  readonly id: string;
  readonly severity: Severity;
  readonly root: Finding;
  readonly symptoms: readonly Finding[];
  /** From cause to effect, in the order of telling. */
  readonly chain: readonly Hop[];
  /** True where the chain is a cycle: a deadlock. */
  readonly deadlock: boolean;
}
