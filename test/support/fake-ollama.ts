import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request to the fake server. */
export interface OllamaRequest {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
}

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly format: {
    readonly properties: Readonly<
      Record<string, { readonly properties: { readonly citations: { readonly items: { readonly enum: string[] } } } }>
    >;
  };
  readonly options: Readonly<Record<string, number>>;
  readonly truncate: boolean;
  readonly think?: boolean;
}

/** How the fake server answers a chat. `number` counts from 1. */
export type Chat = (body: ChatBody, response: ServerResponse, number: number) => void | Promise<void>;

export interface FakeOllama {
  readonly url: string;
  readonly requests: readonly OllamaRequest[];
  chats(): readonly ChatBody[];
  /** How many chats were broken off by the other side. */
  brokenOff(): number;
  close(): Promise<void>;
}

export interface FakeOptions {
  readonly chat?: Chat;
  readonly models?: readonly Readonly<Record<string, unknown>>[];
  readonly show?: Readonly<Record<string, unknown>>;
  readonly version?: string;
  /** Answers of other paths, before the usual ones. */
  readonly other?: (path: string, body: Record<string, unknown>, response: ServerResponse) => boolean;
}

export const installed = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  name,
  model: name,
  modified_at: '2026-01-01T00:00:00Z',
  size: 5_200_000_000,
  digest: `digest of ${name}`,
  details: { family: 'qwen3', parameter_size: '8.2B', quantization_level: 'Q4_K_M' },
  ...more,
});

/** A server that speaks Ollama's protocol on loopback. */
export async function startOllama(options: FakeOptions = {}): Promise<FakeOllama> {
  const {
    chat = answerWell,
    models = [installed('qwen3:8b')],
    show = {
      capabilities: ['completion'],
      model_info: { 'general.architecture': 'qwen3', 'qwen3.context_length': 40_960 },
    },
  } = options;
  const requests: OllamaRequest[] = [];
  const sockets = new Set<Socket>();
  let brokenOff = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      const path = request.url!;
      requests.push({ path, body, headers: request.headers });
      if (options.other?.(path, body, response) === true) return;
      if (path === '/api/version') json(response, 200, { version: options.version ?? '0.24.0' });
      else if (path === '/api/tags') json(response, 200, { models });
      else if (path === '/api/show') json(response, 200, show);
      else if (path === '/api/chat') {
        response.on('close', () => {
          if (!response.writableEnded) brokenOff += 1;
        });
        await chat(body as unknown as ChatBody, response, requests.filter((one) => one.path === path).length);
      } else json(response, 404, { error: 'not found' });
    })();
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    chats: () => requests.filter(({ path }) => path === '/api/chat').map(({ body }) => body as unknown as ChatBody),
    brokenOff: () => brokenOff,
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

/** Starts the stream of an answer. */
export function stream(response: ServerResponse): (line: Record<string, unknown>) => void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  return (line) =>
    void response.write(`${JSON.stringify({ model: 'qwen3:8b', created_at: '2026-01-01T00:00:00Z', ...line })}\n`);
}

/** Streams a text as the content of an answer, in pieces, with its end. */
export function say(response: ServerResponse, text: string, end: Record<string, unknown> = {}): void {
  const write = stream(response);
  for (let at = 0; at < text.length; at += 40)
    write({ message: { role: 'assistant', content: text.slice(at, at + 40) }, done: false });
  write({
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 1_500,
    eval_count: 200,
    ...end,
  });
  response.end();
}

export interface OneAnswer {
  readonly cause?: string;
  readonly confidence?: string;
  readonly steps?: readonly { readonly phase: string; readonly text: string; readonly command: string }[];
  readonly citations?: readonly string[];
}

/** An answer that has the form asked for; `one` changes what it says of each incident. */
export function goodAnswer(body: ChatBody, one: OneAnswer = {}): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(body.format.properties).map(([id, { properties }]) => [
        id,
        {
          cause: 'The kubelet of NODE_1 is silent.',
          confidence: 'high',
          steps: [{ phase: 'confirm', text: 'Look at the node', command: 'kubectl describe node NODE_1' }],
          citations: properties.citations.items.enum.slice(0, 1),
          ...one,
        },
      ]),
    ),
  );
}

export const answerWell: Chat = (body, response) => say(response, goodAnswer(body));
