import { describe, expect, test } from 'vitest';
import storage from '../../analyzers/storage/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, event, merge, node, object, type Patch, pendingPod, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

const claim = (patch: Patch = {}) =>
  object(
    'persistentvolumeclaims',
    'shop/data',
    merge(
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '10Gi' } },
          storageClassName: 'fast',
        },
        status: { phase: 'Pending' },
      },
      patch,
    ) as Patch,
  );
const bound = (patch: Patch = {}) =>
  claim(merge({ spec: { volumeName: 'pv1' }, status: { phase: 'Bound' } }, patch) as Patch);
const selected: Patch = { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n1' } } };
const classless = (patch: Patch = {}) => {
  const { storageClassName: _, ...spec } = claim().spec;
  return { ...claim(patch), spec } as ReturnType<typeof claim>;
};
const byHand = claim({ spec: { storageClassName: '' } });
const volume = (name: string, patch: Patch = {}) =>
  object(
    'persistentvolumes',
    name,
    merge(
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '10Gi' },
          persistentVolumeReclaimPolicy: 'Retain',
        },
        status: { phase: 'Available' },
      },
      patch,
    ) as Patch,
  );
const heldBy = (name: string, uid?: string): Patch => ({
  spec: {
    claimRef: { namespace: 'shop', name, ...(uid === undefined ? {} : { uid }) },
    csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'h' },
  },
  status: { phase: 'Bound' },
});
const own = heldBy('data', 'uid-PersistentVolumeClaim-shop/data');
const fast = (patch: Patch = {}) =>
  object(
    'storageclasses.storage.k8s.io',
    'fast',
    merge({ provisioner: 'ebs.csi.aws.com', volumeBindingMode: 'Immediate' }, patch) as Patch,
  );
const wffc = fast({ volumeBindingMode: 'WaitForFirstConsumer' });
const local = fast({ provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' });
const isDefault: Patch = { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } };
const driver = object('csidrivers.storage.k8s.io', 'ebs.csi.aws.com', { spec: {} });
const csiController = (patch: Patch = {}) =>
  deployment(
    'kube-system/ebs-csi-controller',
    merge(
      {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'csi-provisioner', image: 'registry.k8s.io/sig-storage/csi-provisioner:v5' }],
            },
          },
        },
      },
      patch,
    ) as Patch,
  );
const uses: Patch = { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } };
const pendingUser = pendingPod('p', uses);
const creating = (name: string, patch: Patch = {}) =>
  pod(
    name,
    merge(
      merge(uses, {
        metadata: { creationTimestamp: ago('1h') },
        spec: { nodeName: 'n2' },
        status: {
          phase: 'Pending',
          containerStatuses: [
            { name: 'app', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
          ],
        },
      }),
      patch,
    ) as Patch,
  );
const csiNode = (name: string, drivers: readonly Patch[]) =>
  object('csinodes.storage.k8s.io', name, { spec: { drivers } });
const ebs = { name: 'ebs.csi.aws.com', nodeID: 'x' };
const attachment = (patch: Patch = {}) =>
  object(
    'volumeattachments.storage.k8s.io',
    'csi-1',
    merge(
      {
        spec: { attacher: 'ebs.csi.aws.com', nodeName: 'n1', source: { persistentVolumeName: 'pv1' } },
        status: { attached: true },
      },
      patch,
    ) as Patch,
  );
const failing = event(
  claim(),
  'ProvisioningFailed',
  'failed to provision volume with StorageClass "fast": rpc error: code = ResourceExhausted desc = volume limit exceeded',
);
const handedOver = (provisioner: string) =>
  claim({ metadata: { annotations: { 'volume.kubernetes.io/storage-provisioner': provisioner } } });
const young: Patch = { metadata: { creationTimestamp: ago('90s') } };
const nodeAffinity = (name: string): Patch => ({
  spec: {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }],
      },
    },
  },
});

type Row = readonly [
  title: string,
  objects: readonly KubeObject[],
  expected: readonly string[],
  options?: SnapshotOptions,
];
const named = ([title, objects, expected, options = {}]: Row) => ({ title, objects, expected, options });
const on = 'PersistentVolumeClaim shop/data';

const managerLease = (renewed: string) =>
  object('leases.coordination.k8s.io', 'kube-system/kube-controller-manager', { spec: { renewTime: renewed } });

