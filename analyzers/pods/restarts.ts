import { age, duration } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import { called, type ContainerView } from './containers.ts';
import { crash, oom, probeKilled } from './crash.ts';
import { times } from './crash-details.ts';
import { endedAgo, type Ending, endingEvidence, lastEnding, leftWord, probeKill, ranFor } from './endings.ts';
import { exitText } from './exit-codes.ts';
import { endedWithNode } from './node-stop.ts';

const hour = 60 * 60;
const day = 24 * hour;
/** After so many restarts an ending is a habit. */
const habit = 3;
/** A run that lasts no longer than this is no run. */
const shortRun = 120;

/**
 * A container that runs now but was restarted a short while ago. Old restarts are history, and so are ends that the kubelet only
 * noticed when its node came back (reason `Unknown` or `ContainerStatusUnknown`), or that came to all on the node at once.
 */
export function restartFault(one: PodCase, container: ContainerView): PodDraft | undefined {
  const { status } = container;
  if (status?.state?.running === undefined || status.lastState?.terminated === undefined) return undefined;
  const ending = lastEnding(container);
  const since = ending === undefined ? undefined : endedAgo(one, ending);
  if (ending === undefined || since === undefined || (ending.terminated.reason ?? '').endsWith('Unknown'))
    return undefined;
  const restarts = status.restartCount ?? 0;
  const recent = since <= one.settings.recentRestart;
  const { ready } = status;
  if (ending.terminated.reason === 'OOMKilled') {
    const counts = recent || (restarts >= habit && since <= day);
    return counts ? eased(oom(one, container, ending), ready) : undefined;
  }
  if (!recent || endedWithNode(one, ending.terminated)) return undefined;
  const kill = probeKill(one, container, ending);
  if (kill !== undefined && (restarts >= habit || kill.count > 1 || !ready))
    return eased(probeKilled(one, container, ending, kill), ready);
  const crashing =
    container.role === 'init' ? ending.terminated.exitCode !== 0 : betweenCrashes(one, container, ending);
  if (restarts >= habit && crashing) return crash(one, container, ending);
  return restarts >= one.settings.restarts && isHabit(one, ending, restarts)
    ? restarting(one, container, ending, since)
    : undefined;
}

/** Restarts that came one after the other, or at least once a day: not those that a pod gathers over months. */
function isHabit({ snapshot, pod }: PodCase, { terminated }: Ending, restarts: number): boolean {
  const ran = ranFor(terminated);
  const lived = age(snapshot, pod.status?.startTime ?? pod.metadata.creationTimestamp);
  return ran === undefined || ran <= hour || lived === undefined || lived / restarts <= day;
}

/** It runs again: a warning, as long as it is ready. */
function eased(found: PodDraft, ready: boolean): PodDraft {
  return ready ? { ...found, severity: 'warning' } : found;
}

/** A short run that failed, and this one has not outlived it yet: a crash loop seen between two crashes. */
function betweenCrashes({ snapshot }: PodCase, { status }: ContainerView, { terminated }: Ending): boolean {
  const before = ranFor(terminated);
  const now = age(snapshot, status?.state?.running?.startedAt);
  if (before === undefined || now === undefined || terminated.exitCode === 0) return false;
  return before <= shortRun && now <= Math.max(before, 10);
}

function restarting(one: PodCase, container: ContainerView, ending: Ending, since: number): PodDraft {
  const restarts = container.status?.restartCount ?? 0;
  const { terminated } = ending;
  return draft(one, 'PodRestarting', {
    key: container.name,
    message: `${called(container)} runs after ${times(restarts)}, the last ${duration(since)} ago with ${exitText(terminated)}${leftWord(container, ending)}`,
    evidence: endingEvidence(one, container, ending),
    since: terminated.finishedAt,
    values: values({
      container: container.name,
      image: container.spec.image,
      exitCode: terminated.exitCode,
      restarts,
    }),
  });
}
