import {
  type CauseLink,
  computed,
  condition,
  type Draft,
  field,
  isStarting,
  matchesLabels,
  olderThan,
  ref,
  refText,
  type Snapshot,
} from '../../src/kit.ts';
import {
  type ClassReads,
  defaultClasses,
  hasAddress,
  type Ingress,
  lookupClass,
  type Patience,
  settledIngresses,
  type Wanted,
  wantedClass,
} from './classes.ts';
import type { Code } from './codes.ts';
import {
  type Controller,
  type ControllerReads,
  controllersAllSeen,
  controllersFor,
  someTakeClassless,
} from './controllers.ts';

type Snap = Snapshot<ClassReads | ControllerReads>;

/** Ingresses that no controller serves: their class does not exist, or they have none, or their controller is down. */
export function* notServed(snapshot: Snap, { settle, grace }: Patience): Generator<Draft<Code>> {
  for (const ingress of settledIngresses(snapshot, settle)) {
    const draft = whyNotServed(snapshot, ingress, grace);
    if (draft !== undefined) yield draft;
  }
}

/** The finding that an Ingress is not served, or undefined. */
export function whyNotServed(snapshot: Snap, ingress: Ingress, grace: number): Draft<Code> | undefined {
  const wanted = wantedClass(ingress);
  const { name } = wanted;
  if (name === undefined) return withoutClass(snapshot, ingress);
  const found = lookupClass(snapshot, name);
  const known = wanted.byAnnotation
    ? controllersFor(snapshot, { annotation: name })
    : found.state === 'found'
      ? controllersFor(snapshot, { controller: found.object.spec?.controller ?? '' })
      : { controllers: [], known: false };
  if (found.state === 'absent' && !(wanted.byAnnotation && servedByAnnotation())) {
    return classMissing(ingress, wanted, name);
  }
  const down = known.controllers.filter((one) => isDown(snapshot, one, grace));
  return down.length > 0 && down.length === known.controllers.length
    ? controllerDown(ingress, wanted, down)
    : undefined;

  function servedByAnnotation(): boolean {
    if (hasAddress(ingress) || known.controllers.length > 0 || name?.startsWith('gce') === true) return true;
    return !controllersAllSeen(snapshot) || othersServed(snapshot, name);
  }
}

/** Without a class an Ingress is left to controllers that take those too: proven unserved only where nobody took one. */
function withoutClass(snapshot: Snap, ingress: Ingress): Draft<Code> | undefined {
  const classes = snapshot.list('ingressclasses.networking.k8s.io');
  if (!classes.complete || hasAddress(ingress) || othersServed(snapshot, undefined)) return undefined;
  const nodes = snapshot.list('nodes');
  // GKE's own controller serves Ingresses without a class.
  if (!nodes.complete || nodes.items.some(({ spec }) => spec.providerID?.startsWith('gce:') === true)) return undefined;
  if (someTakeClassless(snapshot)) return undefined;
  // OpenShift makes Routes of Ingresses without a class (route-controller-manager, ingressManaged).
  if (classes.items.some(({ spec }) => spec?.controller === 'openshift.io/ingress-to-route')) return undefined;
  const defaults = defaultClasses(snapshot).map(({ metadata }) => metadata.name);
  const names = classes.items.map(({ metadata }) => metadata.name);
  const about =
    names.length === 0 ? 'there is no IngressClass' : `the IngressClasses are ${names.slice(0, 5).join(', ')}`;
  return {
    code: 'IngressNotServed',
    object: ref(ingress),
    message:
      defaults.length === 0
        ? `it names no class, and no IngressClass is the default; ${about}`
        : `it was made without a class and gets none later, though ${defaults[0]} is the default now`,
    evidence: [
      computed(ingress, 'neither spec.ingressClassName nor the annotation kubernetes.io/ingress.class is set'),
      computed(ingress, about),
      field(ingress, 'status.loadBalancer', ingress.status?.loadBalancer ?? {}),
    ],
    values: { classes: names.join(', ') },
  };
}

function classMissing(ingress: Ingress, { path, byAnnotation }: Wanted, name: string): Draft<Code> {
  return {
    code: 'IngressNotServed',
    object: ref(ingress),
    // Some controllers compare the name alone: an address shows that one of them may serve it.
    ...(hasAddress(ingress) ? { severity: 'warning' as const } : {}),
    message: `its class ${name} does not exist`,
    evidence: [field(ingress, path, name), computed(ingress, `no IngressClass is named ${name}`)],
    causes: [
      {
        object: { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name },
        needs: 'route',
        via: { field: path, value: name },
        certainty: byAnnotation ? 'likely' : 'sure',
      },
    ],
    values: { class: name },
  };
}

function controllerDown(ingress: Ingress, { path, name }: Wanted, down: readonly Controller[]): Draft<Code> {
  const texts = down.map(({ workload }) => refText(ref(workload))).join(', ');
  return {
    code: 'IngressNotServed',
    object: ref(ingress),
    message: `the controller of its class ${name}, ${texts}, has no ready pod`,
    evidence: [
      field(ingress, path, name),
      ...down.map(({ workload, wanted, ready }) => computed(workload, `${ready} of ${wanted} pods ready`)),
    ],
    causes: down.map(({ workload }): CauseLink => ({
      object: ref(workload),
      needs: 'ready',
      via: { field: path, value: name ?? '' },
      certainty: 'likely',
    })),
    values: { class: name ?? '' },
  };
}

/** Without a ready pod for longer than a restart takes. */
function isDown(snapshot: Snap, { workload, wanted, ready }: Controller, grace: number): boolean {
  if (wanted === undefined || ready !== 0 || !olderThan(snapshot, workload.metadata.creationTimestamp, grace))
    return false;
  const available = condition(workload, 'Available');
  if (available?.status === 'False' && !olderThan(snapshot, available.lastTransitionTime, grace)) return false;
  const labels = workload.spec.template?.metadata?.labels ?? {};
  const pods = snapshot
    .list('pods', workload.metadata.namespace)
    .items.filter(({ metadata }) => Object.keys(labels).length > 0 && matchesLabels(labels, metadata.labels));
  return !pods.some((pod) => isStarting(snapshot, pod, grace));
}

/** Whether another Ingress of the class (or without one) has an address, so that somebody serves its like. */
export function othersServed(snapshot: Snapshot<ClassReads>, name: string | undefined): boolean {
  return snapshot
    .list('ingresses.networking.k8s.io')
    .items.some((other) => hasAddress(other) && wantedClass(other).name === name);
}
