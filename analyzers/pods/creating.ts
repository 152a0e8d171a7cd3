import {
  age,
  condition,
  conditionIs,
  duration,
  type Evidence,
  eventEvidence,
  field,
  latest,
  millis,
  type ObjectEvent,
  olderThan,
} from '../../src/kit.ts';
import { attachFault } from './attach.ts';
import { boundAt, draft, notReadySince, type PodCase, type PodDraft, severityOf, values } from './case.ts';
import { called, type ContainerView } from './containers.ts';
import { blockingInit } from './init.ts';
import { deadNode, nodeLinks } from './links.ts';
import { absentVolume, isMountEvent, mountFault, volumeLinks } from './mount.ts';
import { isSandboxEvent, sandboxFault } from './sandbox.ts';
import { after } from './text.ts';

/** A pod that has a node and whose next container is not made: volumes, network and images come first, in this order. */
export function creatingFault(one: PodCase): PodDraft | undefined {
  const waiting = nextContainer(one);
  if (waiting === undefined) return undefined;
  const began = beganAt(one);
  const event = blockingEvent(one, began);
  if (event?.reason === 'FailedAttachVolume') return attachFault(one, event, began);
  if (event !== undefined && isSandboxEvent(event)) return sandboxFault(one, event, began);
  const absent = absentVolume(one);
  if (event !== undefined) return mountFault(one, event, began, absent);
  // A volume whose object is not there cannot be mounted, whether or not the event is still to be seen.
  if (absent !== undefined && !volumesAreThere(one)) return mountFault(one, undefined, began, absent);
  return stuck(one, waiting, began);
}

/** The container that is to be made next, where the kubelet has not come to it; undefined where one runs or another fault holds it. */
function nextContainer(one: PodCase): ContainerView | undefined {
  const init = blockingInit(one);
  if (init !== undefined) return isUntouched(one, init) ? init : undefined;
  return one.containers.find((container) => container.role !== 'init' && isUntouched(one, container));
}

/** A container without a state counts only where the pod is Pending: its kubelet has not written down anything yet. */
function isUntouched({ pod }: PodCase, { status }: ContainerView): boolean {
  const state = status?.state;
  if (state === undefined || Object.keys(state).length === 0) return pod.status?.phase === 'Pending';
  return state.waiting !== undefined && /^(?:ContainerCreating|PodInitializing|)$/.test(state.waiting.reason ?? '');
}

/** When the kubelet could begin with this container: after binding, after the init containers, after the pod lost its sandbox. */
function beganAt(one: PodCase): string | undefined {
  const ends = one.containers.map(({ role, status }) =>
    role === 'init' ? status?.state?.terminated?.finishedAt : undefined,
  );
  const lost = one.pod.status?.phase === 'Running' ? notReadySince(one) : undefined;
  return latest([boundAt(one), lost, ...ends]);
}

function volumesAreThere({ pod }: PodCase): boolean {
  return conditionIs(pod, 'PodReadyToStartContainers', 'True') !== undefined;
}

/**
 * The event of the stage that holds the pod up. An image being pulled shows that everything before it went well; a sandbox is made
 * only after the volumes are mounted, and a volume is mounted only after it is attached.
 */
function blockingEvent(one: PodCase, began: string | undefined): ObjectEvent | undefined {
  const from = millis(began) ?? 0;
  const events = one.events.filter(({ last }) => (millis(last) ?? Infinity) >= from - 60_000);
  const progress = events.find(({ reason }) => /^(?:Pulling|Pulled|Created|Started)$/.test(reason));
  const attached = events.find(({ reason }) => reason === 'SuccessfulAttachVolume');
  const since = (event: ObjectEvent | undefined) => millis(event?.last) ?? -Infinity;
  const open = events.filter((event) => since(event) > since(progress));
  const sandbox = open.find(isSandboxEvent);
  const mount = open.find(isMountEvent);
  const attach = open.find((event) => event.reason === 'FailedAttachVolume' && since(event) > since(attached));
  if (sandbox !== undefined && since(sandbox) >= Math.max(since(mount), since(attach))) return sandbox;
  return volumesAreThere(one) ? sandbox : (attach ?? mount ?? sandbox);
}

/** Nothing says why: the node may be dead, an image large. */
function stuck(one: PodCase, waiting: ContainerView, began: string | undefined): PodDraft | undefined {
  const { pod, snapshot, settings } = one;
  const pulling = pullInProgress(one, waiting);
  if (!olderThan(snapshot, began, pulling === undefined ? settings.creatingGrace : settings.pullGrace))
    return undefined;
  const lasted = duration(age(snapshot, began) ?? 0);
  const dead = deadNode(one);
  const node = pod.spec.nodeName ?? '';
  const warning = pulling === undefined ? newestWarning(one, began) : undefined;
  const why =
    dead !== undefined
      ? `: node ${node} is not ready`
      : isNodeAbsent(one)
        ? `: node ${node} does not exist`
        : pulling === undefined
          ? after(warning?.message)
          : `: image ${waiting.spec.image ?? ''} is still being pulled`;
  return draft(one, 'PodCreatingStuck', {
    key: waiting.name,
    severity: severityOf(one, began),
    message: `${called(waiting)} has not been created for ${lasted}${why}`,
    evidence: [
      ...stateEvidence(one, waiting),
      ...[pulling ?? warning].flatMap((event) => (event === undefined ? [] : [eventEvidence(pod, event)])),
      ...(dead === undefined ? [] : [field(dead.node, "status.conditions[type='Ready']", dead.ready.status)]),
    ],
    causes: [...nodeLinks(one), ...(volumesAreThere(one) ? [] : volumeLinks(one))],
    since: began,
    values: values({ container: waiting.name, image: waiting.spec.image, node }),
  });
}

function stateEvidence({ pod }: PodCase, { status, statusPath }: ContainerView): Evidence[] {
  const start = condition(pod, 'PodReadyToStartContainers');
  const reason = status?.state?.waiting?.reason;
  return [
    reason === undefined
      ? field(pod, 'status.phase', pod.status?.phase ?? 'Pending')
      : field(pod, `${statusPath}.state.waiting.reason`, reason),
    ...(start === undefined ? [] : [field(pod, "status.conditions[type='PodReadyToStartContainers']", start.status)]),
  ];
}

function pullInProgress({ events }: PodCase, { spec }: ContainerView): ObjectEvent | undefined {
  const newest = events.find(({ reason }) => /^(?:Pulling|Pulled|Created|Started|Failed)$/.test(reason));
  return newest?.reason === 'Pulling' && newest.message.includes(spec.image ?? '') ? newest : undefined;
}

/** What the kubelet last complained of, whatever it is (devices, resource claims). */
function newestWarning({ events }: PodCase, began: string | undefined): ObjectEvent | undefined {
  const from = millis(began) ?? 0;
  return events.find(
    ({ type, source, last }) => type === 'Warning' && source === 'kubelet' && (millis(last) ?? 0) >= from,
  );
}

function isNodeAbsent({ pod, snapshot }: PodCase): boolean {
  return pod.spec.nodeName !== undefined && snapshot.lookup('nodes', pod.spec.nodeName).state === 'absent';
}
