import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { resolveConfig, serverVersion, surroundings, type Surroundings } from '../../../src/cluster/live.ts';
import { withStandIn } from '../../../src/cluster/kubeconfig/stand-in.ts';
import { gatewayOf } from '../../../src/cluster/kubeconfig/surroundings.ts';
import {
  base64,
  emptyCluster,
  type FakeServer,
  folder,
  kubeconfig,
  startServer,
  userError,
} from '../../support/api-server.ts';
import { authority, type Authority, type KeyPair } from '../../support/certificates.ts';
import { httpProxy, socksProxy } from '../../support/proxy.ts';

const own = folder();
let ca: Authority;
let other: Authority;
/** Certificates that must not be accepted: of another authority, for all names; of the right one, for the machine's own. */
let strange: KeyPair;
let renamed: KeyPair;
beforeAll(() => {
  ca = authority('cluster-ca');
  other = authority('other-ca');
  const names = ['DNS:localhost', 'DNS:kubernetes.docker.internal'];
  strange = other.issue('api', [...names, 'IP:127.0.0.1', 'IP:127.8.9.10', 'IP:0.0.0.0', 'IP:::1']);
  renamed = ca.issue('api', ['DNS:host.docker.internal', `IP:${machine}`]);
});
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(() => own.remove());

/** The machine that the container of these tests runs on: what listens there is not seen at 127.0.0.1. */
const machine = '127.0.0.2';
const real = surroundings({}, () => true);
const names: Readonly<Record<string, readonly string[]>> = { localhost: ['127.0.0.1'] };

/** A container with Docker's name for the machine, or without it on a bridge network with a gateway. */
function container(by: 'name' | 'gateway' | 'nothing' = 'name'): Surroundings & { readonly tried: string[] } {
  const tried: string[] = [];
  return {
    container: true,
    uid: 65_532,
    tried,
    addresses: (name) =>
      Promise.resolve(name === 'host.docker.internal' && by === 'name' ? [machine] : (names[name] ?? [])),
    answers: (address, port) => {
      tried.push(address);
      return address === machine ? real.answers(address, port) : Promise.resolve(false);
    },
    gateway: () => Promise.resolve(by === 'gateway' ? machine : undefined),
  };
}

let serial = 0;
function options(cluster: Record<string, unknown>, around: Surroundings, user?: Record<string, unknown>) {
  serial += 1;
  const file = own.file(`config-${serial}`, kubeconfig(cluster, user));
  return { kubeconfig: file, env: { PATH: '/nowhere' }, signal: new AbortController().signal, around };
}
const trust = (one: Authority) => ({ 'certificate-authority-data': base64(one.cert) });

/** Also below a path. */
const answer = ({ path }: { path: string }) =>
  path.endsWith('/version') ? emptyCluster({ path: '/version' }) : undefined;

async function onMachine(tls?: KeyPair): Promise<FakeServer> {
  const one = await startServer(answer, { host: machine, ...(tls === undefined ? {} : { tls }) });
  open.push(one);
  return one;
}

