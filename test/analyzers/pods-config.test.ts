import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { node, type Patch } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';
import { configMap, crashing, secret, waiting } from './pods-support.ts';

const env = [
  { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
  { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
  { name: 'EXTRA', valueFrom: { secretKeyRef: { name: 'extra', key: 'x', optional: true } } },
];
const withEnv: Patch = {
  spec: { containers: [{ name: 'app', image: 'x', env, envFrom: [{ secretRef: { name: 'all' } }] }] },
};
const config = (message: string) => waiting('CreateContainerConfigError', message, {}, withEnv);

describe('configuration', () => {
  test.each([
    ['secret "db" not found', 'PodConfigError', 'container app cannot start: Secret db not found'],
    ['configmap "settings" not found', 'PodConfigError', 'container app cannot start: ConfigMap settings not found'],
    [
      "couldn't find key password in Secret shop/db",
      'PodConfigKeyMissing',
      'container app cannot start: Secret db has no key password',
    ],
    [
      "couldn't find key mode in ConfigMap shop/settings",
      'PodConfigKeyMissing',
      'container app cannot start: ConfigMap settings has no key mode',
    ],
    [
      'container has runAsNonRoot and image will run as root (pod: "web-1_shop(u)", container: app)',
      'PodRunAsNonRoot',
      'container app must not run as root, and its image x does',
    ],
    [
      'container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root',
      'PodRunAsNonRoot',
      'container app must not run as root',
    ],
    [
      'failed to prepare subPath for volumeMount "data" of container "app"',
      'PodConfigError',
      'container app cannot be configured: failed to prepare subPath',
    ],
  ])('%s', (text, code, message) => {
    const all = drafts(pods, snapshotOf([config(text)]));
    expect(all.map((one) => `${one.code} ${one.key}`)).toEqual([`${code} app`]);
    expect(all[0]?.message).toContain(message);
  });

  test.each([
    ['secret "db" not found', ['start Secret shop/db (spec.containers[0].env[1].valueFrom.secretKeyRef.name)']],
    [
      "couldn't find key mode in ConfigMap shop/settings",
      ['start ConfigMap shop/settings (spec.containers[0].env[0].valueFrom.configMapKeyRef.name)'],
    ],
    ['secret "injected" not found', ['start Secret shop/injected (status.containerStatuses[0].state.waiting.message)']],
    [
      'something else',
      [
        'start ConfigMap shop/settings (spec.containers[0].env[0].valueFrom.configMapKeyRef.name)',
        'start Secret shop/all (spec.containers[0].envFrom[0].secretRef.name)',
        'start Secret shop/db (spec.containers[0].env[1].valueFrom.secretKeyRef.name)',
      ],
    ],
    ['container has runAsNonRoot and image will run as root', []],
  ])('%s links to what the container needs', (text, wanted) => {
    expect(links(pods, [config(text)])).toEqual(wanted.map((link) => expect.stringContaining(`-> ${link}`)));
  });

  test('names that are alike are offered', () => {
    const [missing] = drafts(pods, snapshotOf([config('secret "db" not found'), secret('db-v2'), secret('mail')]));
    expect(missing?.message).toBe('container app cannot start: Secret db not found (there is db-v2)');
    const [key] = drafts(
      pods,
      snapshotOf([
        config("couldn't find key password in Secret shop/db"),
        secret('db', { keys: ['passwort', 'user'] }),
      ]),
    );
    expect(key?.message).toContain('(there is passwort)');
    expect(key?.values).toMatchObject({ missing: 'password', source: 'db', sourceKind: 'secret', similar: 'passwort' });
  });

  test('nothing alike is offered for an object that came meanwhile', () => {
    const all = drafts(
      pods,
      snapshotOf([config('configmap "settings" not found'), configMap('settings'), configMap('settings-2')]),
    );
    expect(all[0]?.message).not.toContain('there is');
  });
});

describe('creation', () => {
  const exec = (text: string) =>
    `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${text}: unknown`;
  const cases: [string, string][] = [
    [exec('exec: "serve": executable file not found in $PATH'), 'PodCommandNotFound'],
    [
      exec('error during container init: exec: "/run.sh": stat /run.sh: no such file or directory'),
      'PodCommandNotFound',
    ],
    [exec('exec: "/run.sh": permission denied'), 'PodCommandNotFound'],
    [
      'container create failed: executable file `serve` not found in $PATH: No such file or directory',
      'PodCommandNotFound',
    ],
    ['Error response from daemon: no command specified', 'PodCommandNotFound'],
    [exec('exec /app: exec format error'), 'PodImagePlatform'],
    [exec('error mounting "/x" to rootfs at "/etc/app.conf": not a directory'), 'PodContainerCreateFailed'],
    [exec('error mounting "/x" to rootfs at "/y": no such file or directory'), 'PodContainerCreateFailed'],
    ['nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8', 'PodGPURuntimeFailed'],
    ['context deadline exceeded', 'PodContainerCreateFailed'],
    ['', 'PodContainerCreateFailed'],
  ];
  test.each(cases)('%s', (text, code) => {
    expect(found(pods, [waiting('CreateContainerError', text)])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
    expect(found(pods, [waiting('RunContainerError', text)])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
    const later = crashing({ reason: 'StartError', exitCode: 128, message: text });
    expect(found(pods, [later])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
  });

  const labelled = node('n1', { metadata: { labels: { 'nvidia.com/cuda.runtime-version.full': '12.2' } } });
  test.each<[string, readonly KubeObject[], string]>([
    [
      'unsatisfied condition: cuda>=12.8',
      [labelled],
      'its image needs CUDA 12.8, and the driver of the node supports CUDA up to 12.2',
    ],
    ['unsatisfied condition: cuda >= 13', [], 'its image needs CUDA 13, and the driver of the node supports less'],
    ['initialization error: nvml error: driver not loaded', [], 'no NVIDIA driver is loaded on the node'],
    [
      'load library failed: libnvidia-ml.so.1: cannot open shared object file',
      [],
      'no NVIDIA driver is loaded on the node',
    ],
    [
      'initialization error: nvml error: Driver/library version mismatch',
      [],
      "the driver's kernel module and its libraries on the node are of different versions",
    ],
    ['something new', [labelled], 'the NVIDIA runtime refuses it'],
  ])('the NVIDIA runtime: %s', (text, more, what) => {
    const refused = waiting('RunContainerError', `nvidia-container-cli: ${text}`);
    const [draft] = drafts(pods, snapshotOf([refused, ...more]));
    expect(draft?.message).toContain(`cannot be started: ${what}`);
    expect(draft?.evidence.some(({ path }) => path?.includes('cuda.runtime'))).toBe(what.includes('12.2'));
  });

  test('the end of a long chain of errors is told, over line breaks', () => {
    const text = exec(
      `error during container init: error running hook #0: exit status 1, stderr: mode 'legacy'\nnvidia-container-cli: initialization error: nvml error: driver not loaded`,
    );
    const [one] = drafts(pods, snapshotOf([waiting('RunContainerError', text)]));
    expect(one?.message).toMatch(
      /is loaded on the node: failed to create containerd task: .* … .* nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown$/,
    );
  });

  test.each([
    ['failed to reserve container name "app_0": name "app_0" is reserved for "1a2b"', 'too slow or holds an earlier'],
    ['error reserving ctr name k8s_app_web_0 for id 99aa: name is reserved', 'too slow or holds an earlier'],
    ['the address is reserved', 'the runtime refuses it'],
  ])('a name that is taken: %s', (text, what) => {
    const [one] = drafts(pods, snapshotOf([waiting('CreateContainerError', text)]));
    expect(one?.message).toContain(what);
  });

  test('a log that ends in an exec format error', () => {
    const one = crashing({ reason: 'Error', exitCode: 255, message: 'exec /bin/app: exec format error' });
    expect(found(pods, [one])).toEqual(['critical PodImagePlatform Pod shop/web-1 [app]']);
  });

  test.each([
    [
      'nvidia-container-cli: x',
      ['PodGPURuntimeFailed -> run Node n1 (spec.nodeName)', 'PodGPURuntimeFailed -> start Node n1 (spec.nodeName)'],
    ],
    ['exec: "a": permission denied', []],
    ['the runtime says no', []],
  ])('%s and the node', (text, wanted) => {
    expect(links(pods, [waiting('CreateContainerError', text), node('n1')])).toEqual(wanted);
  });
});
