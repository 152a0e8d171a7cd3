/** Devices that drivers hand out: claims, and classic requests that a DeviceClass serves. Three answers: no, yes, cannot be told. */
import { describe, expect, test } from 'vitest';
import { admission, type Admission } from '../../src/graph/scheduling/device-selector.ts';
import { placementOf } from '../../src/graph/scheduling/placement.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Pod } from '../../src/model/resources.ts';
import { node, object, type Patch, pendingPod } from '../support/objects.ts';
import { snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

const driver = 'gpu.nvidia.com';
const l4 = {
  name: 'gpu-0',
  attributes: {
    productName: { string: 'NVIDIA L4' },
    'resource.kubernetes.io/pcieRoot': { string: 'pci0000:00' },
    index: { int: 3 },
    ecc: { bool: true },
    driverVersion: { version: '580.65.6' },
  },
  capacity: { memory: { value: '23034Mi' } },
};

describe('selectors', () => {
  const own = `device.attributes['gpu.nvidia.com']`;
  test.each<[Admission, string]>([
    ['yes', `device.driver == 'gpu.nvidia.com'`],
    ['no', `device.driver == "gpu.amd.com"`],
    ['yes', `device.driver != "gpu.amd.com"`],
    ['yes', `${own}.productName == 'NVIDIA L4'`],
    ['yes', `${own}["productName"] == "NVIDIA L4"`],
    ['no', `${own}.productName == 'NVIDIA H100'`],
    ['no', `${own}.missing != 'x'`],
    ['yes', `${own}.productName in ['NVIDIA L4', 'NVIDIA L40']`],
    ['no', `${own}.productName in ['NVIDIA H100']`],
    ['yes', `${own}.index == 3`],
    ['no', `${own}.index == '3'`],
    ['yes', `${own}.ecc`],
    ['no', `!${own}.ecc`],
    ['yes', `device.attributes['resource.kubernetes.io'].pcieRoot == 'pci0000:00'`],
    ['no', `device.attributes['other.example.com'].productName == 'NVIDIA L4'`],
    ['yes', `device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('20Gi')) >= 0`],
    ['no', `device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('40Gi')) >= 0`],
    ['yes', `device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('40Gi')) < 0`],
    ['no', `device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('23034Mi')) != 0`],
    ['yes', `device.driver == 'gpu.nvidia.com' && ${own}.index == 3`],
    ['no', `device.driver == 'gpu.nvidia.com' && ${own}.index == 4`],
    // What is not understood decides nothing, unless something beside it does.
    ['unknown', `${own}.driverVersion.compareTo(semver('600.0.0')) >= 0`],
    ['unknown', `${own}.driverVersion == '600.0.0'`],
    ['unknown', `${own}.productName.lowerAscii().matches('^.*l4.*$')`],
    ['no', `${own}.productName.matches('L4') && device.driver == 'gpu.amd.com'`],
    ['unknown', `device.driver == 'gpu.amd.com' || true`],
    ['unknown', `!(true && device.driver == 'gpu.amd.com' && true)`],
    ['unknown', `!(${own}.productName == ')' && device.driver == 'gpu.amd.com' && true)`],
    ['unknown', `[1].exists(i, true && device.driver == 'gpu.amd.com' && true)`],
    ['unknown', `true ? true : device.driver == 'gpu.amd.com'`],
    ['unknown', `'&& ' == '' && device.driver == 'gpu.nvidia.com'`],
    ['unknown', ''],
  ])('%s: %s', (expected, expression) => {
    expect(admission(expression, driver, l4)).toBe(expected);
  });
});

const deviceClass = (name = driver, patch: Patch = {}) =>
  object('deviceclasses.resource.k8s.io', name, {
    spec: { selectors: [{ cel: { expression: `device.driver == '${driver}'` } }], ...patch },
  });
const serving = deviceClass(driver, { extendedResourceName: 'nvidia.com/gpu' });
const slice = (on: Patch, devices: readonly Patch[] = [l4], pool: Patch = {}) =>
  object('resourceslices.resource.k8s.io', `slice-${Math.random()}`, {
    spec: { driver, pool: { name: 'p', generation: 1, resourceSliceCount: 1, ...pool }, ...on, devices },
  });
const claim = (name: string, request: Patch = {}, status: Patch = {}, devices: Patch = {}) =>
  object('resourceclaims.resource.k8s.io', `shop/${name}`, {
    spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: driver, ...request } }], ...devices } },
    status,
  });
