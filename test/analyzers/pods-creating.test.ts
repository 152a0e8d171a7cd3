import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import { ago, event, merge, node, object, type Patch, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';
import { configMap, conditions, creating, secret, silentNode } from './pods-support.ts';

const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
const withVolumes = (...volumes: Patch[]): Patch => ({ spec: { volumes } });
const bound = [
  object('persistentvolumeclaims', 'data', { spec: { volumeName: 'pv-1' }, status: { phase: 'Bound' } }),
  object('persistentvolumes', 'pv-1', {
    spec: { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'v' }, claimRef: { namespace: 'shop', name: 'data' } },
  }),
];

describe('mounts', () => {
  const one = creating(ago('5m'), withVolumes({ name: 'conf', configMap: { name: 'conf' } }, claim));
  test.each([
    [
      'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32: access denied by server',
      'PodMountFailed',
      'data',
      'volume data cannot be mounted: access denied',
    ],
    [
      'MountVolume.SetUp failed for volume "data" : mount.nfs: Connection timed out',
      'PodMountFailed',
      'data',
      'the storage server cannot be reached',
    ],
    [
      'MountVolume.MountDevice failed for volume "pv-1" : rpc error: code = Internal desc = oops',
      'PodMountFailed',
      '',
      'a volume cannot be mounted: rpc error',
    ],
    [
      'MountVolume.MountDevice failed for volume "pv-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers',
      'PodCSIDriverNotRegistered',
      'ebs.csi.aws.com',
      'CSI driver ebs.csi.aws.com is not registered on node n1',
    ],
    [
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data]: timed out waiting for the condition',
      'PodMountFailed',
      'data',
      'timed out',
    ],
  ])('%s', (text, code, key, words) => {
    const all = drafts(pods, snapshotOf([one, ...bound, configMap('conf'), event(one, 'FailedMount', text)]));
    expect(all.map((draft) => `${draft.code} ${draft.key}`)).toEqual([`${code} ${key}`]);
    expect(all[0]?.message).toContain(words);
  });

  test('link to claims, drivers and the node', () => {
    const plugin = object('daemonsets.apps', 'kube-system/ebs-csi-node', {
      spec: {
        selector: {},
        template: {
          spec: {
            containers: [
              {
                name: 'registrar',
                args: ['--kubelet-registration-path=/var/lib/kubelet/plugins/ebs.csi.aws.com/csi.sock'],
              },
            ],
          },
        },
      },
    });
    const failed = event(one, 'FailedMount', 'MountVolume.MountDevice failed for volume "pv-1" : x');
    expect(links(pods, [one, ...bound, configMap('conf'), plugin, failed])).toEqual([
      'PodMountFailed -> bind PersistentVolumeClaim shop/data (spec.volumes[1].persistentVolumeClaim.claimName)',
      'PodMountFailed -> mount CSIDriver ebs.csi.aws.com (spec.csi.driver)',
      'PodMountFailed -> mount CSINode n1 (spec.nodeName)',
      'PodMountFailed -> mount ConfigMap shop/conf (spec.volumes[0].configMap.name)',
      'PodMountFailed -> mount DaemonSet kube-system/ebs-csi-node (the directory of its socket, /var/lib/kubelet/plugins/)',
      'PodMountFailed -> run Node n1 (spec.nodeName)',
    ]);
  });

  test('a missing object is enough, at once and without an event', () => {
    const young = creating(ago('10s'), withVolumes({ name: 'tls', secret: { secretName: 'web-tls' } }));
    expect(found(pods, [young])).toEqual(['critical PodMountFailed Pod shop/web-1 [tls]']);
    expect(links(pods, [young])).toEqual([
      'PodMountFailed -> mount Secret shop/web-tls (spec.volumes[0].secret.secretName)',
    ]);
    const [draft] = drafts(pods, snapshotOf([young, secret('web-tls-2')]));
    expect(draft?.message).toBe('volume tls cannot be mounted: Secret web-tls does not exist (there is web-tls-2)');
  });

  test('so is a missing key', () => {
    const items = [{ key: 'app.conf', path: 'app.conf' }];
    const young = creating(ago('10s'), withVolumes({ name: 'conf', configMap: { name: 'conf', items } }));
    expect(found(pods, [young, configMap('conf', ['app.yaml'])])).toEqual([
      'critical PodConfigKeyMissing Pod shop/web-1 [conf]',
    ]);
    expect(found(pods, [young, configMap('conf', ['app.conf'])])).toEqual([]);
  });

  test.each([
    ['secret "web-tls" not found', 'PodMountFailed', { source: 'web-tls', sourceKind: 'secret' }],
    ['references non-existent secret key: tls.key', 'PodConfigKeyMissing', { source: 'web-tls', missing: 'tls.key' }],
  ])('what cannot be seen is told by the kubelet: %s', (text, code, values) => {
    const blind = creating(ago('5m'), withVolumes({ name: 'tls', secret: { secretName: 'web-tls' } }));
    const said = event(blind, 'FailedMount', `MountVolume.SetUp failed for volume "tls" : ${text}`);
    const all = drafts(pods, snapshotOf([blind, said], { missing: { secrets: 'forbidden' } }));
    expect(all.map((draft) => `${draft.code} ${draft.key}`)).toEqual([`${code} tls`]);
    expect(all[0]?.values).toMatchObject(values);
    expect(all[0]?.message).toBe(`volume tls cannot be mounted: ${text}`);
  });

  const tls = { name: 'tls', secret: { secretName: 'web-tls' } };
  const young = creating(ago('20s'), withVolumes(claim));
  test.each([
    [
      'an optional object',
      [creating(ago('20s'), withVolumes({ name: 'tls', secret: { secretName: 'web-tls', optional: true } }))],
      {},
    ],
    ['an object that cannot be seen', [creating(ago('20s'), withVolumes(tls))], { missing: { secrets: 'forbidden' } }],
    [
      'the CA bundle of every pod',
      [creating(ago('20s'), withVolumes({ name: 'ca', configMap: { name: 'kube-root-ca.crt' } }))],
      {},
    ],
    [
      'a mount that fails at first',
      [young, ...bound, event(young, 'FailedMount', 'MountVolume.SetUp failed for volume "pv-1" : x')],
      {},
    ],
    [
      'an object the kubelet has not seen yet',
      [
        one,
        configMap('conf'),
        ...bound,
        event(one, 'FailedMount', 'MountVolume.SetUp failed for volume "conf" : object "shop"/"conf" not registered'),
      ],
      { settings: { creatingGrace: 3600 } },
    ],
  ])('quiet: %s', (_, objects, options) => {
    expect(found(pods, objects, options)).toEqual([]);
  });

  test('a mount that failed before an image is pulled is over', () => {
    const failed = event(one, 'FailedMount', 'x', { lastTimestamp: ago('4m') });
    const pulling = event(one, 'Pulling', 'Pulling image "registry.example.com/app:1.2.3"', {
      lastTimestamp: ago('3m'),
    });
    expect(found(pods, [one, configMap('conf'), ...bound, failed, pulling])).toEqual([]);
  });
});

