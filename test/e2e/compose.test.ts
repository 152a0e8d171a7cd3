import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { documented } from '../support/env-example.ts';
import { type Compose, composeFiles, realCompose, type Service, servicesOf } from './support/compose.ts';
import { BuildFailed, CannotBuild } from './support/go-program.ts';
import { ollamaProgram } from './support/ollama-program.ts';

const project = path.resolve(import.meta.dirname, '../..');
const real = await realCompose();

describe.skipIf(real === undefined)('docker-compose.yml, read by the real Compose', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'compose-'));
    for (const file of composeFiles) await cp(path.join(project, file), path.join(folder, file));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const compose: Compose = (words, env) => real!(folder)(words, env);
  const services = (words?: readonly string[], env?: Readonly<Record<string, string>>) =>
    servicesOf(compose, words, env);
  const bridged = composeFiles.flatMap((file) => ['-f', file]);

  test('nothing but Ollama is started by "up"; GPUs come with a profile of their own', async () => {
    const started = async (...words: string[]) =>
      (await compose([...words, 'config', '--services'])).trim().split('\n').sort();
    expect(await started()).toEqual(['ollama']);
    expect(await started('--profile', 'gpu')).toEqual(['mekhanikube-gpu', 'ollama', 'ollama-gpu']);
    expect(Object.keys(await services()).sort()).toEqual([
      'mekhanikube',
      'mekhanikube-gpu',
      'models',
      'ollama',
      'ollama-gpu',
    ]);
  });

  test.each(['mekhanikube', 'mekhanikube-gpu', 'models'])(
    '%s may write to its volume and nothing else',
    async (name) => {
      const { [name]: service } = await services();
      expect(service).toMatchObject({
        image: 'mekhanikube',
        user: '1000:1000',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        pull_policy: 'never',
        network_mode: 'host',
      });
      expect(service?.volumes.filter(({ read_only: fixed }) => fixed !== true)).toMatchObject([
        { source: 'mekhanikube-config', target: '/var/lib/mekhanikube' },
      ]);
    },
  );

  test('the kubeconfig is mounted to be read, and never made where it is missing', async () => {
    const { mekhanikube, models } = await services();
    expect(mekhanikube?.environment?.['KUBECONFIG']).toBe('/kube/config');
    const mount = { type: 'bind', source: '/home/jane/.kube/config', target: '/kube/config', read_only: true };
    // Compose would say create_host_path: true here if it were to make an empty folder.
    expect(mekhanikube?.volumes[0]).toEqual({ ...mount, bind: {} });
    expect(models?.volumes).toHaveLength(1);
  });

  test('Ollama listens on this machine alone, keeps its models, and is waited for until it answers', async () => {
    const { ollama, mekhanikube, models } = await services();
    expect(ollama?.ports).toMatchObject([{ host_ip: '127.0.0.1', published: '11434' }]);
    expect(ollama?.volumes).toMatchObject([{ source: 'mekhanikube-ollama-data', target: '/root/.ollama' }]);
    expect(ollama?.healthcheck?.test).toEqual(['CMD', 'ollama', 'list']);
    for (const service of [mekhanikube, models])
      expect(service?.depends_on).toMatchObject({ ollama: { condition: 'service_healthy' } });
    expect(mekhanikube?.environment?.['OLLAMA_HOST']).toBe('127.0.0.1:11434');
    const tested = /github\.com\/ollama\/ollama v([\d.]+)/.exec(
      await readFile(path.join(project, 'test/tools/ollama/go.mod'), 'utf8'),
    );
    expect(ollama?.image).toBe(`docker.io/ollama/ollama:${tested?.[1]}`);
  });

  test('a model is fetched by the command itself, which shows how far it is', async () => {
    const { models } = await services();
    expect([...(models?.entrypoint ?? []), ...(models?.command ?? [])]).toEqual([
      '/nodejs/bin/node',
      '/app/bin/mekhanikube.js',
      'models',
      'pull',
    ]);
  });

  test('the profile gpu has an Ollama with all NVIDIA cards, beside the other and with the same models', async () => {
    const { 'ollama-gpu': gpu, 'mekhanikube-gpu': command, ollama } = await services();
    const device = { driver: 'nvidia', count: -1, capabilities: ['gpu'] };
    expect(gpu?.deploy).toMatchObject({ resources: { reservations: { devices: [device] } } });
    expect(gpu?.ports).toMatchObject([{ host_ip: '127.0.0.1', published: '11435' }]);
    expect(gpu?.volumes).toEqual(ollama?.volumes);
    expect(command?.environment?.['OLLAMA_HOST']).toBe('127.0.0.1:11435');
    expect(Object.keys(command?.depends_on ?? {})).toEqual(['ollama-gpu']);
  });

  test('the override for Docker Desktop leaves the host network and names the machine', async () => {
    const all = await services(bridged);
    for (const [name, host] of [
      ['mekhanikube', 'ollama:11434'],
      ['models', 'ollama:11434'],
      ['mekhanikube-gpu', 'ollama-gpu:11434'],
    ] as const) {
      expect(all[name]?.network_mode).toBeUndefined();
      expect(all[name]?.networks).toEqual({ default: null });
      expect(all[name]?.extra_hosts).toEqual(['host.docker.internal=host-gateway']);
      expect(all[name]?.environment?.['OLLAMA_HOST']).toBe(host);
      expect(all[name]?.read_only).toBe(true);
    }
    const hosts = await services(bridged, { OLLAMA_HOST: 'host.docker.internal:11434' });
    expect(hosts['mekhanikube']?.environment?.['OLLAMA_HOST']).toBe('host.docker.internal:11434');
  });

  /** Where each variable that Compose itself, and no option of ours, is set by has to arrive. */
  const places: Readonly<Record<string, (all: Readonly<Record<string, Service>>) => unknown>> = {
    KUBECONFIG: ({ mekhanikube }) => mekhanikube?.volumes[0]?.source,
    CONTAINER_USER: ({ mekhanikube }) => mekhanikube?.user,
    OLLAMA_HOST: ({ mekhanikube }) => mekhanikube?.environment?.['OLLAMA_HOST'],
    OLLAMA_PORT: ({ ollama }) => ollama?.ports?.[0]?.published,
    OLLAMA_GPU_PORT: ({ 'ollama-gpu': gpu }) => gpu?.ports?.[0]?.published,
    OLLAMA_VERSION: ({ ollama }) => ollama?.image.split(':')[1],
    COMPOSE_FILE: ({ mekhanikube }) => (mekhanikube?.network_mode === 'host' ? undefined : composeFiles.join(':')),
  };

  test.each(Object.entries(documented))('.env.example: %s=%s arrives', async (name, value) => {
    await writeFile(path.join(folder, '.env'), `${name}=${value}\n`);
    try {
      const all = await services();
      const place = places[name] ?? (({ mekhanikube }) => mekhanikube?.environment?.[name]);
      expect(place(all)).toBe(value);
    } finally {
      await rm(path.join(folder, '.env'));
    }
  });

  test('what README, Makefile and hints tell people to type exists', async () => {
    const texts = ['README.md', 'Makefile', 'docker-compose.yml', 'src/cluster/kubeconfig/container-hints.ts'];
    const text = (await Promise.all(texts.map((name) => readFile(path.join(project, name), 'utf8')))).join('\n');
    const flags = new Set(
      [...text.matchAll(/compose (?:run|up)((?: --[a-z-]+)+)/gi)].flatMap(([, all]) => all!.match(/--[a-z-]+/g)!),
    );
    for (const flag of ['--volume', '--user', '--env']) flags.add(flag);
    const help = (await compose(['run', '--help'])) + (await compose(['up', '--help']));
    expect([...flags].filter((flag) => !help.includes(`${flag} `))).toEqual([]);
    expect(flags).toContain('--no-deps');
    const named = [...text.matchAll(/(?:compose|COMPOSE\)) run (?:--\S+ )*([a-z][a-z-]+)/g)].map(([, name]) => name!);
    expect([...new Set(named)].sort()).toEqual(['mekhanikube', 'mekhanikube-gpu', 'models']);
  });

  test('a port of Ollama is used on both sides', async () => {
    const { mekhanikube } = await services([], { OLLAMA_PORT: '21434' });
    expect(mekhanikube?.environment?.['OLLAMA_HOST']).toBe('127.0.0.1:21434');
    const { 'mekhanikube-gpu': gpu } = await services([], { OLLAMA_GPU_PORT: '21435' });
    expect(gpu?.environment?.['OLLAMA_HOST']).toBe('127.0.0.1:21435');
  });

  test('what is exported in the shell reaches the command, and what is not leaves no trace', async () => {
    const { mekhanikube } = await services([], { MEKHANIKUBE_TOKEN: 'abc', NO_COLOR: '1' });
    expect(mekhanikube?.environment).toMatchObject({ MEKHANIKUBE_TOKEN: 'abc', NO_COLOR: '1' });
    const plain = await services();
    const given = Object.entries(plain['mekhanikube']?.environment ?? {}).filter(([, value]) => value !== null);
    expect(given.map(([name]) => name)).toEqual(['KUBECONFIG', 'OLLAMA_HOST']);
  });
});