const given = (device: string, more: Patch = {}, pool = 'p') => ({
  allocation: { devices: { results: [{ request: 'r', driver, pool, device, ...more }] } },
});
const claimer = pendingPod('web', { spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'c' }] } });
const classic = (amount = 1): Pod =>
  pendingPod('web', {
    spec: { containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': String(amount) } } }] },
  });

/** What keeps the pod off node n1, and what could not be told. */
function verdict(waiting: Pod, objects: readonly KubeObject[], options: SnapshotOptions = {}): string {
  const placement = placementOf(snapshotOf([node('n1'), ...objects, waiting], options), waiting);
  const reasons = (placement.nodes[0]?.reasons ?? []).map((one) =>
    one.kind === 'devices'
      ? `${one.why} ${one.free}/${one.total}`
      : one.kind === 'resource'
        ? `${one.resource} ${one.free}/${String(one.allocatable)}`
        : one.kind,
  );
  return [reasons.join(', ') || 'fits', ...placement.unseen].join('; ');
}

const n1 = { nodeName: 'n1' };
const big = { selectors: [{ cel: { expression: `device.attributes['${driver}'].productName == 'NVIDIA H100'` } }] };
const odd = { selectors: [{ cel: { expression: `device.attributes['${driver}'].productName.matches('L.')` } }] };
const gone = { taints: [{ key: 'gpu.nvidia.com/gpu-lost', effect: 'NoSchedule' }] };

describe('claims', () => {
  test.each<[string, string, KubeObject[]]>([
    ['a device is free', 'fits', [deviceClass(), slice(n1), claim('c')]],
    ['no such claim', 'missing 0/0', [deviceClass(), slice(n1)]],
    ['no such class', 'no-class 0/0', [slice(n1), claim('c')]],
    ['no slice', 'not-listed 0/0', [deviceClass(), claim('c')]],
    ['slices of another node', 'not-listed 0/0', [deviceClass(), slice({ nodeName: 'n2' }), claim('c')]],
    ['slices for all nodes', 'fits', [deviceClass(), slice({ allNodes: true }), claim('c')]],
    [
      'devices that tell their nodes themselves',
      'not-listed 0/0',
      [deviceClass(), slice({ perDeviceNodeSelection: true }, [{ ...l4, nodeName: 'n2' }]), claim('c')],
    ],
    [
      'a pool of which half is missing',
      'not-listed 0/0',
      [deviceClass(), slice(n1, [l4], { resourceSliceCount: 2 }), claim('c')],
    ],
    [
      'a pool that shrank',
      'held 0/1',
      [
        deviceClass(),
        slice(n1, [l4, { name: 'gpu-1' }]),
        slice(n1, [l4], { generation: 2 }),
        claim('c'),
        claim('o', {}, given('gpu-0')),
      ],
    ],
    ['none that the claim admits', 'unfit 0/0', [deviceClass(), slice(n1), claim('c', big)]],
    ['fewer than asked', 'unfit 1/1', [deviceClass(), slice(n1), claim('c', { count: 2 })]],
    ['a tainted device', 'unfit 0/0', [deviceClass(), slice(n1, [{ ...l4, ...gone }]), claim('c')]],
    [
      'a tainted device that is tolerated',
      'fits',
      [deviceClass(), slice(n1, [{ ...l4, ...gone }]), claim('c', { tolerations: [{ operator: 'Exists' }] })],
    ],
    ['held by another claim', 'held 0/1', [deviceClass(), slice(n1), claim('c'), claim('other', {}, given('gpu-0'))]],
    [
      'looked at by an administrator',
      'fits',
      [deviceClass(), slice(n1), claim('c'), claim('other', {}, given('gpu-0', { adminAccess: true }))],
    ],
    [
      'asked for by an administrator',
      'fits',
      [deviceClass(), slice(n1), claim('c', { adminAccess: true }), claim('other', {}, given('gpu-0'))],
    ],
    [
      'the same name in another pool',
      'fits',
      [deviceClass(), slice(n1), claim('c'), claim('other', {}, given('gpu-0', {}, 'q'))],
    ],
    ['allocated already', 'fits', [deviceClass(), slice(n1), claim('c', {}, given('gpu-0'))]],
    [
      'allocated elsewhere',
      'elsewhere 0/0',
      [
        deviceClass(),
        slice(n1),
        claim(
          'c',
          {},
          {
            allocation: {
              nodeSelector: {
                nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }],
              },
            },
          },
        ),
      ],
    ],
    // What cannot be told is said so, and is no reason.
    [
      'a selector of another form',
      'fits; which devices ResourceClaim c admits',
      [deviceClass(), slice(n1), claim('c', odd)],
    ],
    [
      'all devices of a node',
      'fits; which devices ResourceClaim c admits',
      [deviceClass(), slice(n1), claim('c', { allocationMode: 'All' })],
    ],
    [
      'a constraint',
      'fits; which devices ResourceClaim c admits',
      [deviceClass(), slice(n1), claim('c', {}, {}, { constraints: [{ matchAttribute: 'a/b' }] })],
    ],
    [
      'parts of a device',
      'fits; which devices ResourceClaim c admits',
      [deviceClass(), slice(n1, [{ ...l4, consumesCounters: [{ counterSet: 's', counters: {} }] }]), claim('c')],
    ],
    [
      'a selector of another form, all held',
      'held 0/1',
      [deviceClass(), slice(n1), claim('c', odd), claim('other', {}, given('gpu-0'))],
    ],
  ])('%s: %s', (_name, expected, objects) => {
    expect(verdict(claimer, objects)).toBe(expected);
  });

  test.each<[string, string, SnapshotOptions]>([
    [
      'claims that could not be seen',
      'fits; resourceclaims',
      { missing: { 'resourceclaims.resource.k8s.io': 'forbidden' } },
    ],
    [
      'slices that could not be seen',
      'fits; resourceslices',
      { missing: { 'resourceslices.resource.k8s.io': 'forbidden' } },
    ],
    [
      'classes that could not be seen',
      'fits; which devices ResourceClaim c admits',
      { missing: { 'deviceclasses.resource.k8s.io': 'forbidden' } },
    ],
  ])('%s: %s', (_name, expected, options) => {
    const hidden = Object.keys(options.missing ?? {});
    const all = [deviceClass(), slice(n1), claim('c')];
    const kinds: Record<string, string> = {
      ResourceClaim: 'resourceclaims',
      ResourceSlice: 'resourceslices',
      DeviceClass: 'deviceclasses',
    };
    const seen = all.filter(({ kind }) => !hidden.includes(`${kinds[kind]}.resource.k8s.io`));
    expect(verdict(claimer, seen, options)).toBe(expected);
  });

  test('one of several requests is enough of a hindrance, one of several choices is not', () => {
    const choice = (deviceClassName: string) => ({ name: deviceClassName, deviceClassName });
    const first = object('resourceclaims.resource.k8s.io', 'shop/c', {
      spec: { devices: { requests: [{ name: 'r', firstAvailable: [choice('none'), choice(driver)] }] } },
    });
    expect(verdict(claimer, [deviceClass(), slice(n1), first])).toBe('fits');
    const both = object('resourceclaims.resource.k8s.io', 'shop/c', {
      spec: {
        devices: {
          requests: [
            { name: 'r', exactly: { deviceClassName: driver } },
            { name: 's', exactly: { deviceClassName: 'none' } },
          ],
        },
      },
    });
    expect(verdict(claimer, [deviceClass(), slice(n1), both])).toBe('no-class 0/0');
  });

  test('a claim that is made of a template is called by the template', () => {
    const made = (claims: Patch) =>
      pendingPod('web', {
        spec: { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'large' }] },
        status: claims,
      });
    const waiting = made({ resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'c' }] });
    const snapshot = snapshotOf([node('n1'), deviceClass(), claim('c'), waiting]);
    expect(placementOf(snapshot, waiting).nodes[0]?.reasons).toMatchObject([
      { source: 'ResourceClaimTemplate large', claim: 'c', why: 'not-listed' },
    ]);
    expect(verdict(made({}), [deviceClass(), slice(n1)])).toBe('not-made 0/0');
    expect(verdict(made({ resourceClaimStatuses: [{ name: 'gpu' }] }), [deviceClass(), slice(n1)])).toBe('fits');
  });
});

