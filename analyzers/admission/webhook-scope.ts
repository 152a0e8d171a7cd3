import { type LabelSelector, matchesLabels, matchesSelector, type Snapshot } from '../../src/kit.ts';
import type { Reads } from './reads.ts';
import type { Webhook } from './webhook-list.ts';

/**
 * True when a webhook is called for the creation of the pods that serve it: rules, namespaceSelector and objectSelector all match.
 * With matchConditions nothing is claimed: they are expressions that only an API server evaluates.
 */
export function interceptsItself(snapshot: Snapshot<Reads>, { hook, service }: Webhook): boolean {
  if (service?.namespace === undefined || (hook.matchConditions ?? []).length > 0) return false;
  if (!(hook.rules ?? []).some(coversPodCreation)) return false;
  const namespace = snapshot.lookup('namespaces', service.namespace);
  const labels = {
    ...(namespace.state === 'found' ? namespace.object.metadata.labels : {}),
    'kubernetes.io/metadata.name': service.namespace,
  };
  if (!selects(hook.namespaceSelector, labels)) return false;
  return templatesBehind(snapshot, service.namespace, service.name).some((own) => selects(hook.objectSelector, own));
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
}

function coversPodCreation({ apiGroups = [], operations = [], resources = [] }: Rule): boolean {
  return (
    (apiGroups.includes('') || apiGroups.includes('*')) &&
    (operations.includes('CREATE') || operations.includes('*')) &&
    ['pods', '*', '*/*'].some((one) => resources.includes(one))
  );
}

/** In a webhook an absent selector is the empty one, which matches everything (admissionregistration.k8s.io/v1 defaults). */
function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  return matchesSelector(selector ?? {}, labels);
}

function templatesBehind(snapshot: Snapshot<Reads>, namespace: string, name: string) {
  const service = snapshot.lookup('services', name, namespace);
  const selector = service.state === 'found' ? service.object.spec.selector : undefined;
  if (selector === undefined || Object.keys(selector).length === 0) return [];
  return [
    ...snapshot.list('deployments.apps', namespace).items,
    ...snapshot.list('statefulsets.apps', namespace).items,
    ...snapshot.list('daemonsets.apps', namespace).items,
  ]
    .map(({ spec }) => spec.template.metadata?.labels ?? {})
    .filter((labels) => matchesLabels(selector, labels));
}