describe.skipIf(process.platform !== 'linux')('clusters on this machine, with real TLS servers', () => {
  test.each([
    ['kind', 'https://127.0.0.1:PORT', ['DNS:kind-control-plane', 'DNS:localhost', 'IP:127.0.0.1']],
    ['k3d', 'https://0.0.0.0:PORT', ['DNS:k3d-dev-server-0', 'IP:0.0.0.0']],
    ['minikube on macOS', 'https://127.0.0.1:PORT', ['DNS:minikube', 'IP:127.0.0.1', 'IP:192.168.49.2']],
    ['Docker Desktop', 'https://kubernetes.docker.internal:PORT', ['DNS:kubernetes.docker.internal']],
    ['kubeadm on localhost', 'https://localhost:PORT', ['DNS:localhost']],
    ['another loopback address', 'https://127.8.9.10:PORT', ['IP:127.8.9.10']],
    ['IPv6', 'https://[::1]:PORT', ['IP:::1']],
    ['an absolute name', 'https://localhost.:PORT', ['DNS:localhost']],
    ['a path before the API', 'https://127.0.0.1:PORT/k8s/clusters/c-1', ['IP:127.0.0.1']],
  ])('%s: %s', async (_, template, certified) => {
    const server = await onMachine(ca.issue('api', certified));
    const url = template.replace('PORT', String(server.port));
    const { connection, version } = await serverVersion(options({ server: url, ...trust(ca) }, container()));
    expect(connection).toMatchObject({
      server: url,
      dial: { name: 'host.docker.internal', address: machine },
      insecure: false,
      ca: ca.cert,
    });
    expect(connection.serverName).toBeUndefined();
    expect(version).toBe('v1.36.3');
    // The server is asked as if nothing had changed.
    expect(server.seen[0]?.headers[':authority']).toBe(new URL(url).host);

    for (const [certificate, part] of [
      [strange, 'is not signed by the certificate-authority of cluster "test-cluster"'],
      [renamed, 'is not for'],
    ] as const) {
      const impostor = await onMachine(certificate);
      const cluster = { server: template.replace('PORT', String(impostor.port)), ...trust(ca) };
      const error = await userError(serverVersion(options(cluster, container())));
      expect(error.code).toBe('tls-untrusted');
      expect(error.message).toContain(`(at host.docker.internal) ${part}`);
      expect(impostor.seen).toEqual([]);
    }
  });

  test('tls-server-name is what is verified, here as elsewhere', async () => {
    const server = await onMachine(ca.issue('api', ['DNS:kubernetes.test']));
    const cluster = { server: `https://127.0.0.1:${server.port}`, ...trust(ca) };
    const named = { ...cluster, 'tls-server-name': 'kubernetes.test' };
    expect((await serverVersion(options(named, container()))).version).toBe('v1.36.3');
    expect((await userError(serverVersion(options(cluster, container())))).code).toBe('tls-untrusted');
  });

  test('a client certificate is presented there', async () => {
    const server = await startServer(() => undefined, {
      host: machine,
      tls: { ...ca.issue('api', ['IP:127.0.0.1']), clientCa: ca.cert },
    });
    open.push(server);
    const jane = ca.issue('jane');
    const user = { 'client-certificate-data': base64(jane.cert), 'client-key-data': base64(jane.key) };
    await serverVersion(options({ server: `https://127.0.0.1:${server.port}`, ...trust(ca) }, container(), user));
    expect(server.seen[0]?.certificate).toBe('jane');
  });

  test('without a name for the machine, the gateway is it', async () => {
    const server = await onMachine(ca.issue('api', ['IP:0.0.0.0']));
    const cluster = { server: `https://0.0.0.0:${server.port}`, ...trust(ca) };
    const { connection } = await serverVersion(options(cluster, container('gateway')));
    expect(connection.dial).toEqual({ name: machine, address: machine });
  });

  test('kubectl proxy sees the host that it lets in', async () => {
    const server = await onMachine();
    const { version } = await serverVersion(options({ server: `http://127.0.0.1:${server.port}` }, container()));
    expect(version).toBe('v1.36.3');
    expect(server.seen[0]?.headers['host']).toBe(`127.0.0.1:${server.port}`);
  });

  test('what answers here is not looked for elsewhere', async () => {
    const here = await startServer(() => undefined, { tls: ca.issue('api', ['IP:127.0.0.1']) });
    open.push(here);
    const around = { ...container(), answers: real.answers };
    const { connection } = await serverVersion(options({ server: here.url, ...trust(ca) }, around));
    expect(connection.dial).toBeUndefined();
    expect(here.seen).toHaveLength(1);
  });

  test('a tunnel on this machine: the proxy is looked for, the server stays what the proxy is told', async () => {
    // The test proxies listen at 127.0.0.1: here it plays the machine, and 127.0.0.9 the container.
    const around = {
      ...container(),
      addresses: () => Promise.resolve(['127.0.0.1']),
      answers: (address: string, port: number) =>
        address === '127.0.0.1' ? real.answers(address, port) : Promise.resolve(false),
    };
    const server = await startServer(() => undefined, { tls: ca.issue('api', ['DNS:api.test', 'IP:127.0.0.1']) });
    open.push(server);
    for (const [scheme, starting, asked] of [
      ['socks5', socksProxy(), `api.test:${server.port}`],
      ['http', httpProxy(), `CONNECT api.test:${server.port} HTTP/1.1`],
    ] as const) {
      const proxy = await starting;
      open.push(proxy);
      const cluster = { server: `https://api.test:${server.port}`, 'proxy-url': `${scheme}://127.0.0.9:${proxy.port}` };
      const { connection, version } = await serverVersion(options({ ...cluster, ...trust(ca) }, around));
      expect(version).toBe('v1.36.3');
      expect(connection.dial).toEqual({ name: 'host.docker.internal', address: '127.0.0.1' });
      expect(proxy.asked).toEqual([asked]);
      const distrusting = { ...cluster, ...trust(other) };
      expect((await userError(serverVersion(options(distrusting, around)))).code).toBe('tls-untrusted');
    }
  });
});

