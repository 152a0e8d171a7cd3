import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import {
  answerWell,
  type Chat,
  type FakeOllama,
  type FakeOptions,
  goodAnswer,
  installed,
  json,
  say,
  startOllama,
  stream,
} from '../support/fake-ollama.ts';
import { ago, node, object, pod } from '../support/objects.ts';
import { cli, type CliOptions } from '../support/run-cli.ts';

let folder: string;
let ollama: FakeOllama | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
});
afterEach(async () => {
  await ollama?.close();
  ollama = undefined;
  await rm(folder, { recursive: true, force: true });
});

const silent = (name: string, message = 'Kubelet stopped posting node status.') =>
  node(name, {
    status: {
      conditions: [
        { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: ago('2h'), message },
      ],
    },
  });
const broken = [silent('n1'), object('namespaces', 'shop')];

/** A pod that ends with an exit code again and again. */
const crashing = (name: string, exitCode: number) =>
  pod(name, {
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('2h') }],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          started: false,
          restartCount: 30,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
          lastState: { terminated: { exitCode, reason: 'Error', startedAt: ago('6m'), finishedAt: ago('5m') } },
        },
      ],
    },
  });

const environment = () => ({ XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder });

function run(line: string, options: CliOptions = {}) {
  const words = line.split(' ').filter((word) => word !== '');
  return cli(words, { objects: broken, environment: environment(), ...options });
}

async function explain(fake: FakeOptions, flags = '', options: CliOptions = {}) {
  ollama = await startOllama(fake);
  return run(`analyze --explain --ollama-host ${ollama.url} ${flags}`, options);
}

async function explainJson(fake: FakeOptions, flags = '', options: CliOptions = {}) {
  const outcome = await explain(fake, `-o json ${flags}`, options);
  return { ...outcome, report: JSON.parse(outcome.out) as Report };
}

