import { condition, duration, field, olderThan, age } from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, severityOf, values } from './case.ts';
import { called } from './containers.ts';
import { deadNode, nodeLinks } from './links.ts';
import { probeFault, stillStarting } from './probes.ts';
import { isStoodInFor } from './stand-ins.ts';
import { listed } from './text.ts';

/**
 * A pod that runs and is not ready, though none of its containers is known to be broken.
 * @param reported names of containers that a finding exists for: they explain themselves.
 */
export function notReady(one: PodCase, reported: ReadonlySet<string>): readonly PodDraft[] {
  const { pod, snapshot, settings } = one;
  const ready = condition(pod, 'Ready');
  const unready = one.containers.filter(
    ({ role, status }) => role !== 'init' && status?.ready === false && status.state?.running !== undefined,
  );
  // Every kubelet writes the condition; a recording may lack it.
  const isReady = ready === undefined ? unready.length === 0 : ready.status === 'True';
  if (pod.status?.phase !== 'Running' || isReady) return [];
  // The node controller takes readiness from the pods of a node that is silent; nothing else of their status is kept up.
  if (deadNode(one) !== undefined) return [onDeadNode(one)];
  if (!olderThan(snapshot, notReadySince(one), settings.readyGrace)) return [];
  const failing = unready
    .filter(({ name }) => !reported.has(name))
    .filter((container) => !stillStarting(one, container));
  if (unready.length > 0 && failing.length === 0) return [];
  const found = failing.flatMap((container) => probeFault(one, container) ?? []);
  if (found.length > 0) return found;
  const gates = gateFaults(one);
  if (gates.length > 0) return gates;
  // A container that did its work makes its pod unready for good: that is no fault.
  if (unready.length === 0 && one.containers.some(({ status }) => status?.state?.terminated?.exitCode === 0)) return [];
  const names = failing.map(called);
  const lasted = duration(age(snapshot, notReadySince(one)) ?? 0);
  const who = names.length === 0 ? '' : ` (${listed(names)})`;
  return [general(one, `runs and has not been ready for ${lasted}${who}`)];
}

function onDeadNode(one: PodCase): PodDraft {
  const dead = deadNode(one);
  const state = dead?.ready.status === 'Unknown' ? 'has stopped reporting' : 'is not ready';
  const found = general(one, `not ready: node ${one.pod.spec.nodeName ?? ''} ${state}`);
  if (dead === undefined) return found;
  const { status, reason, message } = dead.ready;
  const said = [`Ready=${status}`, reason, message].filter((word) => word !== undefined).join(' ');
  return { ...found, evidence: [...found.evidence, field(dead.node, "status.conditions[type='Ready']", said)] };
}

function general(one: PodCase, message: string): PodDraft {
  const ready = condition(one.pod, 'Ready');
  const since = notReadySince(one);
  const said = [ready?.status, ready?.reason, ready?.message].filter((word) => word !== undefined).join(' ');
  return draft(one, 'PodNotReady', {
    severity: isStoodInFor(one) ? 'warning' : severityOf(one, since),
    message,
    evidence: [
      said === ''
        ? field(one.pod, 'status.phase', one.pod.status?.phase ?? '')
        : field(one.pod, "status.conditions[type='Ready']", said),
    ],
    causes: nodeLinks(one),
    since,
    values: values({ node: one.pod.spec.nodeName }),
  });
}

/** Readiness gates: conditions that others must set (load balancer controllers) before a pod counts as ready. */
function gateFaults(one: PodCase): readonly PodDraft[] {
  const { pod } = one;
  if (condition(pod, 'ContainersReady')?.status !== 'True') return [];
  const since = notReadySince(one);
  return (pod.spec.readinessGates ?? []).flatMap(({ conditionType }, index) => {
    const gate = condition(pod, conditionType);
    if (gate?.status === 'True') return [];
    const state =
      gate === undefined ? 'is not set' : `is ${gate.status}${gate.reason === undefined ? '' : ` (${gate.reason})`}`;
    return draft(one, 'PodReadinessGateNotMet', {
      key: conditionType,
      message: `its containers are ready, but readiness gate ${conditionType} ${state}`,
      evidence: [
        field(pod, `spec.readinessGates[${index}].conditionType`, conditionType),
        gate === undefined
          ? field(
              pod,
              'status.conditions',
              (pod.status?.conditions ?? []).map(({ type }) => type),
            )
          : field(pod, `status.conditions[type='${conditionType}']`, `${gate.status} ${gate.message ?? ''}`.trim()),
      ],
      since,
      values: values({ gate: conditionType }),
    });
  });
}