describe('attaching', () => {
  const one = creating(ago('5m'), withVolumes(claim));
  const multi = (about: typeof one) =>
    event(
      about,
      'FailedAttachVolume',
      'Multi-Attach error for volume "pv-1" Volume is already exclusively attached to one node and can\'t be attached to another',
      { source: { component: 'attachdetach-controller' } },
    );
  const attachment = object('volumeattachments.storage.k8s.io', 'csi-1', {
    spec: { attacher: 'ebs.csi.aws.com', nodeName: 'n2', source: { persistentVolumeName: 'pv-1' } },
  });

  test('a volume that another node holds', () => {
    const objects = [one, ...bound, attachment, multi(one)];
    expect(found(pods, objects)).toEqual(['critical PodMultiAttach Pod shop/web-1 [data]']);
    expect(links(pods, objects)).toEqual([
      'PodMultiAttach -> bind PersistentVolumeClaim shop/data (spec.volumes[0].persistentVolumeClaim.claimName)',
      'PodMultiAttach -> mount VolumeAttachment csi-1 (spec.source.persistentVolumeName)',
      'PodMultiAttach -> run Node n2 (VolumeAttachment csi-1 spec.nodeName)',
    ]);
    expect(drafts(pods, snapshotOf(objects))[0]?.message).toBe(
      'volume of claim data is still attached to node n2, and it can be attached to one node only',
    );
  });

  test.each([
    ['silent', [silentNode('n2')], 'n2'],
    ['well', [node('n2')], undefined],
    ['not there', [], undefined],
  ])('volumes are taken by force only from a node that does not answer: the holder is %s', (_, nodes, wanted) => {
    const [multiAttach] = drafts(pods, snapshotOf([one, ...bound, attachment, multi(one), ...nodes]));
    expect(multiAttach?.values?.['deadHolder']).toBe(wanted);
    expect(multiAttach?.values?.['holder']).toBe('n2');
  });

  test('replicas of a StatefulSet have one key, though each has its own claim', () => {
    const replica = creating(
      ago('5m'),
      withVolumes({ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }),
    );
    const volume = object('persistentvolumes', 'pv-9', {
      spec: { claimRef: { namespace: 'shop', name: 'data-db-0' } },
    });
    const failed = event(
      replica,
      'FailedAttachVolume',
      'Multi-Attach error for volume "pv-9" Volume is already used by pod(s) x',
    );
    expect(found(pods, [replica, volume, failed])).toEqual(['critical PodMultiAttach Pod shop/web-1 [data]']);
  });

  test('links to the pod that uses the claim there', () => {
    const old = pod('web-0', { spec: { nodeName: 'n2', volumes: [claim] } });
    expect(links(pods, [one, old, ...bound, multi(one)])).toContain(
      'PodMultiAttach -> mount Pod shop/web-0 (spec.volumes[0].persistentVolumeClaim.claimName)',
    );
  });

  test('other reasons', () => {
    const failed = event(
      one,
      'FailedAttachVolume',
      'AttachVolume.Attach failed for volume "pv-1" : rpc error: code = Internal desc = too many volumes',
    );
    const all = drafts(pods, snapshotOf([one, ...bound, failed]));
    expect(all.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'PodAttachFailed volume of claim data cannot be attached: rpc error: code = Internal desc = too many volumes',
    ]);
  });

  const young = creating(ago('90s'), withVolumes(claim));
  test.each([
    ['while the volume moves', [young, ...bound, multi(young)]],
    [
      'once it is attached',
      [
        one,
        ...bound,
        merge(multi(one), { lastTimestamp: ago('4m') }) as ReturnType<typeof event>,
        event(one, 'SuccessfulAttachVolume', 'AttachVolume.Attach succeeded for volume "pv-1"', {
          lastTimestamp: ago('1m'),
        }),
      ],
    ],
  ])('quiet: %s', (_, objects) => {
    expect(found(pods, objects, { settings: { creatingGrace: 3600 } })).toEqual([]);
  });

  test('comes before the mount that waits for it', () => {
    const waits = event(one, 'FailedMount', 'Unable to attach or mount volumes: unmounted volumes=[data]', {
      lastTimestamp: ago('10s'),
    });
    expect(found(pods, [one, ...bound, multi(one), waits])).toEqual(['critical PodMultiAttach Pod shop/web-1 [data]']);
  });
});

