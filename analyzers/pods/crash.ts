import { conditionIs, eventEvidence, type ObjectEvent } from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, values } from './case.ts';
import type { Code } from './codes.ts';
import { called, type ContainerView, restartsAfter } from './containers.ts';
import { failingSince, given, hint, neededLinks, times } from './crash-details.ts';
import {
  endedAgo,
  type Ending,
  endingEvidence,
  hookFailure,
  lastEnding,
  leftWord,
  memoryLimit,
  type ProbeKill,
  probeKill,
} from './endings.ts';
import { exitText } from './exit-codes.ts';
import { nodeLinks } from './links.ts';
import { after } from './text.ts';

/** A container that is down now: it waits to be restarted, or has just ended in a way that is not its purpose. */
export function crashFault(one: PodCase, container: ContainerView): PodDraft | undefined {
  const { status } = container;
  const ending = lastEnding(container);
  if (status?.state?.waiting?.reason === 'CrashLoopBackOff') {
    return ending === undefined ? unexplained(one, container) : ended(one, container, ending);
  }
  if (status?.state?.terminated === undefined || ending === undefined) return undefined;
  const { exitCode, reason } = ending.terminated;
  // Runtimes give this reason, too, where a child was killed and the process went on to end well.
  if (reason === 'OOMKilled' && exitCode !== 0) return oom(one, container, ending);
  const restarts = status.restartCount ?? 0;
  if (restartsAfter(container, exitCode)) {
    // The first restart comes at once, so an end is no loop yet; between two restarts a container is seen as ended for a moment.
    const looping = exitCode === 0 ? restarts >= 2 : restarts >= 1 || (endedAgo(one, ending) ?? 0) >= 60;
    return looping ? ended(one, container, ending) : undefined;
  }
  return exitCode === 0 ? undefined : failed(one, container, ending);
}

/** How a process ends that the kubelet stops. With another code it ended by itself, and its hook found no container any more. */
const endsWhenAsked = new Set([0, 137, 143]);

/** One finding for an end that recurs: memory first, then a hook or a probe that kills, then the exit code. */
function ended(one: PodCase, container: ContainerView, ending: Ending): PodDraft {
  if (ending.terminated.reason === 'OOMKilled') return oom(one, container, ending);
  const hook = hookFailure(one, container, ending);
  if (hook !== undefined && endsWhenAsked.has(ending.terminated.exitCode))
    return hookKilled(one, container, ending, hook);
  const kill = probeKill(one, container, ending);
  return kill === undefined ? crash(one, container, ending) : probeKilled(one, container, ending, kill);
}

/** A container that the kernel killed for its memory. Without a limit of its own the node was out of memory. */
export function oom(one: PodCase, container: ContainerView, ending: Ending): PodDraft {
  const { limit, evidence } = memoryLimit(one, container);
  const restarts = container.status?.restartCount ?? 0;
  const why =
    limit === undefined
      ? 'it has no memory limit, the node ran out of memory'
      : `its memory limit is ${limit}${given(one, container)}`;
  const killed = restarts === 0 ? 'was killed' : 'is killed';
  const { name } = one.pod.metadata;
  // Only of a container that was started again there is a log of the run before, and use to be measured.
  const pod = container.status?.state?.terminated === undefined ? { restartedPod: name } : { endedPod: name };
  return draft(one, 'PodOOMKilled', {
    key: container.name,
    message: `${called(container)} ${killed} for using too much memory: ${why}${restarts === 0 ? '' : `; ${times(restarts)}`}`,
    evidence: [...endingEvidence(one, container, ending), evidence],
    causes: limit === undefined ? nodeLinks(one, 'likely') : [],
    since: failingSince(one, container, ending),
    values: values({ ...common(one, container, ending), ...pod, limit }),
  });
}

export function probeKilled(one: PodCase, container: ContainerView, ending: Ending, kill: ProbeKill): PodDraft {
  return draft(one, 'PodLivenessKilled', {
    key: container.name,
    message: `${called(container)} is killed again and again because its ${kill.probe} probe fails; ${times(container.status?.restartCount ?? 0)}`,
    evidence: [kill.evidence, ...endingEvidence(one, container, ending)],
    since: failingSince(one, container, ending),
    values: values({ ...common(one, container, ending), probe: kill.probe }),
  });
}

function hookKilled(one: PodCase, container: ContainerView, ending: Ending, event: ObjectEvent): PodDraft {
  const words = event.message === 'PostStartHook failed' ? '' : after(event.message);
  return draft(one, 'PodPostStartHookFailed', {
    key: container.name,
    message: `${called(container)} is killed after each start because its postStart hook fails; ${times(container.status?.restartCount ?? 0)}${words}`,
    evidence: [eventEvidence(one.pod, event), ...endingEvidence(one, container, ending)],
    since: failingSince(one, container, ending),
    values: values(common(one, container, ending)),
  });
}

/** A container that ends by itself. */
export function crash(one: PodCase, container: ContainerView, ending: Ending): PodDraft {
  const { terminated } = ending;
  const restarts = container.status?.restartCount ?? 0;
  return draft(one, crashCode(one, container), {
    key: container.name,
    message: `${called(container)} ends with ${exitText(terminated)}${hint(one, container, ending)}; ${times(restarts)}${leftWord(container, ending)}`,
    evidence: endingEvidence(one, container, ending),
    causes: neededLinks(one, container, ending),
    since: failingSince(one, container, ending),
    values: values(common(one, container, ending)),
  });
}

/** An init container, or a sidecar that nothing was started after, keeps the others from starting. */
function crashCode({ pod }: PodCase, { role }: ContainerView): Code {
  const initialised = conditionIs(pod, 'Initialized', 'True') !== undefined;
  return role === 'init' || (role === 'sidecar' && !initialised) ? 'PodInitFailing' : 'PodCrashLoop';
}

/** A container that failed and stays so: `restartPolicy: Never`, or a pod that is over. */
export function failed(one: PodCase, container: ContainerView, ending: Ending): PodDraft {
  const { terminated } = ending;
  return draft(one, 'PodContainerFailed', {
    key: container.name,
    message: `${called(container)} failed with ${exitText(terminated)} and is not restarted${leftWord(container, ending)}`,
    evidence: endingEvidence(one, container, ending),
    causes: neededLinks(one, container, ending),
    since: terminated.finishedAt ?? notReadySince(one),
    values: values(common(one, container, ending)),
  });
}

function unexplained(one: PodCase, container: ContainerView): PodDraft {
  const { statusPath, status } = container;
  const ending = { terminated: { exitCode: 1 }, path: `${statusPath}.lastState.terminated` };
  const restarts = status?.restartCount ?? 0;
  return draft(one, crashCode(one, container), {
    key: container.name,
    message: `${called(container)} ends soon after each start; ${times(restarts)}`,
    evidence: endingEvidence(one, container, ending).filter(({ path }) => path?.includes('lastState') !== true),
    since: failingSince(one, container, ending),
    values: values({ container: container.name, image: container.spec.image, restarts }),
  });
}

function common(one: PodCase, container: ContainerView, { terminated }: Ending) {
  return {
    container: container.name,
    image: container.spec.image,
    exitCode: terminated.exitCode,
    restarts: container.status?.restartCount ?? 0,
    node: one.pod.spec.nodeName,
  };
}
