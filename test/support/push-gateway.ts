import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as the gateway got it. */
export interface PushRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a gateway does with a request: an answer, silence, or the end of the connection. */
type Behaviour =
  | { readonly status: number; readonly text?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'close';

/** Something that listens on loopback as a push gateway would, until the test ends. */
export interface FakeGateway {
  readonly url: string;
  readonly port: number;
  readonly got: readonly PushRequest[];
}

/**
 * Starts a gateway.
 * @param behaviours what it does with the first request, the second and so on; the last is for all that follow.
 */
export async function pushGateway(
  behaviours: readonly Behaviour[] = [{ status: 200 }],
  tls?: { readonly cert: string; readonly key: string },
): Promise<FakeGateway> {
  const got: PushRequest[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const behaviour = behaviours[Math.min(got.length, behaviours.length - 1)]!;
      got.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      if (behaviour === 'close') request.socket.destroy();
      else if (behaviour !== 'hang') response.writeHead(behaviour.status, behaviour.headers).end(behaviour.text);
    });
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`, port, got };
}
