import {
  age,
  type CauseLink,
  computed,
  type Draft,
  duration,
  field,
  ref,
  refText,
  type Snapshot,
} from '../../src/kit.ts';
import { type ClassReads, hasAddress, type Ingress, lookupClass, settledIngresses, wantedClass } from './classes.ts';
import type { Code } from './codes.ts';
import {
  type Controller,
  type ControllerReads,
  controllersAllSeen,
  controllersFor,
  frontServices,
} from './controllers.ts';
import { othersServed, whyNotServed } from './not-served.ts';
import { syncFailure } from './sync-failures.ts';

type Snap = Snapshot<ClassReads | ControllerReads | 'events'>;

interface Expectation {
  readonly controllers: readonly Controller[];
  /** Why an address was to be expected. */
  readonly because: string;
}

/**
 * Ingresses that have waited long for an address. Quiet where none was to be expected: not every controller writes one, and of those
 * that are not served at all that is said instead.
 */
export function* addresses(
  snapshot: Snap,
  patience: { readonly address: number; readonly grace: number },
): Generator<Draft<Code>> {
  for (const ingress of settledIngresses(snapshot, patience.address)) {
    // Nobody knows how long it has waited.
    if (ingress.metadata.creationTimestamp === undefined) continue;
    if (hasAddress(ingress) || whyNotServed(snapshot, ingress, patience.grace) !== undefined) continue;
    if (syncFailure(snapshot, ingress, patience.grace) !== undefined) continue;
    const expected = expectation(snapshot, ingress);
    if (expected !== undefined) yield noAddress(snapshot, ingress, expected);
  }
}

function expectation(snapshot: Snap, ingress: Ingress): Expectation | undefined {
  const { name, byAnnotation } = wantedClass(ingress);
  if (name === undefined) return undefined;
  const found = lookupClass(snapshot, name);
  const controller = found.state === 'found' ? found.object.spec?.controller : undefined;
  const by = controller === undefined ? { annotation: name } : { controller };
  const { controllers, known } = controllersFor(snapshot, by);
  if (controllers.length > 0) {
    const writing = controllers.filter(({ publishes }) => publishes);
    const names = writing.map(({ workload }) => refText(ref(workload))).join(', ');
    return writing.length === 0
      ? undefined
      : { controllers: writing, because: `${names} gives addresses to class ${name}` };
  }
  if (othersServed(snapshot, name)) {
    return { controllers: [], because: `other Ingresses of class ${name} have an address` };
  }
  if (byAnnotation || controller === undefined || !known || !controllersAllSeen(snapshot)) return undefined;
  return { controllers: [], because: `no controller for class ${name} (${controller}) was found in the cluster` };
}

function noAddress(snapshot: Snap, ingress: Ingress, { controllers, because }: Expectation): Draft<Code> {
  const { name, path } = wantedClass(ingress);
  const created = ingress.metadata.creationTimestamp;
  const link = (object: CauseLink['object'], needs: CauseLink['needs']): CauseLink => ({
    object,
    needs,
    via: { field: path, value: name ?? '' },
    certainty: 'likely',
  });
  return {
    code: 'IngressNoAddress',
    object: ref(ingress),
    message: `it has waited ${duration(age(snapshot, created) ?? 0)} for an address; ${because}`,
    evidence: [
      field(ingress, path, name ?? ''),
      field(ingress, 'status.loadBalancer', ingress.status?.loadBalancer ?? {}),
      computed(ingress, because),
    ],
    causes: controllers.flatMap((controller) => [
      link(ref(controller.workload), 'ready'),
      ...frontServices(snapshot, controller).map((service) => link(service, 'resolve')),
    ]),
    ...(created === undefined ? {} : { since: created }),
    values: { class: name ?? '' },
  };
}