const loud: readonly Row[] = [
  [
    'a volume that fits, while the controller manager is silent',
    [byHand, volume('pv1'), managerLease(ago('1h'))],
    [`critical PersistentVolumeClaimPending ${on}`],
  ],
  ['a class that does not exist, after 90 seconds', [claim(young)], [`critical PersistentVolumeClaimPending ${on}`]],
  ['a class that does not exist', [claim()], [`critical PersistentVolumeClaimPending ${on}`]],
  [
    'the same by the old annotation',
    [claim({ metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'gone' } } }), fast(), driver],
    [`critical PersistentVolumeClaimPending ${on}`],
  ],
  ['no class and no default', [classless(), fast(), driver], [`critical PersistentVolumeClaimNoClass ${on}`]],
  [
    'no class, older than the default',
    [classless(), fast(isDefault), driver],
    [`critical PersistentVolumeClaimNoClass ${on}`],
  ],
  [
    'no class, classes unseen, by the event',
    [
      classless(),
      event(claim(), 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set', {
        type: 'Normal',
      }),
    ],
    [`critical PersistentVolumeClaimNoClass ${on}`],
    { missing: { 'storageclasses.storage.k8s.io': 'forbidden' } },
  ],
  [
    'a provisioner that does not answer',
    [claim(), fast(), driver],
    [`critical PersistentVolumeClaimNotProvisioned ${on}`],
  ],
  [
    'the same once a node is chosen',
    [claim(selected), wffc, driver, pendingUser],
    [`critical PersistentVolumeClaimNotProvisioned ${on}`],
  ],
  [
    'classes unseen, asked by the event',
    [
      claim(),
      event(
        claim(),
        'ExternalProvisioning',
        "Waiting for a volume to be created either by the external provisioner 'x'",
        { type: 'Normal' },
      ),
    ],
    [`critical PersistentVolumeClaimNotProvisioned ${on}`],
    { missing: { 'storageclasses.storage.k8s.io': 'forbidden' } },
  ],
  [
    'classes unseen, told by the scheduler',
    [
      claim(),
      pendingPod(
        'p',
        merge(uses, {
          status: {
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'Unschedulable',
                message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
              },
            ],
          },
        }) as Patch,
      ),
    ],
    [`critical PersistentVolumeClaimNotProvisioned ${on}`],
    { missing: { 'storageclasses.storage.k8s.io': 'forbidden' } },
  ],
  [
    'a provisioner that says why not',
    [claim(), fast(), driver, failing],
    [`critical PersistentVolumeClaimProvisioningFailed ${on}`],
  ],
  [
    'the same, its node taken back',
    [claim(), wffc, driver, pendingUser, failing],
    [`critical PersistentVolumeClaimProvisioningFailed ${on}`],
  ],
  ['no volume at all', [byHand], [`critical PersistentVolumeClaimNoVolume ${on}`]],
  [
    'volumes made by hand that do not fit',
    [
      claim({ spec: { storageClassName: 'manual' } }),
      volume('pv1', { spec: { storageClassName: 'manual', capacity: { storage: '5Gi' } } }),
    ],
    [`critical PersistentVolumeClaimNoVolume ${on}`],
  ],
  ['no local volume for the pod', [claim(), local, pendingUser], [`critical PersistentVolumeClaimNoVolume ${on}`]],
  [
    'a volume asked for by name that does not exist',
    [claim({ spec: { volumeName: 'pv9' } })],
    [`critical PersistentVolumeClaimNoVolume ${on}`],
  ],
  [
    'a volume asked for by name that is taken',
    [claim({ spec: { volumeName: 'pv1' } }), volume('pv1', heldBy('other', 'x'))],
    [`critical PersistentVolumeClaimNoVolume ${on}`],
  ],
  ['a claim that waits for its first pod', [claim(), wffc], [`info PersistentVolumeClaimUnconsumed ${on}`]],
  ['phase Lost', [bound({ status: { phase: 'Lost' } })], [`critical PersistentVolumeClaimLost ${on}`]],
  ['a bound claim whose volume is gone', [bound()], [`critical PersistentVolumeClaimLost ${on}`]],
  [
    'a volume of an earlier claim of the name',
    [bound(), volume('pv1', heldBy('data', 'old'))],
    [`critical PersistentVolumeClaimLost ${on}`],
  ],
  [
    'a volume of another claim',
    [bound(), volume('pv1', heldBy('other', 'x'))],
    [`critical PersistentVolumeClaimLost ${on}`],
  ],
  [
    'a volume held by another node',
    [bound(), volume('pv1', own), attachment(), creating('p'), node('n1'), node('n2'), csiNode('n2', [ebs])],
    [`critical PersistentVolumeClaimMultiAttach ${on}`],
  ],
  [
    'a resize that failed',
    [
      bound({ status: { conditions: [{ type: 'NodeResizeError', status: 'True', message: 'no room' }] } }),
      volume('pv1', own),
    ],
    [`warning PersistentVolumeClaimResizeFailed ${on}`],
  ],
  [
    'a resize that cannot be done',
    [bound({ status: { allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } } }), volume('pv1', own)],
    [`warning PersistentVolumeClaimResizeFailed ${on}`],
  ],
  [
    'attributes that cannot be set',
    [
      bound({ status: { modifyVolumeStatus: { status: 'Infeasible', targetVolumeAttributesClassName: 'gold' } } }),
      volume('pv1', own),
    ],
    [`warning PersistentVolumeClaimResizeFailed ${on}`],
  ],
  [
    'a file system that waits to grow',
    [
      bound({
        status: { conditions: [{ type: 'FileSystemResizePending', status: 'True', lastTransitionTime: ago('1h') }] },
      }),
      volume('pv1', own),
    ],
    [`info PersistentVolumeClaimResizePending ${on}`],
  ],
  [
    'a deleted claim that is in use',
    [
      bound({ metadata: { deletionTimestamp: ago('1h'), finalizers: ['kubernetes.io/pvc-protection'] } }),
      volume('pv1', own),
      pod('p', uses),
    ],
    [`info PersistentVolumeClaimTerminating ${on}`],
  ],
  [
    'a claim unused for months',
    [
      bound({ status: { conditions: [{ type: 'Unused', status: 'True', lastTransitionTime: ago('60d') }] } }),
      volume('pv1', own),
    ],
    [`info PersistentVolumeClaimUnused ${on}`],
  ],
  [
    'a volume kept after its claim',
    [volume('pv1', { ...heldBy('gone', 'x'), status: { phase: 'Released' } })],
    ['info PersistentVolumeReleased PersistentVolume pv1'],
  ],
  [
    'a volume that is not deleted',
    [
      volume('pv1', {
        spec: { persistentVolumeReclaimPolicy: 'Delete' },
        status: { phase: 'Released', lastPhaseTransitionTime: ago('2h') },
      }),
    ],
    ['warning PersistentVolumeReleased PersistentVolume pv1'],
  ],
  [
    'a deleted volume that a claim has',
    [bound(), volume('pv1', merge(own, { metadata: { deletionTimestamp: ago('2h') } }) as Patch)],
    ['warning PersistentVolumeTerminating PersistentVolume pv1'],
  ],
  [
    'a failed volume',
    [volume('pv1', { status: { phase: 'Failed', message: 'error deleting' } })],
    ['warning PersistentVolumeFailed PersistentVolume pv1'],
  ],
  [
    'a local volume whose node is gone',
    [bound(), volume('pv1', merge(own, nodeAffinity('n9')) as Patch), node('n1')],
    ['warning PersistentVolumeNoNode PersistentVolume pv1'],
  ],
  [
    'the same while a pod waits',
    [bound(), volume('pv1', merge(own, nodeAffinity('n9')) as Patch), node('n1'), pendingUser],
    ['critical PersistentVolumeNoNode PersistentVolume pv1'],
  ],
  [
    'the same, used by nobody',
    [volume('pv1', nodeAffinity('n9')), node('n1')],
    ['info PersistentVolumeNoNode PersistentVolume pv1'],
  ],
  [
    'a plugin that was removed',
    [volume('pv1', { spec: { glusterfs: { path: 'x', endpoints: 'y' } } })],
    ['warning PersistentVolumePluginRemoved PersistentVolume pv1 [glusterfs]'],
  ],
  [
    'two default classes',
    [
      fast(isDefault),
      object(
        'storageclasses.storage.k8s.io',
        'slow',
        merge(isDefault, { metadata: { creationTimestamp: ago('1d') } }) as Patch,
      ),
    ],
    ['warning StorageClassSeveralDefaults StorageClass slow'],
  ],
  [
    'a CSI driver that is not installed',
    [claim(), fast()],
    [`critical PersistentVolumeClaimNotProvisioned ${on}`, 'critical StorageClassProvisionerMissing StorageClass fast'],
  ],
  [
    'an attacher that says nothing',
    [attachment({ metadata: { creationTimestamp: ago('10m') }, status: { attached: false } }), node('n1')],
    ['warning VolumeAttachmentFailed VolumeAttachment csi-1'],
  ],
  [
    'a pod that names its node, so that no scheduler tells the claim',
    [claim(), wffc, driver, creating('p')],
    [`critical PersistentVolumeClaimBypassed ${on}`],
  ],
  [
    'a resize that fails, told by an event alone',
    [
      bound({
        spec: { resources: { requests: { storage: '20Gi' } } },
        status: { capacity: { storage: '10Gi' }, conditions: [{ type: 'Resizing', status: 'True' }] },
      }),
      volume('pv1', own),
      event(claim(), 'VolumeResizeFailed', 'VolumeModificationRateExceeded'),
    ],
    [`warning PersistentVolumeClaimResizeFailed ${on}`],
  ],
  [
    'a CSI driver that an in-tree plugin moved to, and that is not installed',
    [handedOver('ebs.csi.aws.com'), fast({ provisioner: 'kubernetes.io/aws-ebs' })],
    [`critical PersistentVolumeClaimNotProvisioned ${on}`, 'critical StorageClassProvisionerMissing StorageClass fast'],
  ],
  [
    'a CSI driver that speaks from outside of the cluster',
    [
      claim(),
      fast(),
      event(claim(), 'ProvisioningFailed', 'rpc error', { source: { component: 'ebs.csi.aws.com_c_1' } }),
    ],
    [`critical PersistentVolumeClaimProvisioningFailed ${on}`],
  ],
  [
    'a node without the driver its pod needs',
    [bound(), volume('pv1', own), creating('p'), node('n2'), csiNode('n2', [])],
    ['critical CSINodeDriverMissing CSINode n2 [ebs.csi.aws.com]'],
  ],
  [
    'a node that takes no more volumes',
    [csiNode('n1', [{ ...ebs, allocatable: { count: 1 } }]), attachment(), node('n1')],
    ['info CSINodeVolumesFull CSINode n1 [ebs.csi.aws.com]'],
  ],
  [
    'a volume that cannot be attached',
    [
      attachment({ status: { attached: false, attachError: { message: 'no permission', time: ago('1m') } } }),
      node('n1'),
    ],
    ['critical VolumeAttachmentFailed VolumeAttachment csi-1'],
  ],
  [
    'a volume that cannot be detached',
    [
      attachment({ metadata: { deletionTimestamp: ago('1m') }, status: { detachError: { message: 'busy' } } }),
      node('n1'),
    ],
    ['warning VolumeAttachmentFailed VolumeAttachment csi-1'],
  ],
  [
    'a detachment of ten minutes',
    [attachment({ metadata: { deletionTimestamp: ago('10m') } }), node('n1')],
    ['warning VolumeAttachmentFailed VolumeAttachment csi-1'],
  ],
  ['a node that is gone', [attachment()], ['info VolumeAttachmentNodeGone VolumeAttachment csi-1']],
  [
    'the same while a pod waits elsewhere',
    [attachment(), bound(), volume('pv1', own), creating('p'), node('n2'), csiNode('n2', [ebs])],
    [`critical PersistentVolumeClaimMultiAttach ${on}`, 'critical VolumeAttachmentNodeGone VolumeAttachment csi-1'],
  ],
];

