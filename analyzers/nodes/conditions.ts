import { conditionIs, condition, field } from '../../src/kit.ts';
import { networkAgentLinks } from './network-agents.ts';
import { isNew, lasting, type NodeCase, type NodeDraft, nodeDraft } from './node-case.ts';
import { clue, short } from './ready-text.ts';

const pressures = [
  ['MemoryPressure', 'NodeMemoryPressure', 'memory'],
  ['DiskPressure', 'NodeDiskPressure', 'disk space'],
  ['PIDPressure', 'NodePIDPressure', 'process ids'],
] as const;

/** Conditions by which the kubelet says that it runs short: it evicts pods and takes no new ones. */
export function* pressure(one: NodeCase): Iterable<NodeDraft> {
  for (const [type, code, what] of pressures) {
    const found = conditionIs(one.node, type, 'True');
    if (found === undefined) continue;
    yield nodeDraft(one, code, {
      message: `short of ${what}${lasting(one, found.lastTransitionTime)}; it evicts pods and takes no new ones`,
      shared: `are short of ${what}; they evict pods and take no new ones`,
      evidence: [field(one.node, `status.conditions[${type}]`, clue(found))],
      since: found.lastTransitionTime,
    });
  }
}

/** A network that a route controller or CNI plugin has not set up yet. */
export function* network(one: NodeCase): Iterable<NodeDraft> {
  const found = conditionIs(one.node, 'NetworkUnavailable', 'True');
  if (found === undefined || isNew(one, one.settings.startGrace)) return;
  const why = short(found.message);
  yield nodeDraft(one, 'NodeNetworkUnavailable', {
    message: `its network has not been set up${lasting(one, found.lastTransitionTime)}${why === '' ? '' : `: ${why}`}`,
    reason: found.reason ?? '',
    shared: `have no network set up${why === '' ? '' : `: ${why}`}`,
    evidence: [field(one.node, 'status.conditions[NetworkUnavailable]', clue(found))],
    causes: networkAgentLinks(one, 'status.conditions[NetworkUnavailable]'),
    since: found.lastTransitionTime,
  });
}

/** Conditions of node-problem-detector that are True in trouble; `critical` ones stop pods. Others are not known to be faults. */
const faults: Readonly<Record<string, 'critical' | 'warning'>> = {
  KernelDeadlock: 'critical',
  ReadonlyFilesystem: 'critical',
  ContainerRuntimeUnhealthy: 'critical',
  ContainerRuntimeProblem: 'critical',
  KubeletUnhealthy: 'critical',
  KubeletProblem: 'critical',
  XfsShutdown: 'critical',
  FilesystemCorruptionProblem: 'critical',
  CperHardwareErrorFatal: 'critical',
};
const problems = new Set([
  'CorruptDockerOverlay2',
  'DNSProblem',
  'FrequentContainerdRestart',
  'FrequentDockerRestart',
  'FrequentKubeletRestart',
  'FrequentUnregisterNetDevice',
  'NTPProblem',
]);
/**
 * Types that say by their name that something is wrong: `UnhealthyNvidiaDevicePlugin` of AKS, `NebiusBootDiskIOError`, `SysLogsXIDError`
 * and `SysLogsGPUFallenOff` of NVSentinel. `No` before it turns the meaning round.
 */
const saysFault =
  /^(?!No[A-Z]).*(?:Unhealthy|Errors?(?![a-z])|Fail(?:ed|ure)|FallenOff|FellOff|Missing|Deadlock|Corrupt|Degraded)/;
/** Conditions of the node monitoring agent of EKS, which are False in trouble. */
const health = [
  'AcceleratedHardwareReady',
  'ContainerRuntimeReady',
  'KernelReady',
  'NetworkingReady',
  'StorageReady',
] as const;

/** What monitors on the node report through conditions of their own. Types that are not known and do not say it themselves stay quiet. */
export function* monitors(one: NodeCase): Iterable<NodeDraft> {
  for (const found of one.node.status?.conditions ?? []) {
    if (found.status !== 'True') continue;
    const severity = Object.hasOwn(faults, found.type) ? faults[found.type] : undefined;
    if (severity !== undefined) yield monitored(one, 'NodeFaulty', found, severity);
    else if (problems.has(found.type) || saysFault.test(found.type))
      yield monitored(one, 'NodeProblem', found, 'warning');
  }
  for (const type of health) {
    const found = condition(one.node, type);
    if (found?.status === 'False') yield monitored(one, 'NodeFaulty', found, 'warning');
  }
}

function monitored(
  one: NodeCase,
  code: 'NodeFaulty' | 'NodeProblem',
  found: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string },
  severity: 'critical' | 'warning',
): NodeDraft {
  const { type, status } = found;
  const why = short(found.message) || found.reason || '';
  return nodeDraft(one, code, {
    key: type,
    severity,
    message: `${type} is ${status}${lasting(one, found.lastTransitionTime)}${why === '' ? '' : `: ${why}`}`,
    shared: `report ${type}=${status}`,
    evidence: [field(one.node, `status.conditions[${type}]`, clue(found))],
    since: found.lastTransitionTime,
  });
}
