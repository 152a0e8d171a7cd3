import type { Socket } from 'node:net';

/** What went wrong between here and the proxy, or what the proxy said; told apart from errors of the server behind it. */
export class ProxyError extends Error {}

export interface Target {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

const longestHead = 65_536;

/** Reads the head of an HTTP answer, up to the empty line; what follows it stays in the socket. */
export async function readHead(socket: Socket): Promise<string> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    bytes = Buffer.concat([bytes, await readSome(socket)]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end !== -1) {
      if (bytes.length > end + 4) socket.unshift(bytes.subarray(end + 4));
      return bytes.subarray(0, end).toString('latin1');
    }
    if (bytes.length > longestHead) throw new ProxyError('it does not speak HTTP');
  }
}

/** Reads exactly so many bytes; the rest stays in the socket. */
export async function readExactly(socket: Socket, count: number): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  while (bytes.length < count) bytes = Buffer.concat([bytes, await readSome(socket)]);
  if (bytes.length > count) socket.unshift(bytes.subarray(count));
  return bytes.subarray(0, count);
}

function readSome(socket: Socket): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const finish = (then: () => void) => {
    socket.off('readable', look).off('error', failed).off('end', ended).off('close', ended);
    then();
  };
  const look = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) finish(() => resolve(chunk));
  };
  const failed = (error: Error) => finish(() => reject(error));
  const ended = () => finish(() => reject(new ProxyError('it closed the connection')));
  socket.on('readable', look).on('error', failed).on('end', ended).on('close', ended);
  look();
  return promise;
}

/** A host without the brackets of an IPv6 address. */
export function bare(host: string): string {
  return host.replaceAll(/^\[|\]$/g, '');
}
