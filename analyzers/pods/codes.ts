import type { CodeSpec } from '../../src/kit.ts';
import { pendingCodes } from './pending-codes.ts';

const breaks = ['ready', 'run'] as const;

export const codes = {
  ...pendingCodes,
  // Images
  PodImagePullDenied: { severity: 'critical', title: 'Image pull denied by the registry', breaks },
  PodImageNotFound: { severity: 'critical', title: 'Image that the registry does not have', breaks },
  PodImageRateLimited: { severity: 'critical', title: 'Image pull refused: too many requests', breaks },
  PodRegistryUnreachable: {
    severity: 'critical',
    title: 'Registry that the node cannot reach or does not trust',
    breaks,
  },
  PodImagePlatform: { severity: 'critical', title: 'Image not built for the platform of the node', breaks },
  PodImageNameInvalid: { severity: 'critical', title: 'Image name that names no image', breaks },
  PodImageNeverPull: { severity: 'critical', title: 'Image absent from the node, and pulling is forbidden', breaks },
  PodImageNoSpace: { severity: 'critical', title: 'No space on the node for an image', breaks },
  PodImagePullFailed: { severity: 'critical', title: 'Image that cannot be pulled', breaks },
  // Containers that cannot be made
  PodConfigError: { severity: 'critical', title: 'Container configuration that cannot be put together', breaks },
  PodConfigKeyMissing: { severity: 'critical', title: 'Key that a ConfigMap or Secret lacks', breaks },
  PodRunAsNonRoot: { severity: 'critical', title: 'Image that runs as root where root is forbidden', breaks },
  PodCommandNotFound: { severity: 'critical', title: 'Command that cannot be run in the image', breaks },
  PodContainerCreateFailed: { severity: 'critical', title: 'Container that the runtime cannot create', breaks },
  PodGPURuntimeFailed: { severity: 'critical', title: 'Container refused by the GPU runtime', breaks },
  // Containers that end
  PodOOMKilled: { severity: 'critical', title: 'Container killed for using too much memory', breaks },
  PodCrashLoop: { severity: 'critical', title: 'Container that ends soon after each start', breaks },
  PodPostStartHookFailed: { severity: 'critical', title: 'Container killed because its postStart hook fails', breaks },
  PodLivenessKilled: { severity: 'critical', title: 'Container killed by its liveness or startup probe', breaks },
  PodRestarting: { severity: 'warning', title: 'Container that keeps restarting', breaks },
  PodContainerFailed: { severity: 'warning', title: 'Container that failed and is not restarted', breaks },
  // Init containers and sidecars
  PodInitFailing: { severity: 'critical', title: 'Init container that fails', breaks },
  PodInitStuck: { severity: 'warning', title: 'Init container that does not come to an end', breaks },
  PodSidecarBlocksCompletion: { severity: 'warning', title: 'Sidecar that keeps a finished pod running', breaks },
  // Devices and readiness
  PodDeviceUnhealthy: { severity: 'critical', title: 'Device of a container that is broken', breaks },
  PodProbeFailing: { severity: 'warning', title: 'Container whose probe fails', breaks },
  PodNotReady: { severity: 'warning', title: 'Pod that runs and is not ready', breaks },
  PodReadinessGateNotMet: { severity: 'warning', title: 'Pod that waits for a readiness gate', breaks },
  PodUnknown: { severity: 'critical', title: 'Pod whose state is unknown', breaks },
  // Before the first container
  PodMountFailed: { severity: 'critical', title: 'Volume that cannot be mounted', breaks },
  PodCSIDriverNotRegistered: { severity: 'critical', title: 'CSI driver that the node does not have', breaks },
  PodMultiAttach: { severity: 'critical', title: 'Volume still attached to another node', breaks },
  PodAttachFailed: { severity: 'critical', title: 'Volume that cannot be attached', breaks },
  PodRuntimeHandlerMissing: { severity: 'critical', title: 'Runtime handler that the node does not have', breaks },
  PodNetworkSetupFailed: { severity: 'critical', title: 'Pod network that cannot be set up', breaks },
  PodSandboxFailed: { severity: 'critical', title: 'Pod sandbox that cannot be created', breaks },
  PodCreatingStuck: { severity: 'warning', title: 'Pod whose containers are not created', breaks },
  // The end
  PodEvicted: { severity: 'warning', title: 'Pod evicted by a node short of a resource', breaks },
  PodStorageLimitExceeded: { severity: 'warning', title: 'Pod evicted for using more storage than its limit', breaks },
  PodRejectedByNode: { severity: 'warning', title: 'Pod refused by the kubelet of its node', breaks },
  PodDeadlineExceeded: { severity: 'warning', title: 'Pod past its active deadline', breaks },
  PodNodeShutdown: { severity: 'info', title: 'Pod left over from the shutdown of a node', breaks },
  PodLeftover: { severity: 'info', title: 'Record of a pod in whose place others run' },
  PodStuckTerminating: {
    severity: 'warning',
    title: 'Pod that cannot be deleted',
    breaks: ['ready', 'run', 'mount', 'resolve'],
  },
  PodResizeBlocked: { severity: 'warning', title: 'In-place resize that cannot be done' },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
