import {
  type CauseLink,
  condition,
  conditionIs,
  type Draft,
  field,
  gpuDemand,
  olderThan,
  ref,
  type ResourceTypes,
} from '../../src/kit.ts';
import type { GpuSnapshot } from './case.ts';
import type { Code, GpuSettings } from './codes.ts';

type Policy = ResourceTypes['clusterpolicies.nvidia.com'];

/**
 * What the NVIDIA GPU operator says of itself. It reports Ready with the reasons NFDLabelsMissing and NoGPUNodes, too, where nothing
 * can be used. Source: gpu-operator internal/conditions and controllers/clusterpolicy_controller.go.
 */
export function* operator(snapshot: GpuSnapshot, settings: GpuSettings): Iterable<Draft<Code>> {
  for (const policy of snapshot.list('clusterpolicies.nvidia.com').items) {
    const state = policy.status?.state ?? '';
    if (policy.metadata.deletionTimestamp !== undefined) continue;
    if (state === 'ignored') yield ignored(policy);
    else yield* notReady(snapshot, settings, policy, state);
    yield* misleading(snapshot, policy);
  }
}

function ignored(policy: Policy): Draft<Code> {
  return {
    code: 'ClusterPolicyIgnored',
    object: ref(policy),
    message: 'ignored: the operator heeds only the oldest ClusterPolicy',
    evidence: [field(policy, 'status.state', 'ignored')],
  };
}

function* notReady(
  snapshot: GpuSnapshot,
  { operatorGrace }: GpuSettings,
  policy: Policy,
  state: string,
): Iterable<Draft<Code>> {
  const error = conditionIs(policy, 'Error', 'True');
  const since = error?.lastTransitionTime ?? condition(policy, 'Ready')?.lastTransitionTime;
  if (error === undefined && state !== 'notReady') return;
  if (!olderThan(snapshot, since ?? policy.metadata.creationTimestamp, operatorGrace)) return;
  // With an error, Ready is False without a message of its own.
  const words = (error?.message ?? condition(policy, 'Ready')?.message ?? '').trim().replace(/[.\s]+$/, '');
  const states = /states not ready: \[([\w -]{1,500})\]/.exec(words)?.[1];
  const text = states === undefined ? words : `not ready: ${states}`;
  const used = gpuDemand(snapshot, 'nvidia');
  yield {
    code: 'ClusterPolicyNotReady',
    object: ref(policy),
    severity: used.waiting.length + used.placed.length > 0 ? 'critical' : 'warning',
    message: `the GPU operator is not ready${text === '' ? '' : `: ${text.replaceAll(/\s+/g, ' ').slice(0, 300)}`}`,
    evidence: [
      field(policy, 'status.state', state),
      ...(error === undefined ? [] : [field(policy, 'status.conditions[Error]', `${error.reason ?? ''}: ${words}`)]),
    ],
    causes: [...operandLinks(snapshot, (states ?? '').split(' '))],
    ...(since === undefined ? {} : { since }),
    ...(policy.status?.namespace === undefined ? {} : { values: { operatorNamespace: policy.status.namespace } }),
  };
}

/** DaemonSets by which the operator brings a state about. */
const operands: Readonly<Record<string, string>> = {
  'state-driver': 'nvidia-driver-daemonset',
  'state-container-toolkit': 'nvidia-container-toolkit-daemonset',
  'state-device-plugin': 'nvidia-device-plugin-daemonset',
  'state-dcgm': 'nvidia-dcgm',
  'state-dcgm-exporter': 'nvidia-dcgm-exporter',
  'state-mig-manager': 'nvidia-mig-manager',
  'state-operator-validation': 'nvidia-operator-validator',
  'gpu-feature-discovery': 'gpu-feature-discovery',
};

function operandLinks(snapshot: GpuSnapshot, states: readonly string[]): readonly CauseLink[] {
  return states.flatMap((state) => {
    const name = operands[state];
    const sets = snapshot.list('daemonsets.apps').items.filter(({ metadata }) => metadata.name === name);
    return sets.map((set): CauseLink => {
      const via = { field: 'status.conditions[Error].message', value: state };
      return { object: ref(set), needs: 'ready', via, certainty: 'sure' };
    });
  });
}

function* misleading(snapshot: GpuSnapshot, policy: Policy): Iterable<Draft<Code>> {
  const ready = conditionIs(policy, 'Ready', 'True');
  const reason = ready?.reason ?? '';
  if (reason !== 'NFDLabelsMissing' && reason !== 'NoGPUNodes') return;
  const waiting = gpuDemand(snapshot, 'nvidia').waiting.length;
  const what =
    reason === 'NoGPUNodes'
      ? 'it sees no node with a GPU'
      : 'no node has the labels of Node Feature Discovery by which it finds GPUs';
  yield {
    code: 'ClusterPolicyMisleadingReady',
    object: ref(policy),
    // Nodes with GPUs may come and go with an autoscaler.
    severity: waiting > 0 ? 'critical' : reason === 'NoGPUNodes' ? 'info' : 'warning',
    message: `reports Ready, but ${what} (${reason})${waiting > 0 ? `, and ${waiting} pods wait for GPUs` : ''}`,
    evidence: [
      field(policy, 'status.state', policy.status?.state ?? ''),
      field(policy, 'status.conditions[Ready].reason', reason),
    ],
    causes: discoveryLinks(snapshot),
    ...(ready?.lastTransitionTime === undefined ? {} : { since: ready.lastTransitionTime }),
  };
}

/** Node Feature Discovery, whose workers write the labels. */
function discoveryLinks(snapshot: GpuSnapshot): readonly CauseLink[] {
  return snapshot
    .list('daemonsets.apps')
    .items.filter(({ metadata }) => /node-feature-discovery-worker|nfd-worker/.test(metadata.name))
    .map((set) => ({
      object: ref(set),
      needs: 'run',
      via: { field: 'status.conditions[Ready].reason', value: 'NFDLabelsMissing' },
      certainty: 'likely',
    }));
}
