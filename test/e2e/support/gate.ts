import { createServer, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Cluster } from './cluster.ts';

/**
 * Stands before the API server and lets a test do something before a request goes on: what happens in the middle of a run is then no
 * matter of luck. @returns its address, for a kubeconfig.
 */
export async function gate(cluster: Cluster, before: (path: string) => Promise<void>): Promise<string> {
  const { cert, key } = cluster.ca.issue('gate', ['IP:127.0.0.1']);
  const server = createServer({ cert, key }, (request, response) => {
    const pass = async () => {
      await before(request.url ?? '/');
      const target = new URL(request.url ?? '/', cluster.server);
      const onward = send(
        target,
        { method: request.method, headers: request.headers, ca: cluster.ca.cert },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    };
    pass().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cluster.onStop(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