const healthy: readonly KubeObject[] = [
  bound(),
  volume('pv1', own),
  fast(),
  driver,
  node('n1'),
  attachment(),
  csiNode('n1', [ebs]),
  pod('p', uses),
];
const quiet: readonly Row[] = [
  ['a healthy cluster', healthy, []],
  ['a cluster without claims and without a default class', [fast(), driver], []],
  ['a claim of ten seconds', [claim({ metadata: { creationTimestamp: ago('10s') } })], []],
  ['a claim of 90 seconds that its provisioner may still serve', [claim(young), fast(), driver], []],
  ['a claim that is being deleted', [claim({ metadata: { deletionTimestamp: ago('1m') } })], []],
  ['a pod that waits for another reason', [claim(), wffc, driver, pendingUser], []],
  ['a claim whose pods cannot be seen', [claim(), wffc, driver], [], { missing: { pods: 'forbidden' } }],
  ['classes unseen, nothing told', [claim()], [], { missing: { 'storageclasses.storage.k8s.io': 'forbidden' } }],
  ['no class, classes unseen', [classless()], [], { missing: { 'storageclasses.storage.k8s.io': 'forbidden' } }],
  ['no class, a volume fits', [classless(), volume('pv1')], []],
  ['volumes unseen', [byHand], [], { missing: { persistentvolumes: 'forbidden' } }],
  ['a volume by hand that fits', [byHand, volume('pv1')], []],
  [
    'a local volume that fits, controller manager silent',
    [claim(), local, pendingUser, volume('pv1', { spec: { storageClassName: 'fast' } }), managerLease(ago('1h'))],
    [],
  ],
  ['a volume that fits, controller manager alive', [byHand, volume('pv1'), managerLease(ago('2s'))], []],
  [
    'a volume that was deleted just now',
    [bound(), volume('pv1', merge(own, { metadata: { deletionTimestamp: ago('5m') } }) as Patch)],
    [],
  ],
  [
    'an attacher that has had five minutes',
    [attachment({ metadata: { creationTimestamp: ago('5m') }, status: { attached: false } }), node('n1')],
    [],
  ],
  [
    'a deleted claim that only a pod without a node would use: it goes',
    [
      bound({ metadata: { deletionTimestamp: ago('1h'), finalizers: ['kubernetes.io/pvc-protection'] } }),
      volume('pv1', own),
      pendingUser,
    ],
    [],
  ],
  [
    'a pod that has its node since a minute ago, its claim to come',
    [claim(), wffc, driver, creating('p', { metadata: { creationTimestamp: ago('60s') } })],
    [],
  ],
  [
    'a resize that failed and then worked',
    [
      bound({ status: { capacity: { storage: '10Gi' } } }),
      volume('pv1', own),
      event(claim(), 'VolumeResizeFailed', 'VolumeModificationRateExceeded'),
    ],
    [],
  ],
  [
    'a volume of the time of other zone labels',
    [
      bound(),
      volume(
        'pv1',
        merge(own, {
          spec: {
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [
                  {
                    matchExpressions: [
                      { key: 'failure-domain.beta.kubernetes.io/zone', operator: 'In', values: ['eu-west-1a'] },
                    ],
                  },
                ],
              },
            },
          },
        }) as Patch,
      ),
      node('n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'eu-west-1a' } } }),
    ],
    [],
  ],
  [
    'a volume reserved for the claim by name',
    [byHand, volume('pv1', { spec: { claimRef: { namespace: 'shop', name: 'data' }, storageClassName: 'other' } })],
    [],
  ],
  [
    'a local volume that fits, the node decides',
    [claim(), local, pendingUser, volume('pv1', { spec: { storageClassName: 'fast' } })],
    [],
  ],
  [
    'a node chosen a minute ago',
    [
      claim(selected),
      wffc,
      driver,
      pendingPod('p', merge(uses, { metadata: { creationTimestamp: ago('60s') } }) as Patch),
    ],
    [],
  ],
  [
    'asked a minute ago',
    [
      claim(),
      fast(),
      driver,
      event(claim(), 'ExternalProvisioning', 'Waiting for a volume', { type: 'Normal', firstTimestamp: ago('60s') }),
    ],
    [],
  ],
  ['bound, volumes unseen', [bound()], [], { missing: { persistentvolumes: 'forbidden' } }],
  ['a volume whose claimRef has no uid yet', [bound(), volume('pv1', heldBy('data'))], []],
  [
    'a pod that waits for minutes on the node that holds the volume',
    [
      bound(),
      volume('pv1', own),
      attachment(),
      creating('p', { spec: { nodeName: 'n1' } }),
      node('n1'),
      csiNode('n1', [ebs]),
    ],
    [],
  ],
  [
    'a pod just moved',
    [bound(), volume('pv1', own), attachment(), creating('p', young), node('n1'), node('n2'), csiNode('n2', [ebs])],
    [],
  ],
  [
    'a volume that many nodes may use',
    [
      bound({ spec: { accessModes: ['ReadWriteMany'] } }),
      volume('pv1', own),
      attachment(),
      creating('p'),
      node('n1'),
      node('n2'),
      csiNode('n2', [ebs]),
    ],
    [],
  ],
  [
    'what the pod itself says of Multi-Attach',
    (() => {
      const waiting = creating('p');
      return [
        bound(),
        volume('pv1', own),
        attachment(),
        waiting,
        node('n1'),
        node('n2'),
        csiNode('n2', [ebs]),
        event(waiting, 'FailedAttachVolume', 'Multi-Attach error for volume "pv1" Volume is already used by pod(s) q'),
      ];
    })(),
    [],
  ],
  [
    'running pods on two nodes',
    [
      bound(),
      volume('pv1', own),
      pod('p', uses),
      pod('q', merge(uses, { spec: { nodeName: 'n2' } }) as Patch),
      attachment(),
      node('n1'),
      node('n2'),
    ],
    [],
  ],
  [
    'a resize in progress',
    [
      bound({
        status: {
          conditions: [{ type: 'Resizing', status: 'True' }],
          allocatedResourceStatuses: { storage: 'NodeResizeInProgress' },
        },
      }),
      volume('pv1', own),
    ],
    [],
  ],
  [
    'a resize error that is over',
    [bound({ status: { conditions: [{ type: 'NodeResizeError', status: 'False' }] } }), volume('pv1', own)],
    [],
  ],
  [
    'a file system that grows just now',
    [
      bound({
        status: { conditions: [{ type: 'FileSystemResizePending', status: 'True', lastTransitionTime: ago('30s') }] },
      }),
      volume('pv1', own),
    ],
    [],
  ],
  [
    'a deleted claim that nobody uses',
    [
      bound({ metadata: { deletionTimestamp: ago('1h'), finalizers: ['kubernetes.io/pvc-protection'] } }),
      volume('pv1', own),
    ],
    [],
  ],
  [
    'a claim unused for a week',
    [
      bound({ status: { conditions: [{ type: 'Unused', status: 'True', lastTransitionTime: ago('7d') }] } }),
      volume('pv1', own),
    ],
    [],
  ],
  [
    'a volume being deleted',
    [
      volume('pv1', {
        spec: { persistentVolumeReclaimPolicy: 'Delete' },
        status: { phase: 'Released', lastPhaseTransitionTime: ago('1m') },
      }),
    ],
    [],
  ],
  [
    'a released volume, moment unknown',
    [volume('pv1', { spec: { persistentVolumeReclaimPolicy: 'Delete' }, status: { phase: 'Released' } })],
    [],
  ],
  ['a local volume whose node is there', [volume('pv1', nodeAffinity('n1')), node('n1')], []],
  ['nodes unseen', [volume('pv1', nodeAffinity('n9')), attachment()], [], { missing: { nodes: 'forbidden' } }],
  [
    'a plugin that is still there',
    [volume('pv1', { spec: { rbd: { image: 'x', monitors: [] } } })],
    [],
    { serverVersion: 'v1.30.2' },
  ],
  ['one default class', [fast(isDefault), driver], []],
  ['a driver that nobody waits for', [fast()], []],
  [
    'a driver that may be there',
    [bound({ status: { phase: 'Bound' } }), volume('pv1', own), fast()],
    [],
    { missing: { 'csidrivers.storage.k8s.io': 'forbidden' } },
  ],
  [
    'a node that just became Ready',
    [
      bound(),
      volume('pv1', own),
      creating('p'),
      node('n2', { status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago('30s') }] } }),
      csiNode('n2', []),
    ],
    [],
  ],
  [
    'a node that is not Ready',
    [
      bound(),
      volume('pv1', own),
      creating('p'),
      node('n2', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }),
      csiNode('n2', []),
    ],
    [],
  ],
  ['a pod that runs without CSI', [bound(), volume('pv1', own), pod('p', uses), node('n1'), csiNode('n1', [])], []],
  ['room for one more volume', [csiNode('n1', [{ ...ebs, allocatable: { count: 2 } }]), attachment(), node('n1')], []],
  [
    'an error of an attachment that worked later',
    [attachment({ status: { attachError: { message: 'once' } } }), node('n1')],
    [],
  ],
  [
    'an attachment made just now',
    [attachment({ ...young, status: { attached: false, attachError: { message: 'busy' } } }), node('n1')],
    [],
  ],
  ['a detachment of a minute', [attachment({ metadata: { deletionTimestamp: ago('1m') } }), node('n1')], []],
];

