import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { Report } from '../../src/model/report.ts';
import { BuildFailed, CannotBuild } from './support/go-program.ts';
import { ollamaProgram } from './support/ollama-program.ts';
import { tinyModel } from './support/tiny-model.ts';

const execute = promisify(execFile);
/** The server's program, or why there is none on this machine. */
const program = await ollamaProgram((line) => console.error(line)).catch((error: unknown) => {
  if (!(error instanceof CannotBuild) || error instanceof BuildFailed) throw error;
  console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
  return undefined;
});
const snapshot = 'demo/shop.snapshot.gz';

let folder: string;
let server: ChildProcess;
let host: string;

async function freePort(): Promise<number> {
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, 'close');
  return port;
}

async function install(name: string, model: Buffer): Promise<void> {
  const digest = `sha256:${createHash('sha256').update(model).digest('hex')}`;
  await fetch(`http://${host}/api/blobs/${digest}`, { method: 'POST', body: new Uint8Array(model) });
  const created = await fetch(`http://${host}/api/create`, {
    method: 'POST',
    body: JSON.stringify({ model: name, files: { 'model.gguf': digest } }),
  });
  if (!(await created.text()).includes('"success"')) throw new Error(`the model ${name} was not taken`);
}

function environment() {
  return { ...process.env, OLLAMA_HOST: host, XDG_CACHE_HOME: join(folder, 'cache'), XDG_CONFIG_HOME: folder };
}

/** The window of the slow model once it is loaded. */
async function windowOfSlow(): Promise<number> {
  const { models } = (await (await fetch(`http://${host}/api/ps`)).json()) as {
    models: { name: string; context_length: number }[];
  };
  const found = models.find(({ name }) => name === 'slow:latest');
  if (found === undefined) throw new Error('the slow model is not loaded');
  return found.context_length;
}

/** Asks the slow model for one token, with the window that it is loaded with: another one would load it anew. */
async function shortQuestion(milliseconds: number): Promise<unknown> {
  const response = await fetch(`http://${host}/api/chat`, {
    method: 'POST',
    signal: AbortSignal.timeout(milliseconds),
    body: JSON.stringify({
      model: 'slow',
      stream: false,
      messages: [{ role: 'user', content: 'a' }],
      options: { num_predict: 1, num_ctx: await windowOfSlow() },
    }),
  });
  return response.json();
}

/** Runs the built tool. */
async function tool(...words: string[]) {
  const env = environment();
  const result = await execute(process.execPath, ['bin/mekhanikube.js', ...words], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout,
      err: error.stderr,
    }),
  );
  return result;
}

describe.skipIf(program === undefined)('a real Ollama, with a model that says noise', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ollama-'));
    await mkdir(join(folder, 'home'));
    // A token of this model is a character: short prompts keep it quick.
    const prompts = join(folder, 'mekhanikube', 'prompts');
    await mkdir(prompts, { recursive: true });
    await writeFile(join(prompts, 'system.md'), '{{mark}}');
    await writeFile(join(prompts, 'task.md'), '{{incidents}} {{mark}}');
    await writeFile(join(prompts, 'incident.md'), '{{id}}\n{{facts}}');
    host = `127.0.0.1:${await freePort()}`;
    server = spawn(program!, ['serve'], {
      env: {
        PATH: process.env['PATH'],
        HOME: join(folder, 'home'),
        OLLAMA_HOST: host,
        OLLAMA_MODELS: join(folder, 'models'),
        OLLAMA_NUM_PARALLEL: '1',
      },
      stdio: 'ignore',
    });
    await vi.waitFor(() => fetch(`http://${host}/api/version`), { timeout: 30_000, interval: 100 });
    await install('tiny', tinyModel());
    // So slow that it is still at its answer when it is interrupted.
    await install('slow', tinyModel(72));
  });
  afterAll(async () => {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  });

  test('the whole way: whatever it says, the findings stand', async () => {
    const plain = JSON.parse((await tool('analyze', '--from', snapshot, '-o', 'json')).out) as Report;
    const { code, out, err } = await tool(
      'analyze',
      '--from',
      snapshot,
      '-o',
      'json',
      '--explain',
      '--fail-on',
      'critical',
      '--explain-timeout',
      '60s',
      '-v',
      '--model',
      'tiny',
    );
    expect(code).toBe(1);
    const report = reportSchema.parse(JSON.parse(out)) as Report;
    const bare = (one: Report) => ({ ...one, incidents: [], gaps: [], stats: { ...one.stats, seconds: 0 } });
    expect(bare(report)).toEqual(bare(plain));
    expect(err).toMatch(/POST .*\/api\/chat 200/);
    expect(report.gaps.every(({ what }) => what === 'explanation')).toBe(true);
    const [incident] = report.incidents;
    expect(incident!.explanation.source === 'model' || report.gaps.length === 1).toBe(true);
    expect(report.gaps.map(({ reason }) => reason).join()).not.toMatch(/Ollama failed|broke off|does not fit/);
  });

  test('a time limit ends its work', async () => {
    const { code, out } = await tool(
      'analyze',
      '--from',
      snapshot,
      '--explain',
      '--no-cache',
      '--explain-timeout',
      '500ms',
      '--model',
      'tiny',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/no answer within 0\.5 s/);
  });

  // It says noise: by chance it may say little.
  test('Ctrl-C ends its work', { retry: 2, timeout: 400_000 }, async () => {
    const words = ['analyze', '--from', snapshot, '--explain', '--no-cache', '-v', '--model', 'slow'];
    const child = spawn(process.execPath, ['bin/mekhanikube.js', ...words], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    let printed = '';
    child.stdout.on('data', (chunk) => void (printed += String(chunk)));
    let told = '';
    child.stderr.on('data', (chunk) => void (told += String(chunk)));
    // With the first token: the server reads a prompt to its end, whoever has gone meanwhile.
    await vi.waitFor(() => expect(told).toMatch(/\/api\/chat 200/), { timeout: 120_000, interval: 50 });
    // One question at a time: another one waits for as long as this one is being answered.
    await expect(shortQuestion(1_000)).rejects.toThrow('timeout');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(printed).toContain('payments-database');
    expect(await shortQuestion(8_000)).toMatchObject({ done: true });
  });

  test('models and a model that is not there', async () => {
    expect((await tool('models')).out).toContain('tiny:latest');
    expect((await tool('analyze', '--from', snapshot, '--explain', '--model', 'nope')).err).toMatch(
      /hint: .*models pull nope/,
    );
  });
});