describe('sandboxes', () => {
  const one = creating(ago('5m'), { spec: { runtimeClassName: 'nvidia' } });
  const text = (words: string) => `Failed to create pod sandbox: rpc error: code = Unknown desc = ${words}`;
  test.each([
    [
      'failed to get sandbox runtime: no runtime for "nvidia" is configured',
      'PodRuntimeHandlerMissing',
      'node n1 has no runtime handler nvidia',
    ],
    [
      'failed to find runtime handler nvidia from runtime list map[crun:0xc000 runc:0xc001]',
      'PodRuntimeHandlerMissing',
      'node n1 has no runtime handler nvidia',
    ],
    ['RuntimeHandler "nvidia" not supported', 'PodRuntimeHandlerMissing', 'node n1 has no runtime handler nvidia'],
    [
      'failed to setup network for sandbox "0123456789abcdef": plugin type="flannel" failed (add): open /run/flannel/subnet.env: no such file',
      'PodNetworkSetupFailed',
      'its network cannot be set up on node n1: failed to setup network: plugin type="flannel" failed',
    ],
    [
      'plugin type="bridge" failed (add): no IP addresses available in range set: 10.1.0.1-10.1.0.254',
      'PodNetworkSetupFailed',
      'node n1 has no free address for the pod',
    ],
    [
      'failed to get sandbox image "pause": i/o timeout',
      'PodSandboxFailed',
      'its sandbox cannot be created on node n1',
    ],
  ])('%s', (words, code, message) => {
    const all = drafts(pods, snapshotOf([one, event(one, 'FailedCreatePodSandBox', text(words))]));
    expect(all.map((draft) => draft.code)).toEqual([code]);
    expect(all[0]?.message).toContain(message);
  });

  test('a network that is not ready', () => {
    const waits = event(
      one,
      'NetworkNotReady',
      'network is not ready: container runtime network not ready: cni plugin not initialized',
    );
    expect(found(pods, [one, waits])).toEqual(['critical PodNetworkSetupFailed Pod shop/web-1']);
  });

  test('links', () => {
    const flannel = object('daemonsets.apps', 'kube-flannel/kube-flannel-ds', { spec: { selector: {}, template: {} } });
    const other = object('daemonsets.apps', 'logging/fluentd', { spec: { selector: {}, template: {} } });
    const failed = event(one, 'FailedCreatePodSandBox', text('plugin type="flannel" failed (add): x'));
    expect(links(pods, [one, flannel, other, failed])).toEqual([
      'PodNetworkSetupFailed -> run DaemonSet kube-flannel/kube-flannel-ds (event FailedCreatePodSandBox)',
      'PodNetworkSetupFailed -> run Node n1 (spec.nodeName)',
    ]);
    const handler = event(one, 'FailedCreatePodSandBox', text('no runtime for "nvidia" is configured'));
    expect(links(pods, [one, handler])).toEqual([
      'PodRuntimeHandlerMissing -> run Node n1 (spec.nodeName)',
      'PodRuntimeHandlerMissing -> start RuntimeClass nvidia (spec.runtimeClassName)',
    ]);
  });

  test('a network that fails at first is given time, a missing handler is not', () => {
    const young = creating(ago('20s'));
    expect(
      found(pods, [young, event(young, 'FailedCreatePodSandBox', text('plugin type="flannel" failed (add): x'))]),
    ).toEqual([]);
    expect(
      found(pods, [young, event(young, 'FailedCreatePodSandBox', text('no runtime for "kata" is configured'))]),
    ).toHaveLength(1);
  });
});