describe('storage', () => {
  test.each(loud.map(named))('reports $title', ({ objects, expected, options }) => {
    expect(found(storage, objects, options)).toEqual(expected);
  });

  test.each(quiet.map(named))('is quiet about $title', ({ objects, expected, options }) => {
    expect(found(storage, objects, options)).toEqual(expected);
  });

  test('a driver without a CSIDriver is not missing where a node or workload has it', () => {
    const expected = [`critical PersistentVolumeClaimNotProvisioned ${on}`];
    expect(found(storage, [claim(), fast(), csiController()])).toEqual(expected);
    expect(found(storage, [claim(), fast(), csiNode('n1', [ebs])])).toEqual(expected);
  });
});

describe('what the message says', () => {
  const messages = (objects: readonly KubeObject[]) =>
    drafts(storage, snapshotOf(objects)).map(({ message }) => message);
  const asked = '10Gi, ReadWriteOnce, no class';
  const lease = object('leases.coordination.k8s.io', 'kube-system/ebs-csi-aws-com', { spec: { renewTime: ago('2h') } });
  const rows: readonly [string, readonly KubeObject[], string][] = [
    [
      'the nearest class',
      [claim({ spec: { storageClassName: 'fats' } }), fast(), driver],
      'its StorageClass fats does not exist; did you mean fast',
    ],
    [
      'the size',
      [byHand, volume('pv1', { spec: { capacity: { storage: '5Gi' } } })],
      `no volume fits (${asked}); nearest is pv1, which has 5Gi of 10Gi asked for`,
    ],
    [
      'the mode',
      [byHand, volume('pv1', { spec: { accessModes: ['ReadOnlyMany'] } })],
      `no volume fits (${asked}); nearest is pv1, which does not offer ReadWriteOnce`,
    ],
    [
      'the class',
      [byHand, volume('pv1', { spec: { storageClassName: 'slow' } })],
      `no volume fits (${asked}); nearest is pv1, which is of class slow`,
    ],
    [
      'the selector',
      [claim({ spec: { storageClassName: '', selector: { matchLabels: { a: 'b' } } } }), volume('pv1')],
      `no volume fits (${asked}); nearest is pv1, which lacks the labels a=b`,
    ],
    [
      'the holder',
      [byHand, volume('pv1', heldBy('other', 'x'))],
      `no volume fits (${asked}); nearest is pv1, which belongs to shop/other`,
    ],
    [
      'an earlier claim of the name',
      [byHand, volume('pv1', { ...heldBy('data', 'old'), status: { phase: 'Failed' } })],
      `no volume fits (${asked}); nearest is pv1, which belongs to an earlier claim of this name`,
    ],
    [
      'the kind of refusal',
      [claim(), fast(), driver, failing],
      'ebs.csi.aws.com cannot make the volume, for there is no room: rpc error: code = ResourceExhausted desc = volume limit exceeded',
    ],
    [
      'a provisioner that is down',
      [claim(), fast(), driver, csiController({ status: { readyReplicas: 0 } })],
      'it has waited 2d for a volume from ebs.csi.aws.com; Deployment kube-system/ebs-csi-controller, which serves it, has no ready pod',
    ],
    [
      'a provisioner that is scaled to zero',
      [claim(), fast(), driver, csiController({ spec: { replicas: 0 }, status: { readyReplicas: 0 } })],
      'it has waited 2d for a volume from ebs.csi.aws.com; Deployment kube-system/ebs-csi-controller, which serves it, is scaled to zero',
    ],
    [
      'a provisioner that has lost its lease',
      [claim(), fast(), driver, csiController(), lease],
      'it has waited 2d for a volume from ebs.csi.aws.com; its provisioner renewed its lease 2h ago',
    ],
    [
      'a node that was chosen and is gone',
      [claim(selected), wffc, driver, pendingUser, node('n2')],
      'it has waited 2d for a volume from ebs.csi.aws.com; node n1, which was chosen for it, does not exist any more',
    ],
    [
      'no provisioner',
      [claim(), fast(), driver],
      'it has waited 2d for a volume from ebs.csi.aws.com; no workload of that provisioner was found',
    ],
  ];
  test.each(rows)('%s', (_title, objects, message) => {
    expect(messages(objects).filter((one) => !one.startsWith('it could not be reclaimed'))).toEqual([message]);
  });
});

