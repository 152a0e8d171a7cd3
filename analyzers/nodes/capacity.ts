import { amountText, clusterOf, field } from '../../src/kit.ts';
import { type NodeCase, type NodeDraft, nodeDraft, type NodeSettings, type NodeSnapshot } from './node-case.ts';

/** Nodes of which nearly all CPU, memory or places for pods are requested. Normal in a busy cluster: it explains, it never alarms. */
export function* fullness(snapshot: NodeSnapshot, settings: NodeSettings): Iterable<NodeDraft> {
  if (!snapshot.list('pods').complete) return;
  for (const { node, allocatable, used, pods } of clusterOf(snapshot).rooms) {
    const one: NodeCase = { snapshot, settings, node };
    const full = ['cpu', 'memory'].flatMap((resource) => {
      const size = allocatable.get(resource) ?? 0;
      const taken = used.get(resource) ?? 0;
      const percent = Math.floor((taken * 100) / size);
      return size > 0 && percent >= settings.fullPercent
        ? [
            {
              resource,
              text: `${percent} % of its ${amountText(resource, size)} ${resource} requested`,
              value: amountText(resource, size),
            },
          ]
        : [];
    });
    const places = allocatable.get('pods') ?? 0;
    if (places > 0 && pods.length >= places) {
      full.push({ resource: 'pods', text: `${pods.length} of ${places} pods`, value: String(places) });
    }
    if (full.length === 0) continue;
    yield nodeDraft(one, 'NodeFull', {
      message: `hardly any room left: ${full.map(({ text }) => text).join(', ')}`,
      reason: full.map(({ resource }) => resource).join(),
      shared: `have hardly any ${full.map(({ resource }) => (resource === 'pods' ? 'places for pods' : resource)).join(' and ')} left`,
      evidence: full.map(({ resource, value }) => field(node, `status.allocatable.${resource}`, value)),
    });
  }
}
