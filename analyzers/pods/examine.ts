import { field } from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, values } from './case.ts';
import { configFault } from './config-error.ts';
import type { ContainerView } from './containers.ts';
import { crashFault } from './crash.ts';
import { createFault } from './create-error.ts';
import { creatingFault } from './creating.ts';
import { deviceFaults } from './devices.ts';
import { failedFaults } from './failed.ts';
import { imageFault } from './image.ts';
import { initStuck } from './init.ts';
import { deadNode, nodeLinks } from './links.ts';
import { notReady } from './not-ready.ts';
import { resizeFault } from './resize.ts';
import { restartFault } from './restarts.ts';
import { sidecarFaults } from './sidecar.ts';
import { terminatingFault } from './terminating.ts';
import { after } from './text.ts';

/**
 * Everything that is wrong with one pod that has a node. The stages exclude one another: a container that cannot be made explains
 * why its pod is not ready, so each broken thing is told once, by its first fault.
 */
export function examine(one: PodCase): readonly PodDraft[] {
  const { metadata, spec, status } = one.pod;
  if (metadata.deletionTimestamp !== undefined) return some(terminatingFault(one));
  if (status?.phase === 'Succeeded') return [];
  if (status?.phase === 'Unknown' || status?.reason === 'NodeLost') return [unknown(one)];
  if (status?.phase === 'Failed') return failedFaults(one);
  if (spec.nodeName === undefined || spec.nodeName === '') return [];
  return [...some(resizeFault(one)), ...deviceFaults(one), ...living(one)];
}

/** A pod that has a node and is not over: containers that are down, else what holds it up, else what is wrong while it runs. */
function living(one: PodCase): readonly PodDraft[] {
  const broken = one.containers.flatMap((container) => containerFault(one, container) ?? []);
  if (broken.length > 0) return broken;
  const early = creatingFault(one) ?? initStuck(one);
  if (early !== undefined) return [early];
  // The status of pods on a silent node is old: what it says of restarts may be long over.
  const restarted = deadNode(one) === undefined ? one.containers.flatMap((view) => restartFault(one, view) ?? []) : [];
  const reported = new Set(restarted.map(({ key = '' }) => key));
  return [...restarted, ...notReady(one, reported), ...sidecarFaults(one)];
}

/** The first fault of a container that is down, in the order in which a container comes to life. */
function containerFault(one: PodCase, container: ContainerView): PodDraft | undefined {
  return (
    configFault(one, container) ??
    createFault(one, container) ??
    imageFault(one, container) ??
    crashFault(one, container)
  );
}

function unknown(one: PodCase): PodDraft {
  const { pod } = one;
  const { phase, reason, message } = pod.status ?? {};
  return draft(one, 'PodUnknown', {
    message: `its state is unknown: node ${pod.spec.nodeName ?? ''} does not answer${after(message)}`,
    evidence: [
      field(pod, 'status.phase', phase ?? ''),
      ...(reason === undefined ? [] : [field(pod, 'status.reason', reason)]),
    ],
    causes: nodeLinks(one),
    since: notReadySince(one),
    values: values({ node: pod.spec.nodeName }),
  });
}

function some<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