const asked: Patch = {
  metadata: { annotations: { 'volume.kubernetes.io/storage-provisioner': 'ebs.csi.aws.com' } },
};

describe('the node that was chosen for a volume that cannot be made', () => {
  test.each([
    ['is gone: the runbook names it', [node('n2')], 'n1'],
    ['is there', [node('n1')], undefined],
  ])('%s', (_title, nodes, gone) => {
    const failed = event(claim(), 'ProvisioningFailed', 'rpc error: code = Internal desc = no such instance');
    const [draft] = drafts(storage, snapshotOf([claim(selected), wffc, driver, pendingUser, ...nodes, failed]));
    expect(draft?.code).toBe('PersistentVolumeClaimProvisioningFailed');
    expect(draft?.values?.['goneNode']).toBe(gone);
  });
});

describe('a driver that its node lacks', () => {
  const nodePlugin = object('daemonsets.apps', 'kube-system/ebs-csi-node', {
    spec: {
      selector: {},
      template: { spec: { containers: [{ name: 'ebs-plugin', image: 'ebs', args: ['--name=ebs.csi.aws.com'] }] } },
    },
  });
  const tainted = node('n2', { spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] } });
  const text = (host: KubeObject) =>
    drafts(storage, snapshotOf([bound(), volume('pv1', own), creating('p'), host, csiNode('n2', []), nodePlugin]))[0]
      ?.message;
  const lacks = 'CSI driver ebs.csi.aws.com is not registered on node n2, and a pod there waits for a volume of it';
  test('may be kept away by a taint', () => {
    expect(text(tainted)).toBe(
      `${lacks}; DaemonSet kube-system/ebs-csi-node makes no pod there: it does not tolerate dedicated=db:NoSchedule`,
    );
  });
  test('or just not run', () => {
    expect(text(node('n2'))).toBe(lacks);
  });
});