describe('classic requests', () => {
  test.each<[string, string, Pod, KubeObject[]]>([
    ['served by a driver', 'fits', classic(), [serving, slice(n1)]],
    [
      'by the name of the class',
      'fits',
      pendingPod('web', {
        spec: {
          containers: [{ name: 'c', resources: { limits: { [`deviceclass.resource.kubernetes.io/${driver}`]: '1' } } }],
        },
      }),
      [deviceClass(), slice(n1)],
    ],
    ['served, all taken', 'nvidia.com/gpu 0/1', classic(), [serving, slice(n1), claim('o', {}, given('gpu-0'))]],
    ['served, too few', 'nvidia.com/gpu 1/1', classic(2), [serving, slice(n1)]],
    ['served, nothing listed', 'nvidia.com/gpu 0/undefined', classic(), [serving]],
    ['a class without that name', 'nvidia.com/gpu 0/undefined', classic(), [deviceClass(), slice(n1)]],
    ['no DRA', 'nvidia.com/gpu 0/undefined', classic(), []],
    [
      'the newest class counts',
      'nvidia.com/gpu 0/undefined',
      classic(),
      [
        serving,
        slice(n1),
        object('deviceclasses.resource.k8s.io', 'newer', {
          metadata: { creationTimestamp: '2099-01-01T00:00:00Z' },
          spec: {
            extendedResourceName: 'nvidia.com/gpu',
            selectors: [{ cel: { expression: `device.driver == 'x'` } }],
          },
        }),
      ],
    ],
    [
      'a class of another form',
      'fits; which devices nvidia.com/gpu stands for',
      classic(),
      [deviceClass(driver, { extendedResourceName: 'nvidia.com/gpu', ...odd }), slice(n1)],
    ],
  ])('%s: %s', (_name, expected, waiting, objects) => {
    expect(verdict(waiting, objects)).toBe(expected);
  });

  test('a plugin on the node comes first', () => {
    const offering = node('n1', { status: { allocatable: { 'nvidia.com/gpu': '1' } } });
    const snapshot = snapshotOf([offering, serving, classic(2)]);
    expect(placementOf(snapshot, classic(2)).nodes[0]?.reasons).toMatchObject([
      { resource: 'nvidia.com/gpu', free: 1, allocatable: 1 },
    ]);
  });

  test.each<[string, string, KubeObject[], SnapshotOptions]>([
    [
      'slices hidden, a class serves',
      'fits; whether a driver hands out nvidia.com/gpu',
      [serving],
      { missing: { 'resourceslices.resource.k8s.io': 'forbidden' } },
    ],
    [
      'classes hidden, devices listed',
      'fits; whether a driver hands out nvidia.com/gpu',
      [slice(n1)],
      { missing: { 'deviceclasses.resource.k8s.io': 'forbidden' } },
    ],
    [
      'classes hidden, no device listed',
      'nvidia.com/gpu 0/undefined',
      [],
      { missing: { 'deviceclasses.resource.k8s.io': 'forbidden' } },
    ],
    [
      'both hidden, nobody claims devices',
      'nvidia.com/gpu 0/undefined',
      [],
      { missing: { 'deviceclasses.resource.k8s.io': 'forbidden', 'resourceslices.resource.k8s.io': 'forbidden' } },
    ],
    [
      'both hidden, somebody claims devices',
      'fits; whether a driver hands out nvidia.com/gpu',
      [{ ...claimer, metadata: { ...claimer.metadata, name: 'other' } }],
      { missing: { 'deviceclasses.resource.k8s.io': 'forbidden', 'resourceslices.resource.k8s.io': 'forbidden' } },
    ],
  ])('%s: %s', (_name, expected, objects, options) => {
    expect(verdict(classic(), objects, options)).toBe(expected);
  });
});
