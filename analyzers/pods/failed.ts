import { condition, conditionIs, controllerOf, field, olderThan, type Severity } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import type { Code } from './codes.ts';
import { failed, oom } from './crash.ts';
import { lastEnding } from './endings.ts';
import { evictedFault, keepsHappening } from './evicted.ts';
import { deviceLinks, nodeLinks } from './links.ts';
import { isFirstRetry, isReplaced } from './replaced.ts';
import { after } from './text.ts';

/** A pod in phase Failed: put away by its node, refused by it, past its deadline, or ended with an error. */
export function failedFaults(one: PodCase): readonly PodDraft[] {
  const { pod } = one;
  const reason = pod.status?.reason ?? '';
  const code = codeOf(reason);
  const told = reason === 'Evicted' ? evictedFault(one) : code === undefined ? undefined : byReason(one, code, reason);
  if (told !== undefined) return [isReplaced(one) && !keepsHappening(one) ? leftover(one, told, reason) : told];
  // Evicted through the API, preempted or deleted by the taint manager: on purpose, and its controller makes another.
  if (conditionIs(pod, 'DisruptionTarget', 'True') !== undefined) return [];
  if (isReplaced(one)) return [];
  // Pods that are always restarted fail only by being put away; another is made in their place.
  if ((pod.spec.restartPolicy ?? 'Always') === 'Always' && controllerOf(pod) !== undefined) return [];
  // Nobody waits any more for a pod of its own that ended long ago.
  const isOver = (since?: string) =>
    controllerOf(pod) === undefined && olderThan(one.snapshot, since, one.settings.failedStale);
  const severity = (since?: string): Severity => (isFirstRetry(one) || isOver(since) ? 'info' : 'warning');
  return containerEnds(one).map((found) => ({ ...found, severity: severity(found.since) }));
}

/** The record of a pod in whose place others run. It has a code of its own, for it explains nothing that is wrong now. */
function leftover(
  one: PodCase,
  { message, evidence, causes = [], since, values: known = {} }: PodDraft,
  reason: string,
) {
  return draft(one, 'PodLeftover', {
    key: reason,
    message: `${message}; others run in its place`,
    evidence,
    causes,
    since,
    values: known,
  });
}

/** The containers that failed; a container stopped with the others (SIGTERM) only where none failed by itself. */
function containerEnds(one: PodCase): readonly PodDraft[] {
  const ends = one.containers.flatMap((container) => {
    const ending = lastEnding(container);
    return ending === undefined || ending.terminated.exitCode === 0 ? [] : [{ container, ending }];
  });
  const own = ends.filter(
    ({ ending, container }) => ending.terminated.exitCode !== 143 && container.role !== 'sidecar',
  );
  return (own.length > 0 ? own : ends).map(({ container, ending }) =>
    ending.terminated.reason === 'OOMKilled' ? oom(one, container, ending) : failed(one, container, ending),
  );
}

/** Reasons of kubelets and of the node controller (pkg/kubelet/lifecycle, eviction, nodeshutdown). */
function codeOf(reason: string): Code | undefined {
  if (reason === 'DeadlineExceeded') return 'PodDeadlineExceeded';
  if (/^(?:Terminated|NodeShutdown|Shutdown)$/.test(reason)) return 'PodNodeShutdown';
  if (/^(?:UnexpectedAdmissionError|OutOf.+|NodeAffinity|NodeName|Preempting|.*Error|.*Forbidden)$/.test(reason))
    return 'PodRejectedByNode';
  // Kubernetes before 1.18.
  if (/^(?:MatchNodeSelector|HostName|PodFitsHostPorts)$/.test(reason)) return 'PodRejectedByNode';
  if (/^(?:PodOS|AppArmor|Seccomp|NodePorts|TaintToleration|InvalidNodeInfo|UnsupportedPod|InPlacePod)/.test(reason))
    return 'PodRejectedByNode';
  return undefined;
}

/** Whether the kubelet had no devices for the pod. Source: pkg/kubelet/cm/devicemanager, Allocate. */
function refusedForDevices(reason: string, message = ''): boolean {
  return (
    reason.startsWith('OutOfnvidia.com/') ||
    (reason === 'UnexpectedAdmissionError' &&
      /requested number of devices unavailable|unregistered device|unhealthy devices|no longer healthy/.test(message))
  );
}

/** Whether the template names the node, so that no scheduler looks for another. */
function pinned({ pod, snapshot }: PodCase): string {
  const owner = controllerOf(pod);
  const set =
    owner?.kind === 'ReplicaSet' ? snapshot.lookup('replicasets.apps', owner.name, owner.namespace) : undefined;
  const isNamed = set?.state === 'found' && (set.object.spec.template?.spec?.nodeName ?? '') !== '';
  return isNamed ? '; its template names the node (spec.nodeName), so no scheduler looks for another' : '';
}

function byReason(one: PodCase, code: Code, reason: string): PodDraft {
  const { pod } = one;
  const node = pod.spec.nodeName ?? '';
  const text = after(pod.status?.message);
  const messages: Partial<Record<Code, string>> = {
    PodDeadlineExceeded: `stopped after its activeDeadlineSeconds (${pod.spec.activeDeadlineSeconds ?? 'of its Job'})`,
    PodNodeShutdown: `stopped when node ${node} was shut down`,
  };
  return draft(one, code, {
    key: code === 'PodRejectedByNode' ? reason : '',
    message: messages[code] ?? `node ${node} refused it (${reason})${text}${pinned(one)}`,
    evidence: [
      field(pod, 'status.reason', reason),
      ...(pod.status?.message === undefined ? [] : [field(pod, 'status.message', pod.status.message)]),
    ],
    causes: [
      ...(code === 'PodDeadlineExceeded' ? [] : nodeLinks(one, 'likely')),
      ...(refusedForDevices(reason, pod.status?.message) ? deviceLinks(one) : []),
    ],
    since: condition(pod, 'Ready')?.lastTransitionTime ?? pod.status?.startTime ?? pod.metadata.creationTimestamp,
    values: values({ node, reason }),
  });
}