describe('a provisioner that is still at an earlier attempt', () => {
  const busy = event(claim(), 'ProvisioningFailed', 'rpc error: code = Aborted desc = an operation already exists');
  const text = (...events: readonly KubeObject[]) =>
    drafts(storage, snapshotOf([claim(), fast(), driver, ...events])).map(({ message }) => message);
  test('what it said of that one is told', () => {
    const before = event(claim(), 'ProvisioningFailed', 'rpc error: code = DeadlineExceeded desc = context deadline', {
      lastTimestamp: ago('20m'),
    });
    expect(text(before, busy)).toEqual([
      'ebs.csi.aws.com cannot make the volume, for the storage did not answer in time: rpc error: code = DeadlineExceeded desc = context deadline',
    ]);
  });
  test('where nothing else is known, that it is', () => {
    expect(text(busy)).toEqual([
      'ebs.csi.aws.com cannot make the volume, for an earlier attempt has not ended: rpc error: code = Aborted desc = an operation already exists',
    ]);
  });
});

describe('links', () => {
  const rows: readonly [string, readonly KubeObject[], readonly string[]][] = [
    [
      'to a missing class',
      [claim()],
      ['PersistentVolumeClaimPending -> bind StorageClass fast (spec.storageClassName)'],
    ],
    [
      'to a provisioner',
      [claim(asked), fast(), driver, csiController()],
      [
        'PersistentVolumeClaimNotProvisioned -> bind Deployment kube-system/ebs-csi-controller (StorageClass provisioner)',
        'PersistentVolumeClaimNotProvisioned -> bind StorageClass fast (spec.storageClassName)',
        'PersistentVolumeClaimNotProvisioned -> ready Deployment kube-system/ebs-csi-controller (StorageClass provisioner)',
      ],
    ],
    [
      'from a volume to the node that holds it',
      [bound(), volume('pv1', own), attachment(), creating('p'), node('n1'), node('n2'), csiNode('n2', [ebs])],
      [
        'PersistentVolumeClaimMultiAttach -> mount VolumeAttachment csi-1 (spec.volumeName)',
        'PersistentVolumeClaimMultiAttach -> run Node n1 (VolumeAttachment spec.nodeName)',
      ],
    ],
    [
      'from an attachment to its node',
      [attachment({ status: { attached: false, attachError: { message: 'x' } } }), node('n1')],
      [
        'VolumeAttachmentFailed -> mount CSINode n1 (spec.nodeName)',
        'VolumeAttachmentFailed -> run Node n1 (spec.nodeName)',
      ],
    ],
  ];
  test.each(rows)('%s', (_title, objects, expected) => {
    expect(links(storage, objects)).toEqual(expected);
  });

  test('a name that only contains the driver is another driver', () => {
    const other = deployment('kube-system/other', {
      spec: { template: { spec: { containers: [{ name: 'c', args: ['--driver=my-ebs.csi.aws.com'] }] } } },
    });
    expect(links(storage, [claim(asked), fast(), driver, other])).toEqual([
      'PersistentVolumeClaimNotProvisioned -> bind StorageClass fast (spec.storageClassName)',
    ]);
  });
});
