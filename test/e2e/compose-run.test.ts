import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { base64, type FakeServer, kubeconfig, list, pathOf, startServer } from '../support/api-server.ts';
import { authority } from '../support/certificates.ts';
import { type FakeOllama, startOllama } from '../support/fake-ollama.ts';
import { ago, node } from '../support/objects.ts';
import { composeFiles, realCompose, servicesOf } from './support/compose.ts';
import { type ContainerOptions, runContainer } from './support/container.ts';
import { BuildFailed, CannotBuild } from './support/go-program.ts';
import { buildImage } from './support/image.ts';

const real = await realCompose();
const image =
  real === undefined
    ? undefined
    : await buildImage((line) => console.error(line)).catch((error: unknown) => {
        if (!(error instanceof CannotBuild) || error instanceof BuildFailed) throw error;
        console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
        return undefined;
      });

const jane = 1000;
const silent = node('n1', {
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: ago('2h'),
      },
    ],
  },
});

/**
 * What "docker compose run" asks an engine for, done by runc: the image, the user, the environment and the mounts are those of the real
 * Compose. Networks are left out: everything is on the host network, as docker-compose.yml has it on Linux.
 */
describe.skipIf(image === undefined)('docker compose run --rm mekhanikube analyze --explain', () => {
  let folder: string;
  let server: FakeServer;
  let ollama: FakeOllama;
  let config: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'compose-run-'));
    for (const file of composeFiles) await copyFile(file, path.join(folder, file));
    const ca = authority();
    server = await startServer(
      ({ path: place }) => (place === pathOf('nodes') ? { body: list([silent]) } : undefined),
      {
        tls: ca.issue('api', ['IP:127.0.0.1']),
      },
    );
    ollama = await startOllama();
    config = path.join(folder, '.kube/config');
    await mkdir(path.dirname(config));
    const cluster = { server: server.url, 'certificate-authority-data': base64(ca.cert) };
    // As kubectl leaves it: for its owner alone.
    await writeFile(config, kubeconfig(cluster, { token: 'abc' }), { mode: 0o600 });
    await chown(config, jane, jane);
  });
  afterAll(async () => {
    await Promise.all([server.close(), ollama.close()]);
    for (const place of [folder, image!.root]) await rm(place, { recursive: true });
  });

  /** The container that Compose would ask for. Its volumes are folders here, made as Docker makes them: like what the image has there. */
  async function optionsOf(name: string, env: Readonly<Record<string, string>> = {}): Promise<ContainerOptions> {
    const shell = { HOME: folder, OLLAMA_PORT: new URL(ollama.url).port, ...env };
    const { [name]: service } = await servicesOf(real!(folder), [], shell);
    const mounts: Record<string, string> = {};
    for (const { type, source, target } of service?.volumes ?? []) {
      mounts[target] = type === 'bind' ? source : await volume(source, target);
    }
    const given = Object.entries(service?.environment ?? {}).flatMap(([key, value]) =>
      value === null ? [] : [[key, value] as const],
    );
    return {
      uid: Number(service?.user?.split(':')[0]),
      env: Object.fromEntries(given),
      mounts,
      writable: (service?.volumes ?? []).flatMap(({ read_only: fixed, target }) => (fixed === true ? [] : [target])),
    };
  }
  async function volume(source: string, target: string): Promise<string> {
    const place = path.join(folder, source);
    await mkdir(place, { recursive: true });
    await chmod(place, (await stat(path.join(image!.root, target))).mode & 0o7777);
    return place;
  }

  test('finds, explains, remembers, and leaves the kubeconfig alone', async () => {
    const before = await readFile(config, 'utf8');
    const options = await optionsOf('mekhanikube');
    const first = await runContainer(image!, ['analyze', '--explain', '-o', 'json'], options);
    expect(first).toMatchObject({ exitCode: 0 });
    const { incidents } = JSON.parse(first.stdout) as {
      incidents: { explanation: { source: string; cause: string } }[];
    };
    expect(incidents.map(({ explanation: { source, cause } }) => ({ source, cause }))).toEqual([
      { source: 'model', cause: 'The kubelet of n1 is silent.' },
    ]);
    expect(server.seen[0]?.headers['authorization']).toBe('Bearer abc');

    const asked = ollama.chats().length;
    expect(asked).toBeGreaterThan(0);
    const cache = path.join(folder, 'mekhanikube-config/cache/mekhanikube/explanations');
    const [entry] = await readdir(cache);
    expect((await stat(path.join(cache, entry ?? ''))).uid).toBe(jane);
    expect((await runContainer(image!, ['analyze', '--explain'], options)).exitCode).toBe(0);
    expect(ollama.chats()).toHaveLength(asked);
    expect(await readFile(config, 'utf8')).toBe(before);
  });

  test('variables of the shell reach it', async () => {
    const options = await optionsOf('mekhanikube', { MEKHANIKUBE_CONTEXT: 'tset' });
    const outcome = await runContainer(image!, ['analyze'], options);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain('there is no context "tset" in the kubeconfig');
  });

  test('another user cannot read it, and is told how', async () => {
    const outcome = await runContainer(
      image!,
      ['analyze'],
      await optionsOf('mekhanikube', { CONTAINER_USER: '1001:1001' }),
    );
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain('It belongs to UID 1000 and this runs as UID 1001. Run it as yourself');
  });
});
