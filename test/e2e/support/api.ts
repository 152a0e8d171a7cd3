import { Agent, request } from 'undici';

/** A Kubernetes object as JSON; tests look into it without types. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

/** An answer of the API server that says no. */
export class Refused extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

interface Kind {
  readonly base: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The API server as an administrator sees it. Every method throws {@link Refused} where the server says no. */
export class Api {
  readonly server: string;
  readonly #token: string;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #kinds = new Map<string, Kind>();

  constructor(server: string, token: string, agent: Agent | string, headers: Readonly<Record<string, string>> = {}) {
    this.server = server;
    this.#token = token;
    this.#agent = typeof agent === 'string' ? new Agent({ connect: { ca: agent }, connections: 16 }) : agent;
    this.#headers = headers;
  }

  /** The same API server on behalf of another user, over the same connections. */
  as({ user, group }: { readonly user: string; readonly group: string }): Api {
    const headers = { 'impersonate-user': user, 'impersonate-group': group };
    return new Api(this.server, this.#token, this.#agent, headers);
  }

  async call(method: string, path: string, body?: Json, type = 'application/json'): Promise<Json> {
    const answer = await request(this.server + path, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': type,
        'user-agent': 'harness',
        ...this.#headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const value = text.startsWith('{') ? JSON.parse(text) : text;
    if (answer.statusCode < 400) return value;
    throw new Refused(
      `${method} ${path}: ${answer.statusCode} ${value.message ?? text.slice(0, 300)}`,
      answer.statusCode,
    );
  }

  get(path: string): Promise<Json> {
    return this.call('GET', path);
  }

  async list(path: string): Promise<Json[]> {
    return (await this.get(path)).items;
  }

  /** Merges into an object, or into its status with `/status` at the end of the path. */
  merge(path: string, patch: Json): Promise<Json> {
    return this.call('PATCH', path, patch, 'application/merge-patch+json');
  }

  /** Server-side apply, as kubectl does it; the status is written, too, where there is one. */
  async apply(object: Json): Promise<void> {
    const path = await this.pathOf(object);
    await this.call('PATCH', `${path}?fieldManager=kubectl&force=true`, object, 'application/apply-patch+yaml');
    if (object.status !== undefined && object.kind !== 'Node')
      await this.merge(`${path}/status`, { status: object.status });
  }

  /** The path of an object, existing or not, found by discovery. */
  async pathOf({ apiVersion, kind, metadata }: Json): Promise<string> {
    const { base, plural, namespaced } = await this.#kindOf(apiVersion, kind);
    const scope = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base}${scope}/${plural}/${metadata.name}`;
  }

  async #kindOf(apiVersion: string, kind: string): Promise<Kind> {
    const key = `${apiVersion} ${kind}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    for (const one of (await this.get(base)).resources) {
      if (one.name.includes('/')) continue;
      this.#kinds.set(`${apiVersion} ${one.kind}`, { base, plural: one.name, namespaced: one.namespaced });
    }
    const found = this.#kinds.get(key);
    if (found === undefined) throw new Error(`the server has no ${key}`);
    return found;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