test.each(['https://127.0.0.1:1', 'http://localhost:1', 'https://kubernetes.docker.internal:1', 'https://[::1]:1'])(
  '%s that nobody serves: the error names all that was tried',
  async (server) => {
    const around = { ...container(), gateway: () => Promise.resolve('172.17.0.1') };
    const error = await userError(serverVersion(options({ server }, around)));
    const host = new URL(server).hostname.replaceAll(/[[\]]/g, '');
    expect(error).toMatchObject({
      code: 'unreachable',
      message: `cannot reach ${server} from inside this container: nothing answers on port 1 of ${host}, host.docker.internal, 172.17.0.1`,
      hint: expect.stringContaining('--network host') as unknown,
    });
  },
);

describe('clusters elsewhere are left as they are, and nothing is tried', () => {
  const token = { token: 'abc' };
  test.each([
    ['kubeadm', 'https://192.168.1.10:6443', token],
    ['kubeadm behind a name', 'https://k8s.home.lan:6443', token],
    ['minikube on Linux', 'https://192.168.49.2:8443', token],
    ['EKS', 'https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com', { exec: plugin('aws') }],
    ['AKS', 'https://shop-dns-1a2b3c4d.hcp.westeurope.azmk8s.io:443', { exec: plugin('kubelogin') }],
    ['GKE', 'https://34.90.1.2', { exec: plugin('gke-gcloud-auth-plugin') }],
    ['OpenShift', 'https://api.shop.example.com:6443', token],
    ['OpenShift Local', 'https://api.crc.testing:6443', token],
    ['IPv6', 'https://[fd00::10]:6443', token],
    ['an address that only begins like loopback', 'https://12.7.0.0:6443', token],
    ['a name that only begins like localhost', 'https://localhost.example.com', token],
    ['the name of the machine itself', 'https://host.docker.internal:6443', token],
  ])('%s: %s', async (_, server, user) => {
    const around = container('gateway');
    const before = await resolveConfig(options({ server, ...trust(ca) }, around, user));
    expect(await withStandIn(before, around)).toBe(before);
    expect(before).toMatchObject({ server: server.replace(/:443$/, '').toLowerCase(), insecure: false, ca: ca.cert });
    expect(around.tried).toEqual([]);
  });

  test('so is this machine, where this is no container', async () => {
    const around = { ...container(), container: false };
    const before = await resolveConfig(options({ server: 'https://127.0.0.1:1' }, around));
    expect(await withStandIn(before, around)).toBe(before);
    expect(around.tried).toEqual([]);
  });
});

function plugin(command: string): Record<string, unknown> {
  return { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'IfAvailable' };
}

describe('proxies that every container is given', () => {
  const env = { HTTPS_PROXY: 'http://proxy.example:3128', HTTP_PROXY: 'http://proxy.example:3128' };
  const proxyOf = async (server: string, around: Surroundings, cluster: Record<string, unknown> = {}) =>
    (await resolveConfig({ ...options({ server, ...cluster }, around), env })).proxy?.host;

  test.each(['https://0.0.0.0:6443', 'https://kubernetes.docker.internal:6443', 'http://localhost:8001'])(
    'are no way to %s',
    async (server) => {
      expect(await proxyOf(server, container())).toBeUndefined();
    },
  );
  test('are the way to clusters elsewhere, and a proxy-url is one to any', async () => {
    expect(await proxyOf('https://34.90.1.2', container())).toBe('proxy.example:3128');
    const cluster = { 'proxy-url': 'socks5://bastion:1080' };
    expect(await proxyOf('https://127.0.0.1:6443', container(), cluster)).toBe('bastion:1080');
  });
  test('outside a container kubectl asks them for 0.0.0.0, and so do we', async () => {
    expect(await proxyOf('https://0.0.0.0:6443', { ...container(), container: false })).toBe('proxy.example:3128');
  });
});

describe('whether this is a container', () => {
  test.each<[string, Record<string, string>, readonly string[], boolean]>([
    ['a laptop', {}, [], false],
    ['Docker', {}, ['/.dockerenv'], true],
    ['Podman', {}, ['/run/.containerenv'], true],
    ['our image, whoever runs it', { container: 'oci' }, [], true],
    ['a pod', { KUBERNETES_SERVICE_HOST: '10.96.0.1', container: 'oci' }, ['/.dockerenv'], false],
  ])('%s', (_, env, files, expected) => {
    expect(surroundings(env, (path) => files.includes(path)).container).toBe(expected);
  });

  test('the default gateway is read from the routes of Linux', () => {
    const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
    const local = 'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0';
    expect(gatewayOf(`${head}\neth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n${local}\n`)).toBe(
      '172.17.0.1',
    );
    expect(gatewayOf(`${head}\n${local}\n`)).toBeUndefined();
    expect(gatewayOf('')).toBeUndefined();
  });
});
