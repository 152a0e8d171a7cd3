import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../../src/cluster/live.ts';
import { ownerHint } from '../../../src/cluster/kubeconfig/container-hints.ts';
import { outside, type Surroundings } from '../../../src/cluster/kubeconfig/surroundings.ts';
import { base64, folder, kubeconfig, userError } from '../../support/api-server.ts';
import { authority } from '../../support/certificates.ts';

const own = folder();
afterAll(() => own.remove());
const inside: Surroundings = { ...outside, container: true, uid: 65_532 };
const { signal } = new AbortController();

let serial = 0;
function resolve(cluster: Record<string, unknown>, user?: Record<string, unknown>, more: object = {}) {
  serial += 1;
  const file = own.file(`config-${serial}`, kubeconfig({ server: 'https://192.168.49.2:8443', ...cluster }, user));
  return resolveConfig({ kubeconfig: file, env: { PATH: '/nowhere' }, around: inside, ...more });
}

const home = '/home/jane/.minikube';
const minikube = {
  cluster: { 'certificate-authority': `${home}/ca.crt` },
  user: {
    'client-certificate': `${home}/profiles/minikube/client.crt`,
    'client-key': `${home}/profiles/minikube/client.key`,
  },
};

describe('files that are not mounted', () => {
  test('minikube: all are named at once, with the one mount that brings them in', async () => {
    const error = await userError(resolve(minikube.cluster, minikube.user));
    expect(error.message).toBe(
      'the kubeconfig names files that are not in this container ' +
        `(certificate-authority of cluster "test-cluster": ${home}/ca.crt; ` +
        `client-certificate of user "jane": ${home}/profiles/minikube/client.crt; ` +
        `client-key of user "jane": ${home}/profiles/minikube/client.key)`,
    );
    expect(error.hint).toBe(
      `Mount them: docker compose run --rm --volume ${home}:${home}:ro mekhanikube ...; or put them into the kubeconfig: ` +
        'kubectl config view --raw --flatten > kubeconfig.flat, where it comes from, and mount that one.',
    );
  });

  test('two folders are two mounts, quoted for a shell', async () => {
    const error = await userError(
      resolve({ 'certificate-authority': '/etc/k8s/ca.crt' }, { tokenFile: "/srv/jane's keys/token" }),
    );
    expect(error.hint).toContain(
      "--volume /etc/k8s:/etc/k8s:ro --volume '/srv/jane'\\''s keys:/srv/jane'\\''s keys:ro'",
    );
  });

  test('a kubeconfig of Windows: its paths are shown as they are, and only embedding helps', async () => {
    const error = await userError(resolve({ 'certificate-authority': String.raw`C:\Users\jane\.minikube\ca.crt` }));
    expect(error.message).toContain(String.raw`"test-cluster": C:\Users\jane\.minikube\ca.crt)`);
    expect(error.hint).not.toContain('--volume');
    expect(error.hint).toContain('--flatten');
  });

  const here = authority();
  test.each<[string, Record<string, unknown>, Record<string, unknown>, object]>([
    ['what is there', { 'certificate-authority': own.file('ca.crt', here.cert) }, { token: 'abc' }, {}],
    [
      'a file beside embedded data',
      { 'certificate-authority-data': base64(here.cert), ...minikube.cluster },
      { token: 'abc' },
      {},
    ],
    ['a token file beside a token', {}, { token: 'abc', tokenFile: `${home}/token` }, {}],
    ['an authority that is not checked', { ...minikube.cluster, 'insecure-skip-tls-verify': true }, {}, {}],
    ['an authority that the flag says not to check', minikube.cluster, {}, { insecureSkipTlsVerify: true }],
    ['the files of a user whom a token replaces', {}, minikube.user, { token: 'abc' }],
  ])('%s is not missed', async (_, cluster, user, more) => {
    expect((await resolve(cluster, user, more)).server).toBe('https://192.168.49.2:8443');
  });

  test('outside a container nothing is said of mounts', async () => {
    const error = await userError(resolve(minikube.cluster, minikube.user, { around: outside }));
    expect(`${error.message} ${error.hint}`).not.toMatch(/mount|container/i);
  });
});

test.each([
  ['a file that was named', { kubeconfig: '/nowhere/config' }],
  ['none at all', { env: { HOME: '/nowhere' } }],
  ['one of KUBECONFIG', { env: { KUBECONFIG: '/kube/config-that-is-not-there' } }],
])('no kubeconfig: %s', async (_, options) => {
  const error = await userError(resolveConfig({ env: {}, around: inside, ...options }));
  expect(error.code).toBe('no-kubeconfig');
  expect(error.hint).toContain('--volume "$HOME/.kube/config:/kube/config:ro" --env KUBECONFIG=/kube/config');
});

