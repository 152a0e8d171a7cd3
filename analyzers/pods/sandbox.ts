import { type CauseLink, eventEvidence, field, type ObjectEvent, olderThan, ref } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import type { Code } from './codes.ts';
import { nodeLinks } from './links.ts';
import { quote } from './text.ts';

/** Whether an event says that the pod's sandbox, and with it its network, could not be made. */
export function isSandboxEvent({ reason }: ObjectEvent): boolean {
  return /^(?:FailedCreatePodSandBox|FailedPodSandBoxStatus|NetworkNotReady)$/.test(reason);
}

/** A sandbox that cannot be made. A missing runtime handler is one at once; networks of young nodes get a moment. */
export function sandboxFault(one: PodCase, event: ObjectEvent, began: string | undefined): PodDraft | undefined {
  const { pod, snapshot, settings } = one;
  const text = event.message;
  const code = classify(event);
  if (code !== 'PodRuntimeHandlerMissing' && !olderThan(snapshot, began, settings.startGrace)) return undefined;
  const handler = missingHandler(text);
  const node = pod.spec.nodeName ?? '';
  return draft(one, code, {
    message: messageOf(code, text, handler, node),
    evidence: [
      eventEvidence(pod, event),
      ...(pod.spec.runtimeClassName === undefined
        ? []
        : [field(pod, 'spec.runtimeClassName', pod.spec.runtimeClassName)]),
    ],
    causes: [
      ...nodeLinks(one),
      ...(code === 'PodNetworkSetupFailed' ? networkLinks(one, text) : []),
      ...(code === 'PodRuntimeHandlerMissing' ? runtimeLinks(one) : []),
    ],
    since: began,
    values: values({ node, handler, runtimeClass: pod.spec.runtimeClassName }),
  });
}

/** The handler that a runtime does not know, in the words of containerd, CRI-O and cri-dockerd. */
function missingHandler(text: string): string | undefined {
  const found =
    /no runtime for "([^"]{1,253})" is configured/.exec(text) ??
    /find runtime handler "?([\w.-]{1,253})"? from runtime list/.exec(text) ??
    /runtime ?handler "?([\w.-]{1,253})"? not (?:found|supported)/i.exec(text);
  return found?.[1];
}

function classify({ reason, message }: ObjectEvent): Code {
  if (missingHandler(message) !== undefined || /unknown runtime handler/i.test(message))
    return 'PodRuntimeHandlerMissing';
  const network =
    reason === 'NetworkNotReady' ||
    /\bcni\b|set ?up (?:pod )?network|failed to (?:setup|set up|create pod) network|plugin type=|no IP addresses|failed to allocate for range|failed to assign an IP|IPAM/i.test(
      message,
    );
  return network ? 'PodNetworkSetupFailed' : 'PodSandboxFailed';
}

function messageOf(code: Code, text: string, handler: string | undefined, node: string): string {
  const words = quote(
    text
      .replace(/^Failed to create pod sandbox: (?:rpc error: code = \w+ desc = )?/, '')
      .replace(/ for (?:pod )?sandbox "?[0-9a-f]{12,64}"?/, ''),
  );
  if (code === 'PodRuntimeHandlerMissing')
    return `node ${node} has no runtime handler ${handler ?? ''}`.trim() + (handler === undefined ? `: ${words}` : '');
  if (code === 'PodSandboxFailed') return `its sandbox cannot be created on node ${node}: ${words}`;
  return /no IP addresses|failed to allocate for range|failed to assign an IP/i.test(text)
    ? `node ${node} has no free address for the pod: ${words}`
    : `its network cannot be set up on node ${node}: ${words}`;
}

/** DaemonSets by which the usual networks come to the nodes. */
const networks =
  /^(?:antrea-agent|aws-node|azure-cni|calico-node|canal|cilium|kindnet|kube-flannel|kube-multus|kube-ovn-cni|kube-router|multus|ovnkube-node|weave-net|whereabouts)/;

/** The DaemonSets of the network: those that the text names, else those that are known to be one. */
function networkLinks({ snapshot }: PodCase, text: string): readonly CauseLink[] {
  const plugin = /plugin type="([a-z0-9-]{1,63})"/.exec(text)?.[1];
  return snapshot
    .list('daemonsets.apps')
    .items.filter(({ metadata }) => networks.test(metadata.name))
    .map((set) => ({
      object: ref(set),
      needs: 'run',
      via: { field: 'event FailedCreatePodSandBox', value: plugin ?? 'the network of the pod' },
      certainty: 'likely',
    }));
}

function runtimeLinks({ pod }: PodCase): readonly CauseLink[] {
  const name = pod.spec.runtimeClassName;
  if (name === undefined) return [];
  const object = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', name };
  return [{ object, needs: 'start', via: { field: 'spec.runtimeClassName', value: name }, certainty: 'sure' }];
}