const program = await ollamaProgram((line) => console.error(line)).catch((error: unknown) => {
  if (!(error instanceof CannotBuild) || error instanceof BuildFailed) throw error;
  console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
  return undefined;
});

test.skipIf(real === undefined || program === undefined)('the health check tells a real Ollama from none', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'health-'));
  await cp(path.join(project, 'docker-compose.yml'), path.join(folder, 'docker-compose.yml'));
  const { ollama } = await servicesOf(real!(folder));
  const [kind, command, ...words] = ollama!.healthcheck!.test;
  expect([kind, command]).toEqual(['CMD', 'ollama']);
  // The image sets this address: the server listens on it, and its own client takes it for this machine.
  const port = String(20_000 + (process.pid % 10_000));
  const env = { PATH: process.env['PATH'], HOME: folder, OLLAMA_HOST: `127.0.0.1:${port}` };
  const check = () =>
    promisify(execFile)(program!, words, { env: { ...env, OLLAMA_HOST: `0.0.0.0:${port}` } }).then(
      () => 'healthy',
      (error: { code: number }) => error.code,
    );
  expect(await check()).toBe(1);
  const server = spawn(program!, ['serve'], { env, stdio: 'ignore' });
  try {
    await vi.waitFor(async () => expect(await check()).toBe('healthy'), { timeout: 30_000, interval: 300 });
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
    await rm(folder, { recursive: true });
  }
});
