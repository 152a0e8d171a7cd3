import type { Environment } from '../kubeconfig/files.ts';
import { connector } from './connector.ts';
import { proxyFor } from './proxy.ts';
import { secureOptions } from './secure-options.ts';

export interface ExchangeOptions {
  readonly url: string;
  /** A form to post; without one the URL is fetched. */
  readonly form: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: string | undefined;
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One request to an identity provider, with the JSON object it answers (an empty one where it answers something else). */
export async function exchange(
  options: ExchangeOptions,
): Promise<{ status: number; json: Readonly<Record<string, unknown>> }> {
  const { url, form, timeoutMs } = options;
  const { Agent, buildConnector, request } = await import('undici');
  const target = new URL(url);
  const tls = target.protocol === 'https:' ? secureOptions({ ca: options.ca }) : {};
  const proxy = proxyFor(target, undefined, options.env);
  const dispatcher = new Agent({ connect: connector(buildConnector, { tls, proxy, timeoutMs }) });
  try {
    const { statusCode, body } = await request(target, {
      dispatcher,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...options.headers,
      },
      ...(form === undefined ? {} : { body: form }),
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await body.text();
    return { status: statusCode, json: parse(text) };
  } finally {
    await dispatcher.destroy();
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