describe('files of somebody else', () => {
  test('the hint says whose they are and how to run as oneself', async () => {
    const uid = process.getuid?.() ?? 0;
    const self = uid === 0 ? '0:0' : '"$(id -u):$(id -g)"';
    expect(await ownerHint(own.file('mine', 'x'), 65_532)).toBe(
      `It belongs to UID ${uid} and this runs as UID 65532. Run it as yourself: docker compose run --rm --user ${self} mekhanikube ...`,
    );
    expect(await ownerHint('/nowhere/config', 65_532)).toBe(
      'Run it as yourself: docker compose run --rm --user "$(id -u):$(id -g)" mekhanikube ...',
    );
  });

  test.skipIf(process.getuid?.() !== 0)('a kubeconfig and a key that this user may not read', async () => {
    const closed = join(own.path, 'closed');
    mkdirSync(closed, { mode: 0o755 });
    const key = own.file('closed/key', 'x', 0o600);
    const config = own.file('closed/config', kubeconfig({ server: 'https://api.test' }), 0o600);
    const open = own.file(
      'closed/open',
      kubeconfig({ 'certificate-authority': key, server: 'https://api.test' }),
      0o644,
    );
    const { errors } = await as(65_534, () =>
      Promise.all(
        [config, open].map((file) => userError(resolveConfig({ kubeconfig: file, env: {}, around: inside }))),
      ),
    );
    expect(errors.map(({ message }) => message)).toEqual([
      `cannot read ${config}: permission denied`,
      `certificate-authority of cluster "test-cluster": cannot read ${key}: permission denied`,
    ]);
    for (const { hint } of errors) expect(hint).toContain('It belongs to UID 0 and this runs as UID 65532. Run it as');
  });
});

/** Does something as another user: only root can try what somebody else may not do. */
async function as<T>(uid: number, work: () => Promise<T>): Promise<{ errors: T }> {
  const { path } = own;
  (await import('node:fs')).chmodSync(path, 0o755);
  process.seteuid!(uid);
  try {
    return { errors: await work() };
  } finally {
    process.seteuid!(0);
  }
}

describe('credential plugins that are not in the image', () => {
  const connect = (exec: Record<string, unknown>, more: object = {}) =>
    resolve({}, { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...exec } }, more);
  const missing = async (exec: Record<string, unknown>) => userError((await connect(exec)).credentials.current(signal));

  test.each([
    ['aws', 'aws', 'aws eks get-token --cluster-name NAME --query status.token --output text'],
    ['gke-gcloud-auth-plugin', 'gke-gcloud-auth-plugin', 'gcloud auth print-access-token'],
    ['kubelogin', 'kubelogin', 'az account get-access-token --resource 6dae42f8-4368-4678-94ff-3960e28e3630'],
    ['a path on the machine', '/opt/homebrew/bin/aws', 'aws eks get-token'],
    ['a path of Windows', String.raw`C:\Tools\kubelogin.exe`, 'az account get-access-token'],
    ['any other', 'doctl', 'doctl ARGUMENTS | jq -r .status.token'],
  ])('%s: what makes the token outside is named', async (_, command, outsideCommand) => {
    const error = await missing({ command, args: ['--client-secret', 'hunter2'], installHint: 'brew install it' });
    expect(error.message).toMatch(/^the credential plugin .* is not in this container$/);
    expect(error.hint).toContain(`--env MEKHANIKUBE_TOKEN="$(${outsideCommand}`);
    // What stands in the kubeconfig beside the command may be a secret.
    expect(error.hint).not.toContain('hunter2');
  });

  test('the token then replaces the plugin, the certificate and all else of the user', async () => {
    const connection = await connect({ command: 'aws' }, { token: ' abc\n' });
    expect(await connection.credentials.current(signal)).toEqual({ authorization: 'Bearer abc' });
    const other = await resolve({}, minikube.user, { token: 'abc' });
    expect(await other.credentials.current(signal)).toEqual({ authorization: 'Bearer abc' });
  });

  test('outside a container the hint of the kubeconfig stands', async () => {
    const { credentials } = await connect({ command: 'aws', installHint: 'brew install it' }, { around: outside });
    expect((await userError(credentials.current(signal))).hint).toBe('brew install it');
  });
});
