import {
  computed,
  type Draft,
  field,
  type Lookup,
  olderThan,
  once,
  ref,
  type ResourceTypes,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

export type Ingress = ResourceTypes['ingresses.networking.k8s.io'];
export type IngressClass = ResourceTypes['ingressclasses.networking.k8s.io'];

export type ClassReads = 'ingressclasses.networking.k8s.io' | 'ingresses.networking.k8s.io';

/** How an Ingress says who should serve it. */
export interface Wanted {
  /** Undefined where it does not say. */
  readonly name: string | undefined;
  /** The field that says it. */
  readonly path: string;
  /** True for the old annotation, which controllers compare with a name of their own: no IngressClass need exist. */
  readonly byAnnotation: boolean;
}

export function wantedClass({ metadata, spec }: Ingress): Wanted {
  const named = spec.ingressClassName;
  if (named !== undefined && named !== '') return { name: named, path: 'spec.ingressClassName', byAnnotation: false };
  const annotated = metadata.annotations?.['kubernetes.io/ingress.class'];
  if (annotated !== undefined && annotated !== '') {
    return { name: annotated, path: 'metadata.annotations[kubernetes.io/ingress.class]', byAnnotation: true };
  }
  return { name: undefined, path: 'spec.ingressClassName', byAnnotation: false };
}

export function lookupClass(snapshot: Snapshot<ClassReads>, name: string): Lookup<IngressClass> {
  return snapshot.lookup('ingressclasses.networking.k8s.io', name);
}

/** The classes that are marked as default; the newest wins for Ingresses made without a class (admission DefaultIngressClass). */
export function defaultClasses(snapshot: Snapshot<ClassReads>): readonly IngressClass[] {
  return defaults(snapshot);
}

const defaults = once((snapshot: Snapshot<ClassReads>) =>
  snapshot
    .list('ingressclasses.networking.k8s.io')
    .items.filter(({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true')
    .sort(newestFirst),
);

/** Newest first, equally old ones by name, as the admission plugin chooses. */
function newestFirst({ metadata: one }: IngressClass, { metadata: other }: IngressClass): number {
  const [left, right] = [one.creationTimestamp ?? '', other.creationTimestamp ?? ''];
  return left === right ? (one.name < other.name ? -1 : 1) : left > right ? -1 : 1;
}

/** Whether a controller has given the Ingress an address: proof that somebody serves or has served it. */
export function hasAddress({ status }: Ingress): boolean {
  return (status?.loadBalancer?.ingress ?? []).length > 0;
}

/** Seconds: how old an Ingress is before anything is said of it, and how long those who serve it may take to start. */
export interface Patience {
  readonly settle: number;
  readonly grace: number;
}

/** The Ingresses that checks may be about: not just made and not being deleted. */
export function settledIngresses(snapshot: Snapshot<ClassReads>, settle: number): readonly Ingress[] {
  return snapshot.list('ingresses.networking.k8s.io').items.filter(({ metadata }) => {
    const { creationTimestamp, deletionTimestamp } = metadata;
    return deletionTimestamp === undefined && (!creationTimestamp || olderThan(snapshot, creationTimestamp, settle));
  });
}

/** More than one default class: which one a new Ingress gets depends on their ages. */
export function* severalDefaults(snapshot: Snapshot<ClassReads>): Generator<Draft<Code>> {
  const [newest, ...others] = defaultClasses(snapshot);
  if (newest === undefined || others.length === 0) return;
  const names = others.map(({ metadata }) => metadata.name).join(', ');
  yield {
    code: 'IngressClassSeveralDefaults',
    object: ref(newest),
    members: others.map((one) => ref(one)),
    message: `it is a default class, and so is ${names}: an Ingress without a class gets the newest`,
    evidence: [
      field(newest, 'metadata.annotations[ingressclass.kubernetes.io/is-default-class]', 'true'),
      ...others.map((one) => computed(one, 'is marked as default too')),
    ],
    values: { others: names },
  };
}
