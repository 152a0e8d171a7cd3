import {
  type BackendReads,
  backendsOf,
  computed,
  controllerOf,
  type Draft,
  field,
  ref,
  refText,
  selectorText,
  type Service,
  type Severity,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { backendLinks } from './links.ts';
import { nearestLabels } from './nearest-labels.ts';
import { type Referrer, type ReferrerReads, referrersOf } from './referrers.ts';

type Snap = Snapshot<BackendReads | ReferrerReads>;

/** A selector that matches neither a pod nor the template of a controller, with the labels that come nearest. */
export function noMatchingPods(snapshot: Snap, service: Service): Draft<Code> {
  const referrers = referrersOf(snapshot, service);
  const near = nearestLabels(snapshot, service);
  const text = selectorText({ matchLabels: service.spec.selector ?? {} });
  return {
    code: 'ServiceNoMatchingPods',
    object: ref(service),
    severity: severityOf(service, referrers, near !== undefined || backendsOf(snapshot, service).workloadsSeen),
    message: `no pod in the namespace matches its selector ${text}${near === undefined ? '' : `; ${near}`}`,
    evidence: [
      field(service, 'spec.selector', service.spec.selector ?? {}),
      computed(service, near ?? 'no pod and no controller of the namespace has labels that come near'),
      ...referrers.slice(0, 3).map(({ object, path }) => field(object, path, service.metadata.name)),
    ],
    values: { selector: text },
  };
}

/**
 * Operators make Services for roles that no pod need have (the replicas of a database of one), and a virtual machine of KubeVirt has
 * a pod while it runs only: those matter where they are used. So do those whose controller, scaled to zero, may not have been seen.
 */
function severityOf(service: Service, referrers: readonly Referrer[], sure: boolean): Severity {
  if (referrers.length > 0) return 'critical';
  if (!sure) return 'info';
  const machine = Object.keys(service.spec.selector ?? {}).some((key) => /(^|\.)kubevirt\.io\//.test(key));
  return machine || controllerOf(service) !== undefined ? 'info' : 'warning';
}

/** A Service whose controllers are scaled to zero: as somebody wanted, but worth knowing where requests fail. */
export function* noneWanted(snapshot: Snap, service: Service): Generator<Draft<Code>> {
  const backends = backendsOf(snapshot, service);
  // Pods of Jobs and CronJobs come and go: between their runs there is nothing to say.
  const first = backends.workloads.find(({ object }) => object.kind !== 'Job' && object.kind !== 'CronJob');
  if (first === undefined) return;
  const name = refText(ref(first.object));
  yield {
    code: 'ServiceNoMatchingPods',
    object: ref(service),
    severity: 'info',
    message: `it has no pods, for ${name}, which it selects, ${first.idle ?? 'has none'}`,
    evidence: [
      field(service, 'spec.selector', service.spec.selector ?? {}),
      computed(first.object, `${name} ${first.idle ?? 'has no pods'}`),
    ],
    causes: backendLinks(backends),
    values: { selector: selectorText({ matchLabels: service.spec.selector ?? {} }) },
  };
}
