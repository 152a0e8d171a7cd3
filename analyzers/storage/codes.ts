import type { CodeSpec } from '../../src/kit.ts';

/** What a claim without a volume takes away from the pods that use it. */
const unusable = ['bind', 'schedule', 'mount'] as const;

/** What a bound claim's volume that cannot get to its node takes away; pods ask their claim for both. */
const held = ['bind', 'mount'] as const;

export const codes = {
  CSINodeDriverMissing: {
    severity: 'critical',
    title: 'Node without a CSI driver that its pods need',
    breaks: [...held, 'run'],
  },
  CSINodeVolumesFull: { severity: 'info', title: 'Node that can attach no more volumes' },
  PersistentVolumeClaimBypassed: {
    severity: 'critical',
    title: 'Claim whose pod went past the scheduler',
    breaks: unusable,
  },
  PersistentVolumeClaimLost: { severity: 'critical', title: 'Claim that has lost its volume', breaks: unusable },
  PersistentVolumeClaimMultiAttach: { severity: 'critical', title: 'Volume held by another node', breaks: held },
  PersistentVolumeClaimNoClass: { severity: 'critical', title: 'Claim without a StorageClass', breaks: unusable },
  PersistentVolumeClaimNoVolume: { severity: 'critical', title: 'Claim that no volume fits', breaks: unusable },
  PersistentVolumeClaimNotProvisioned: {
    severity: 'critical',
    title: 'Claim that waits for its provisioner',
    breaks: unusable,
  },
  PersistentVolumeClaimPending: { severity: 'critical', title: 'Claim that is not bound', breaks: unusable },
  PersistentVolumeClaimProvisioningFailed: {
    severity: 'critical',
    title: 'Volume that cannot be made',
    breaks: unusable,
  },
  PersistentVolumeClaimResizeFailed: { severity: 'warning', title: 'Volume that cannot be changed' },
  PersistentVolumeClaimResizePending: { severity: 'info', title: 'File system that waits to grow' },
  PersistentVolumeClaimTerminating: {
    severity: 'info',
    title: 'Deleted claim that is still in use',
    breaks: ['schedule', 'bind'],
  },
  PersistentVolumeClaimUnconsumed: { severity: 'info', title: 'Claim that waits for its first pod' },
  PersistentVolumeClaimUnused: { severity: 'info', title: 'Claim that no pod has used for long' },
  PersistentVolumeFailed: { severity: 'warning', title: 'Failed volume', breaks: ['bind', 'mount'] },
  PersistentVolumeNoNode: { severity: 'warning', title: 'Volume that no node can reach', breaks: unusable },
  PersistentVolumePluginRemoved: {
    severity: 'warning',
    title: 'Volume of a removed plugin',
    breaks: ['bind', 'mount'],
  },
  PersistentVolumeTerminating: { severity: 'warning', title: 'Deleted volume that a claim still has' },
  PersistentVolumeReleased: { severity: 'info', title: 'Volume left over from a claim' },
  StorageClassProvisionerMissing: {
    severity: 'critical',
    title: 'StorageClass without its provisioner',
    breaks: ['bind'],
  },
  StorageClassSeveralDefaults: { severity: 'warning', title: 'Several default StorageClasses' },
  VolumeAttachmentFailed: {
    severity: 'critical',
    title: 'Volume that cannot be attached or detached',
    breaks: held,
  },
  VolumeAttachmentNodeGone: { severity: 'warning', title: 'Volume attached to a node that is gone', breaks: held },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
