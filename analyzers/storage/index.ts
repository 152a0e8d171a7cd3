import { defineAnalyzer } from '../../src/kit.ts';
import { attachments } from './attachments.ts';
import { changes } from './changes.ts';
import { storageClasses } from './classes.ts';
import { codes } from './codes.ts';
import { csiNodes } from './csi-nodes.ts';
import { lostClaims } from './lost.ts';
import { multiAttach } from './multi-attach.ts';
import { pendingClaims } from './pending.ts';
import runbook from './runbook.md';
import { volumes } from './volumes.ts';

export default defineAnalyzer({
  id: 'storage',
  title: 'Volume claims, volumes and storage classes',
  reads: [
    'csidrivers.storage.k8s.io',
    'csinodes.storage.k8s.io',
    'daemonsets.apps',
    'deployments.apps',
    'events',
    'leases.coordination.k8s.io',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'statefulsets.apps',
    'storageclasses.storage.k8s.io',
    'volumeattachments.storage.k8s.io',
  ],
  kinds: ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'VolumeAttachment', 'CSINode'],
  codes,
  settings: {
    deleteSeconds: { default: 3_600, unit: 'seconds', title: 'How long the deletion of a released volume may take' },
    detachSeconds: { default: 360, unit: 'seconds', title: 'How long a volume may take to be detached' },
    graceSeconds: { default: 120, unit: 'seconds', title: 'How long a new claim, pod or attachment may take' },
    provisionSeconds: { default: 120, unit: 'seconds', title: 'How long a provisioner may take to make a volume' },
    unusedSeconds: {
      default: 2_592_000,
      unit: 'seconds',
      title: 'How long a claim may be unused before it is mentioned',
    },
  },
  runbook,
  *analyze(snapshot, settings) {
    yield* pendingClaims(snapshot, settings);
    yield* lostClaims(snapshot, settings.graceSeconds);
    yield* multiAttach(snapshot, settings.graceSeconds);
    yield* changes(snapshot, settings);
    yield* volumes(snapshot, settings);
    yield* storageClasses(snapshot, settings);
    yield* csiNodes(snapshot, settings.graceSeconds);
    yield* attachments(snapshot, settings);
  },
});