describe('nothing says why', () => {
  const stuck = creating(ago('7m'));
  test('after a while', () => {
    expect(found(pods, [stuck])).toEqual(['warning PodCreatingStuck Pod shop/web-1 [app]']);
    expect(found(pods, [creating(ago('20m'))])).toEqual(['critical PodCreatingStuck Pod shop/web-1 [app]']);
  });

  test('the kubelet complains of something else', () => {
    const said = event(stuck, 'FailedPrepareDynamicResources', 'Failed to prepare dynamic resources: no driver');
    expect(drafts(pods, snapshotOf([stuck, node('n1'), said]))[0]?.message).toBe(
      'container app has not been created for 7m: Failed to prepare dynamic resources: no driver',
    );
  });

  test('on a silent node, even where the kubelet never saw the pod', () => {
    const unseen = merge(stuck, { status: { containerStatuses: undefined, startTime: undefined } }) as typeof stuck;
    expect(drafts(pods, snapshotOf([unseen, silentNode('n1')]))[0]?.message).toBe(
      'container app has not been created for 7m: node n1 is not ready',
    );
    expect(links(pods, [unseen, silentNode('n1')])).toEqual(['PodCreatingStuck -> run Node n1 (spec.nodeName)']);
  });

  const pulling = event(stuck, 'Pulling', 'Pulling image "registry.example.com/app:1.2.3"', { type: 'Normal' });
  test.each([
    ['within the grace', [creating(ago('2m')), node('n1')]],
    ['a large image is pulled', [stuck, node('n1'), pulling]],
    ['the pod runs', [pod('web-1')]],
  ])('quiet: %s', (_, objects) => {
    expect(found(pods, objects)).toEqual([]);
  });

  test('a pull that takes very long', () => {
    const old = creating(ago('40m'));
    const same = event(old, 'Pulling', 'Pulling image "registry.example.com/app:1.2.3"', { lastTimestamp: ago('39m') });
    expect(drafts(pods, snapshotOf([old, node('n1'), same]))[0]?.message).toContain('is still being pulled');
  });

  test('a pod that lost its sandbox with its node counts from there', () => {
    const lost = (since: string) =>
      merge(creating(ago('2d')), {
        status: { phase: 'Running', conditions: conditions({ Ready: 'False' }, since) },
      }) as typeof stuck;
    const scheduled = (one: typeof stuck) =>
      merge(one, {
        status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('1m') }] },
      }) as typeof stuck;
    expect(found(pods, [scheduled(lost(ago('1m'))), node('n1')])).toEqual([]);
    expect(found(pods, [lost(ago('6m')), node('n1')])).toEqual(['warning PodCreatingStuck Pod shop/web-1 [app]']);
  });
});