describe('an answer that is good', () => {
  test('follows the report as text', async () => {
    const plain = await run('analyze');
    const { out, code, err } = await explain({});
    expect(out.startsWith(plain.out)).toBe(true);
    expect(out.slice(plain.out.length)).toMatchInlineSnapshot(`
      "
      Explanations by a language model, from the facts above. It may be wrong: look
      before you act.

      1. NodeUnreachable Node n1  (confidence: high)
        The kubelet of n1 is silent.
        Because of
          Node n1  status.conditions[Ready]: Unknown NodeStatusUnknown: Kubelet
            stopped posting node status.
        Confirm
          1. Look at the node (only reads):
             kubectl describe node n1

      "
    `);
    expect(code).toBe(0);
    expect(err).toBe('');
  });

  test('is printed before the next one is there', async () => {
    const many = [node('n1'), ...Array.from({ length: 7 }, (_, index) => crashing(`shop/job-${index}`, index + 20))];
    const printed = Promise.withResolvers<void>();
    const chat: Chat = async (body, response, number) => {
      if (number === 2) await printed.promise;
      say(response, goodAnswer(body, { cause: `Answer ${number}.` }));
    };
    const { out } = await explain({ chat }, '', {
      objects: many,
      onOut: (text) => {
        if (text.includes('Answer 1.')) printed.resolve();
      },
    });
    expect(out.match(/^\d\. PodCrashLoop/gm)).toEqual(
      Array.from({ length: 7 }, (_, index) => `${index + 1}. PodCrashLoop`),
    );
    expect(out.indexOf('Answer 2.')).toBeGreaterThan(out.lastIndexOf('Answer 1.'));
  });

  test('stands in the JSON', async () => {
    const { report } = await explainJson({});
    expect(reportSchema.parse(report).incidents[0]!.explanation).toEqual({
      source: 'model',
      model: 'qwen3:8b',
      cause: 'The kubelet of n1 is silent.',
      confidence: 'high',
      steps: [{ phase: 'confirm', text: 'Look at the node', command: 'kubectl describe node n1', effect: 'reads' }],
      verified: true,
      citations: [{ problem: report.incidents[0]!.root, evidence: 0 }],
    });
    expect(report.gaps).toEqual([]);
  });

  test.each<[string, Chat]>([
    [
      'after thoughts in their own field',
      (body, response) => {
        const write = stream(response);
        write({ message: { role: 'assistant', content: '', thinking: 'Hm. {"I1": {}}' }, done: false });
        write({ message: { role: 'assistant', content: goodAnswer(body) }, done: false });
        write({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' });
        response.end();
      },
    ],
    ['after thoughts inline', (body, response) => say(response, `<think>Hm {</think>\n${goodAnswer(body)}`)],
    ['after thoughts without their beginning', (body, response) => say(response, `Hm.\n</think>${goodAnswer(body)}`)],
    ['in a fence', (body, response) => say(response, `\`\`\`json\n${goodAnswer(body)}\n\`\`\``)],
    ['at the second try', (body, response, number) => say(response, number === 1 ? 'Sure!' : goodAnswer(body))],
    [
      'after the server died once',
      (body, response, number) => {
        if (number === 1) response.destroy();
        else say(response, goodAnswer(body));
      },
    ],
    [
      'with more keys than asked for',
      (body, response) => say(response, goodAnswer(body, { severity: 'info' } as object)),
    ],
    [
      'cut where it comes in pieces',
      async (body, response) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        const bytes = Buffer.from(
          `${JSON.stringify({ message: { content: goodAnswer(body, { cause: 'Der Knoten schläft. 结点' }) }, done: true, done_reason: 'stop' })}\n`,
        );
        for (let at = 0; at < bytes.length; at += 7) {
          response.write(bytes.subarray(at, at + 7));
          if (at % 70 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
      },
    ],
  ])('is taken %s', async (_, chat) => {
    const { report } = await explainJson({ chat });
    expect(report.incidents[0]!.explanation.source).toBe('model');
    expect(report.gaps).toEqual([]);
  });
});

const endless: Chat = (_, response) => {
  stream(response)({ message: { content: '{' }, done: false });
};

const failures: readonly [string, FakeOptions & { readonly flags?: string }, RegExp, RegExp][] = [
  ['no model', { models: [] }, /no model is installed/, /models/],
  ['no models at all', { models: null as unknown as [] }, /no model is installed/, /models/],
  ['another model', { flags: '--model gemma3' }, /the model gemma3 is not installed/, /models pull gemma3/],
  ['a model of a cloud', { flags: '--model gpt-oss:120b-cloud' }, /servers of its maker/, /--allow-remote-model/],
  [
    'a model of a cloud by its host',
    { models: [installed('big', { remote_host: 'https://ollama.com:443' })], flags: '--model big' },
    /servers of its maker/,
    /--allow-remote-model/,
  ],
  ['a model for embeddings', { show: { capabilities: ['embedding'] } }, /no model that writes text/, /--model/],
  [
    '404',
    { chat: (_, response) => json(response, 404, { error: "model 'qwen3:8b' not found" }) },
    /not installed/,
    /pull/,
  ],
  [
    'out of memory',
    {
      chat: (_, response) =>
        json(response, 500, { error: 'model requires more system memory (8.0 GiB) than is available (2.1 GiB)' }),
    },
    /does not fit into memory/,
    /smaller model/,
  ],
  [
    'the queue is full',
    {
      chat: (_, response) =>
        json(response, 503, { error: 'server busy, please try again.  maximum pending requests exceeded' }),
    },
    /busy/,
    /later/,
  ],
  [
    'too long, as newer servers tell it',
    {
      chat: (_, response) =>
        json(response, 400, {
          error: JSON.stringify({
            error: {
              code: 400,
              message: 'request (9000 tokens) exceeds the available context size',
              n_prompt_tokens: 9000,
              n_ctx: 4096,
            },
          }),
        }),
    },
    /does not fit into the 40960 tokens/,
    /larger model/,
  ],
  [
    'cut',
    { chat: (body, response) => say(response, goodAnswer(body).slice(0, 50), { done_reason: 'length' }) },
    /cut/,
    /larger/,
  ],
  [
    'no done line',
    {
      chat: (body, response) => {
        stream(response)({ message: { content: goodAnswer(body) }, done: false });
        response.end();
      },
    },
    /stopped in its middle/,
    /.*/,
  ],
  [
    'dies in the middle of a stream',
    {
      chat: (_, response) => {
        stream(response)({ message: { content: '{"I1"' }, done: false });
        setTimeout(() => response.destroy(), 20);
      },
    },
    /broke off/,
    /log/,
  ],
  [
    'dies in the middle of a line',
    {
      chat: (_, response) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        response.end('{"message":{"content":"x"},"do');
      },
    },
    /broke off/,
    /log/,
  ],
  ['dies before an answer', { chat: (_, response) => void response.destroy() }, /closed the connection/, /crashed/],
  [
    'an error in the middle of a stream',
    {
      chat: (_, response) => {
        const write = stream(response);
        write({ message: { content: '{' }, done: false });
        write({ error: 'llama runner process has terminated: exit status 2' });
        response.end();
      },
    },
    /Ollama failed \(llama runner process has terminated/,
    /log/,
  ],
  [
    'an error page of a proxy',
    {
      chat: (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
    },
    /answered 502 with something that is not Ollama's/,
    /proxy/,
  ],
  [
    'a page that says 200',
    { chat: (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>') },
    /not Ollama's/,
    /address/,
  ],
  ['another server', { other: (_, __, response) => (json(response, 200, [1]), true) }, /not Ollama's/, /address/],
  ['no JSON', { chat: (_, response) => say(response, 'I cannot help with that.') }, /not JSON/, /larger model/],
  ['an empty answer', { chat: (_, response) => say(response, '') }, /empty/, /larger model/],
  ['another JSON', { chat: (_, response) => say(response, '{"I1": {"cause": 1}}') }, /not as asked for/, /larger/],
  ['the incident left out', { chat: (_, response) => say(response, '{}') }, /not as asked for/, /larger/],
  [
    'no facts',
    { chat: (body, response) => say(response, goodAnswer(body, { citations: [] })) },
    /cites no fact/,
    /larger/,
  ],
  [
    'made-up names',
    { chat: (body, response) => say(response, goodAnswer(body, { cause: 'NODE_7 ails.' })) },
    /names what/,
    /larger/,
  ],
  [
    'a prompt that the server cut',
    { chat: (body, response) => say(response, goodAnswer(body), { prompt_eval_count: 40 }) },
    /cut the prompt/,
    /larger/,
  ],
  ['no answer in time', { chat: endless, flags: '--explain-timeout 1s' }, /no answer within 1 s/, /--explain-timeout/],
  [
    'no first byte in time',
    { chat: () => {}, flags: '--explain-timeout 1s' },
    /no answer within 1 s/,
    /--explain-timeout/,
  ],
];

describe('a model that fails costs nothing', () => {
  test.each(failures)('%s', async (_, { flags = '', ...fake }, reason, hint) => {
    const plain = JSON.parse((await run('analyze -o json')).out) as Report;
    const { report, code, err } = await explainJson(fake, `${flags} --fail-on critical --require-complete`);
    expect(code).toBe(1);
    expect(report.gaps.map(({ what }) => what)).toEqual(['explanation']);
    expect(report.gaps[0]!.reason).toMatch(reason);
    const [incident] = report.incidents;
    expect(incident!.explanation).toEqual({ ...plain.incidents[0]!.explanation, fallback: report.gaps[0]!.reason });
    // Only how long it took may differ.
    expect({ ...report, incidents: [], gaps: [], stats: plain.stats }).toEqual({ ...plain, incidents: [] });
    expect(report.complete).toBe(true);
    const hints = err.split('\n').filter((one) => one !== '');
    expect(hints).toHaveLength(1);
    expect(hints[0]).toMatch(/^hint: /);
    expect(hints[0]).toMatch(hint);
  });

  test('a server that is not there', async () => {
    const plain = await run('analyze');
    const away = await startOllama();
    await away.close();
    const { out, code, err } = await run(`analyze --explain --ollama-host ${away.url} --require-complete`);
    expect(code).toBe(0);
    expect(out.startsWith(plain.out)).toBe(true);
    expect(out).toMatch(/Not explained: 1 incident \(Ollama cannot be reached/);
    expect(err).toMatch(/^hint: .*ollama serve.*\n$/);
  });

  test('what is good is kept where the server then fails', async () => {
    const many = [node('n1'), ...Array.from({ length: 9 }, (_, index) => crashing(`shop/job-${index}`, index + 20))];
    const chat: Chat = (body, response, number) =>
      number === 1
        ? say(response, goodAnswer(body, { cause: 'It crashes.' }))
        : json(response, 500, { error: 'CUDA error: out of memory' });
    const { report } = await explainJson({ chat }, '', { objects: many });
    const sources = report.incidents.map(({ explanation }) => explanation.source);
    expect(sources).toEqual([
      ...Array.from({ length: 5 }, () => 'model'),
      ...Array.from({ length: 4 }, () => 'runbook'),
    ]);
    expect(report.gaps.map(({ name }) => name)).toEqual(['4 incidents']);
    expect(ollama!.chats()).toHaveLength(2);
  });
});

test('Ctrl-C ends the work of the server and leaves the report', async () => {
  const controller = new AbortController();
  const asked = Promise.withResolvers<void>();
  const running = explain(
    { chat: (body, response, number) => (endless(body, response, number), asked.resolve()) },
    '',
    {
      signal: controller.signal,
    },
  );
  await asked.promise;
  controller.abort();
  const { code, out } = await running;
  expect(code).toBe(130);
  expect(out).toMatch(/^CRITICAL/m);
  await expect.poll(() => ollama!.brokenOff()).toBe(1);
});

describe('what is sent', () => {
  test('holds to what servers can do', async () => {
    await explain({
      show: {
        capabilities: ['completion', 'thinking'],
        model_info: { 'general.architecture': 'a', 'a.context_length': 40_960 },
      },
    });
    const [chat] = ollama!.chats();
    expect(chat).toMatchObject({ model: 'qwen3:8b', stream: true, truncate: false, think: false, keep_alive: '5m' });
    expect(chat!.options).toEqual({ num_ctx: 4_096, num_predict: 1_700, temperature: 0, seed: 42 });
    expect(JSON.stringify(chat!.format)).not.toMatch(/"(?:pattern|format|prefixItems|\$schema|additionalProperties)"/);
  });

  test('is what --show-prompt shows, which asks nobody', async () => {
    ollama = await startOllama();
    const shown = await run(`analyze --show-prompt --ollama-host ${ollama.url}`);
    expect(ollama.requests).toEqual([]);
    await run(`analyze --explain --ollama-host ${ollama.url}`);
    const [chat] = ollama.chats();
    const withoutMark = (text: string) => text.replaceAll(/\b[0-9a-f]{16}\b/g, 'MARK');
    for (const { content } of chat!.messages) expect(withoutMark(shown.out)).toContain(withoutMark(content));
    expect(shown.out).toContain(JSON.stringify(chat!.format));
    expect(shown.code).toBe(0);
    expect(shown.out).not.toContain('CRITICAL');
  });

  test('is in the language asked for', async () => {
    await explain({}, '--language Deutsch');
    expect(ollama!.chats()[0]!.messages[0]!.content).toContain('in this language: Deutsch');
  });

  test('holds no name of the cluster, and equal faults once', async () => {
    const many = [
      node('n1'),
      ...Array.from({ length: 30 }, (_, index) => crashing(`team-${index}/payments-${index}`, 7)),
    ];
    const chat: Chat = (body, response) => say(response, goodAnswer(body, { cause: 'POD_1 in NS_1 crashes.' }));
    const { report } = await explainJson({ chat }, '', { objects: many });
    expect(ollama!.chats()).toHaveLength(1);
    expect(
      ollama!
        .chats()[0]!
        .messages.map(({ content }) => content)
        .join(''),
    ).not.toMatch(/payments|team/);
    expect(report.incidents).toHaveLength(30);
    for (const { object: about, explanation } of report.incidents)
      expect(explanation.cause).toBe(`${about.name} in ${about.namespace} crashes.`);
  });

  test('uses a smaller window than the model has, and grows it once where a prompt is longer than thought', async () => {
    const chat: Chat = (body, response) =>
      body.options['num_ctx']! > 4_096
        ? say(response, goodAnswer(body))
        : json(response, 400, { error: 'the input length exceeds the context length' });
    const { report } = await explainJson({ chat });
    expect(ollama!.chats().map(({ options }) => options['num_ctx'])).toEqual([4_096, 8_192]);
    expect(report.gaps).toEqual([]);
  });

  test('and where prompt and answer filled it', async () => {
    const chat: Chat = (body, response) =>
      say(
        response,
        goodAnswer(body),
        body.options['num_ctx']! > 4_096 ? {} : { prompt_eval_count: 4_000, eval_count: 96 },
      );
    const { report } = await explainJson({ chat });
    expect(ollama!.chats().map(({ options }) => options['num_ctx'])).toEqual([4_096, 8_192]);
    expect(report.gaps).toEqual([]);
  });

  test.each([
    ['--allow-remote-model --model gpt-oss:120b-cloud', 'gpt-oss:120b-cloud'],
    ['--model QWEN3:8b', 'qwen3:8b'],
    ['', 'qwen3:8b'],
  ])('goes to the model of %j: %s', async (flags, model) => {
    const models = [
      installed('a:1b'),
      installed('nomic-embed-text:latest'),
      installed('qwen3:8b'),
      installed('gpt-oss:120b-cloud'),
    ];
    await explain({ models }, flags);
    expect(ollama!.chats().map((chat) => chat.model)).toEqual([model]);
  });

  test('goes to OLLAMA_HOST', async () => {
    ollama = await startOllama();
    await run('analyze --explain', {
      environment: { ...environment(), OLLAMA_HOST: ollama.url.replace('http://', '') },
    });
    expect(ollama.chats()).toHaveLength(1);
  });
});

/** A report without how long the run took. */
const untimed = (out: string) => out.replace(/"seconds": [\d.]+/, '');

describe('the cache', () => {
  test('a second run asks the model nothing', async () => {
    const first = await explainJson({});
    const again = await run(`analyze --explain -o json --ollama-host ${ollama!.url}`);
    expect(untimed(again.out)).toBe(untimed(first.out));
    expect(ollama!.chats()).toHaveLength(1);
  });

  test.each([
    ['another language', '--language Deutsch', {}],
    ['no cache', '--no-cache', {}],
    ['another fault', '', { objects: [silent('n1', 'The disk is gone.')] }],
  ])('asks again: %s', async (_, flags, options) => {
    await explainJson({});
    await run(`analyze --explain -o json --ollama-host ${ollama!.url} ${flags}`, options);
    expect(ollama!.chats()).toHaveLength(2);
  });

  test('--no-cache writes nothing', async () => {
    await explainJson({}, '--no-cache');
    expect(await readdir(folder)).toEqual([]);
  });

  test('another cluster with the same fault needs no call, and gets its own names', async () => {
    await explainJson({});
    const again = await run(`analyze --explain -o json --ollama-host ${ollama!.url}`, { objects: [silent('other')] });
    expect((JSON.parse(again.out) as Report).incidents[0]!.explanation.cause).toBe('The kubelet of other is silent.');
    expect(ollama!.chats()).toHaveLength(1);
  });

  test('bad answers and files that are broken are not believed', async () => {
    await explainJson({});
    const cache = join(folder, 'mekhanikube', 'explanations');
    for (const file of await readdir(cache)) await writeFile(join(cache, file), '{"cause": "kubectl delete ns shop');
    const again = await run(`analyze --explain -o json --ollama-host ${ollama!.url}`);
    expect((JSON.parse(again.out) as Report).incidents[0]!.explanation.source).toBe('model');
    expect(ollama!.chats()).toHaveLength(2);
  });
});

describe('the prompts of the user', () => {
  const write = async (name: string, text: string) => {
    await mkdir(join(folder, 'mekhanikube', 'prompts'), { recursive: true });
    await writeFile(join(folder, 'mekhanikube', 'prompts', name), text);
  };

  test('replace ours file by file', async () => {
    await write('system.md', 'Be brief. {{mark}}');
    const { out } = await run('analyze --show-prompt');
    expect(out).toMatch(/^--- system\nBe brief\. [0-9a-f]{16}\n/);
    expect(out).toContain('Explain 1 incidents');
  });

  test.each([
    ['system.md', 'Hello {{mark}} {{marc}}', /system\.md has the unknown placeholder \{\{marc\}\}/],
    ['task.md', 'Explain {{incidents}}', /task\.md lacks the placeholder \{\{mark\}\}/],
    ['incident.md', '{{id}} {{ }} {{facts}}', /unknown placeholder \{\{\}\}/],
  ])('%s is refused before the cluster is read: %s', async (file, text, message) => {
    await write(file, text);
    const { code, err, out } = await run('analyze --explain', { away: true });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});

describe('flags', () => {
  test.each([
    ['--model x', /--model is for explanations: add --explain/],
    ['--no-cache', /--no-cache is for explanations/],
    ['--explain --ollama-host ftp://x', /"ftp:\/\/x" is not an address of Ollama/],
    ['--explain --explain-timeout soon', /not a length of time/],
    ['--explain --language x{{y}}', /must be a language/],
  ])('%s is refused', async (flags, message) => {
    const { code, err } = await run(`analyze ${flags}`);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test('an address that is not private is warned of', async () => {
    const { err } = await run('analyze --explain --ollama-host http://203.0.113.9:1 --explain-timeout 100ms');
    expect(err).toMatch(/^warning: http:\/\/203\.0\.113\.9:1 is not a private address/);
  });

  test('nothing to explain asks nobody', async () => {
    const { out } = await explain({ chat: answerWell }, '', { objects: [node('n1')] });
    expect(ollama!.requests).toEqual([]);
    expect(out).not.toContain('Explanations');
  });
});
