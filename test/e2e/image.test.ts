import { lstat, mkdtemp, readdir, readFile, rm, stat, writeFile, chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { base64, type FakeServer, kubeconfig, startServer } from '../support/api-server.ts';
import { authority, type Authority } from '../support/certificates.ts';
import { type ContainerOptions, type Outcome, runContainer } from './support/container.ts';
import { BuildFailed, CannotBuild } from './support/go-program.ts';
import { buildImage } from './support/image.ts';
import { runTool } from './support/tool.ts';

/**
 * The image of this tree's Dockerfile, or why it cannot be made here. Its base images are stand-ins: what this cannot show is that the
 * real ones can be fetched, and how large they are.
 */
const image = await buildImage((line) => console.error(line)).catch((error: unknown) => {
  if (!(error instanceof CannotBuild) || error instanceof BuildFailed) throw error;
  console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
  return undefined;
});
const recording = '/app/demo/shop.snapshot.gz';

describe.skipIf(image === undefined)('the image, as a container that may do nothing', () => {
  const run = (words: readonly string[], options?: ContainerOptions): Promise<Outcome> =>
    runContainer(image!, words, options);
  let folder: string;
  let ca: Authority;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'image-test-'));
    ca = authority('cluster-ca');
  });
  const open: FakeServer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await rm(image!.root, { recursive: true });
  });

  async function file(name: string, text: string, mode = 0o644): Promise<string> {
    const place = path.join(folder, name);
    await writeFile(place, text);
    await chmod(place, mode);
    return place;
  }
  /** A folder that stands for the volume mekhanikube-config, as Docker makes it from what the image has there. */
  async function volume(name: string): Promise<ContainerOptions> {
    const place = path.join(folder, name);
    await mkdir(place);
    await chmod(place, (await stat(path.join(image!.root, 'var/lib/mekhanikube'))).mode & 0o7777);
    return { mounts: { '/var/lib/mekhanikube': place }, writable: ['/var/lib/mekhanikube'] };
  }
  async function server(...[answer, options]: Parameters<typeof startServer>): Promise<FakeServer> {
    const one = await startServer(answer, options);
    open.push(one);
    return one;
  }

  test('holds the package, Node and no shell; below 200 MB', async () => {
    expect((await readdir(path.join(image!.root, 'app'))).sort()).toEqual(
      expect.arrayContaining(['LICENSE', 'bin', 'dist', 'package.json', 'prompts']),
    );
    let bytes = 0;
    const strange: string[] = [];
    for (const entry of await readdir(image!.root, { recursive: true, withFileTypes: true })) {
      const place = path.join(entry.parentPath, entry.name);
      const { size, mode } = await lstat(place);
      if (!entry.isFile()) continue;
      bytes += size;
      // Setuid or setgid would give rights.
      if ((mode & 0o6000) !== 0) strange.push(place);
      if (/\/(node_modules|\.git|\.env|src)(\/|$)/.test(place.slice(image!.root.length))) strange.push(place);
    }
    expect(strange).toEqual([]);
    for (const shell of ['sh', 'bash', 'dash', 'busybox'])
      await expect(lstat(path.join(image!.root, 'usr/bin', shell))).rejects.toThrow('ENOENT');
    expect(bytes / 1e6).toBeGreaterThan(100);
    expect(bytes / 1e6).toBeLessThan(200);
  });

  test('says what it is, and runs as somebody who is nobody', () => {
    const { User, Entrypoint, Labels, Cmd } = image!.config;
    expect({ User, Entrypoint, Cmd }).toEqual({
      User: '65532:65532',
      Entrypoint: ['/nodejs/bin/node', '/app/bin/mekhanikube.js'],
    });
    expect(Labels).toMatchObject({
      'org.opencontainers.image.title': 'mekhanikube',
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': 'abc',
      'org.opencontainers.image.licenses': 'MIT',
    });
  });

  test('arguments reach the command, and its report is that of the same command outside', async () => {
    const words = ['analyze', '--severity', 'info', '-o', 'json', '--from'];
    const inside = await run([...words, recording]);
    expect(inside).toMatchObject({ exitCode: 0, stderr: '' });
    const outside = await runTool([...words, path.join(image!.root, recording)]);
    expect(idsOf(inside.stdout)).toEqual(idsOf(outside.stdout));
    expect(idsOf(inside.stdout).length).toBeGreaterThan(0);
  });

  test.each<[string, readonly string[], number]>([
    ['done', ['analyze', '--from', recording], 0],
    ['no arguments', [], 0],
    ['an incident as bad as --fail-on', ['analyze', '--fail-on', 'critical', '--from', recording], 1],
    ['a bad flag', ['analyze', '--nonsense'], 2],
    ['not seen', ['analyze', '--require-complete', '--partial', '--from', recording], 3],
  ])('its exit code comes back: %s', async (_, words, exitCode) => {
    expect((await run(words)).exitCode).toBe(exitCode);
  });

  test.each<[string, Record<string, string>, number]>([
    ['MEKHANIKUBE_FAIL_ON', { MEKHANIKUBE_FAIL_ON: 'critical' }, 1],
    ['MEKHANIKUBE_CONFIG', { MEKHANIKUBE_CONFIG: '/config.yaml' }, 1],
    ['a variable that does not exist', { MEKHANIKUBE_NONSENSE: '1' }, 2],
  ])('its environment is read: %s', async (_, env, exitCode) => {
    const mounts = { '/config.yaml': await file('config.yaml', 'failOn: critical\n') };
    expect((await run(['analyze', '--from', recording], { env, mounts })).exitCode).toBe(exitCode);
  });

  test('nothing can be written but the volume, which any user may use', async () => {
    const fixed = await run(['snapshot', '/data/cluster.jsonl.gz', '--from', recording]);
    expect(fixed.exitCode).toBe(2);
    expect(fixed.stderr).toMatch(/^error: .*\/data\/cluster\.jsonl\.gz/);
    for (const uid of [65_532, 1000]) {
      const options = { ...(await volume(`volume-${uid}`)), uid };
      const written = await run(['snapshot', '/var/lib/mekhanikube/cluster.jsonl.gz', '--from', recording], options);
      expect(written).toMatchObject({ exitCode: 0 });
      expect((await stat(path.join(folder, `volume-${uid}/cluster.jsonl.gz`))).uid).toBe(uid);
    }
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s ends it at once, though it is the first process', async (signal, exitCode) => {
    const seen = Promise.withResolvers<void>();
    const { url } = await server(() => {
      seen.resolve();
      return { instead: 'silence' };
    });
    const outcome = await run(['analyze', '--kubeconfig', '/kube/config'], {
      mounts: { '/kube/config': await file('silent', kubeconfig({ server: url })) },
      during: async (send) => {
        await seen.promise;
        send(signal);
      },
    });
    expect(outcome).toMatchObject({ exitCode, stdout: '' });
    expect(outcome.endedAfter).toBeLessThan(3000);
  });

  test('a cluster on this machine is reached by the name of the machine, verified, and the kubeconfig left alone', async () => {
    // The container shares the network of this machine here: 127.0.0.9 plays its own loopback, where nobody listens.
    const { port, seen } = await server(() => undefined, { tls: ca.issue('api', ['IP:127.0.0.9']) });
    const text = kubeconfig({
      server: `https://127.0.0.9:${port}`,
      'certificate-authority-data': base64(ca.cert),
    });
    const config = await file('kind', text);
    const mounts = {
      '/kube/config': config,
      '/etc/hosts': await file('hosts', '127.0.0.1 localhost host.docker.internal\n'),
    };
    const env = { KUBECONFIG: '/kube/config' };
    const found = await run(['version'], { env, mounts });
    expect(found).toMatchObject({ exitCode: 0, stderr: '' });
    expect(found.stdout).toContain(`v1.36.3 (https://127.0.0.9:${port} at host.docker.internal)`);
    expect(seen[0]?.headers[':authority']).toBe(`127.0.0.9:${port}`);
    expect(await readFile(config, 'utf8')).toBe(text);

    const other = await file('other', text.replace(base64(ca.cert), base64(authority('other-ca').cert)));
    const wrong = await run(['analyze'], { env, mounts: { ...mounts, '/kube/config': other } });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('(at host.docker.internal) is not signed by the certificate-authority');

    const nameless = { ...mounts, '/etc/hosts': await file('hosts-plain', '127.0.0.1 localhost\n') };
    const lost = await run(['analyze'], { env, mounts: nameless });
    expect(lost.exitCode).toBe(2);
    expect(lost.stderr).toMatch(/^error: cannot reach https:\/\/127\.0\.0\.9:\d+ from inside this container/);
  });

  test("somebody else's kubeconfig: the error says how to run as oneself, and that works", async () => {
    const { url } = await server(() => undefined);
    const config = await file('private', kubeconfig({ server: url }), 0o600);
    const options = { env: { KUBECONFIG: '/kube/config' }, mounts: { '/kube/config': config } };
    const refused = await run(['analyze'], options);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toBe(
      'error: cannot read /kube/config: permission denied\n' +
        'hint: It belongs to UID 0 and this runs as UID 65532. Run it as yourself: ' +
        'docker compose run --rm --user 0:0 mekhanikube ...\n',
    );
    expect((await run(['analyze'], { ...options, uid: 0 })).exitCode).toBe(0);
  });

  test.each([
    [
      'minikube: its files are not mounted',
      {
        cluster: { 'certificate-authority': '/home/jane/.minikube/ca.crt' },
        user: { 'client-certificate': '/home/jane/.minikube/profiles/minikube/client.crt', 'client-key-data': 'eA==' },
      },
      '--volume /home/jane/.minikube:/home/jane/.minikube:ro mekhanikube',
    ],
    [
      'EKS: its plugin is not in the image',
      {
        cluster: {},
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1beta1',
            command: 'aws',
            args: ['eks', 'get-token'],
            interactiveMode: 'IfAvailable',
          },
        },
      },
      '--env MEKHANIKUBE_TOKEN="$(aws eks get-token --cluster-name NAME --query status.token --output text)"',
    ],
  ])('%s', async (name, { cluster, user }, hint) => {
    const config = await file(name, kubeconfig({ server: 'https://192.0.2.1', ...cluster }, user));
    const outcome = await run(['analyze'], { env: { KUBECONFIG: '/kube/config' }, mounts: { '/kube/config': config } });
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain(hint);
  });

  test('the token from outside takes the place of the plugin', async () => {
    const { url, seen } = await server(() => undefined, { tls: ca.issue('api', ['IP:127.0.0.1']) });
    const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', interactiveMode: 'Never' } };
    const trust = { 'certificate-authority-data': base64(ca.cert) };
    const config = await file('eks', kubeconfig({ server: url, ...trust }, user));
    const outcome = await run(['version'], {
      env: { KUBECONFIG: '/kube/config', MEKHANIKUBE_TOKEN: 'made-outside' },
      mounts: { '/kube/config': config },
    });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(seen[0]?.headers['authorization']).toBe('Bearer made-outside');
  });
});

function idsOf(report: string): readonly string[] {
  return (JSON.parse(report) as { problems: readonly { id: string }[] }).problems.map(({ id }) => id);
}
