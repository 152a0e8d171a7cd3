import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate, TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { bare } from './proxy-io.ts';
import { tunnel } from './tunnel.ts';

export interface ConnectorOptions {
  /** What to trust and who to be; see `secureOptions`. */
  readonly tls: ConnectionOptions;
  /** The name or address that the server's certificate must be for, where it is not the host's. */
  readonly serverName?: string | undefined;
  readonly proxy?: URL | undefined;
  /** The address to connect to in place of the server's host, or of the proxy's where there is one. */
  readonly dial?: string | undefined;
  /** Speak HTTP/1.1 although the server may know HTTP/2. */
  readonly http1?: boolean;
  readonly timeoutMs: number;
  /** Told the certificate, DER, that the server shows. */
  readonly onPeer?: ((certificate: Buffer) => void) | undefined;
}

/**
 * A function that opens connections, with TLS as kubectl does it: `tls-server-name` replaces the host in SNI and verification,
 * and an IP address is verified without being sent as SNI.
 */
export function connector(build: typeof buildConnector, options: ConnectorOptions): buildConnector.connector {
  const { serverName, proxy, dial, timeoutMs } = options;
  const plain = build({ timeout: timeoutMs });
  const secure = build({
    ...options.tls,
    timeout: timeoutMs,
    allowH2: options.http1 !== true,
    preferH2: true,
    ...(serverName === undefined
      ? {}
      : { checkServerIdentity: (_: string, peer: PeerCertificate) => checkServerIdentity(serverName, peer) }),
  } as buildConnector.BuildOptions);
  const direct: buildConnector.connector = (target, callback) =>
    target.protocol === 'https:' ? secure(target, watched(callback, options.onPeer)) : plain(target, callback);
  const named = (target: buildConnector.Options) => {
    const name = serverName ?? bare(target.hostname);
    return { ...target, hostname: bare(target.hostname), servername: isIP(name) === 0 ? name : '' };
  };
  if (proxy === undefined) {
    return (target, callback) =>
      direct({ ...named(target), ...(dial === undefined ? {} : { hostname: dial }) }, callback);
  }
  return (target, callback) => {
    void through({ proxy, dial }, target, timeoutMs, (error, socket) => {
      if (error !== null || target.protocol !== 'https:') callback(...([error, socket] as Parameters<typeof callback>));
      else direct({ ...named(target), httpSocket: socket }, callback);
    });
  };
}

function watched(callback: buildConnector.Callback, onPeer: ConnectorOptions['onPeer']): buildConnector.Callback {
  return (...result) => {
    const [, socket] = result;
    // A session that is taken up again shows none.
    const raw = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined;
    if (raw !== undefined) onPeer?.(raw);
    callback(...result);
  };
}

async function through(
  by: { readonly proxy: URL; readonly dial: string | undefined },
  target: buildConnector.Options,
  timeoutMs: number,
  done: (...result: [Error, null] | [null, Socket]) => void,
): Promise<void> {
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
  let result: [Error, null] | [null, Socket];
  try {
    result = [null, await tunnel(by, { host: bare(target.hostname), port }, timeoutMs)];
  } catch (error) {
    result = [error as Error, null];
  }
  done(...result);
}
