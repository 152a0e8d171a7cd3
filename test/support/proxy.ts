import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface FakeProxy {
  readonly port: number;
  /** What the proxy was asked for, one line each, with the credentials it got. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** An HTTP proxy that tunnels CONNECT, or answers it with a refusal; plain requests are answered with `forwarded`. */
export function httpProxy(refusal?: string): Promise<FakeProxy> {
  return serve((socket, asked) => {
    let head = '';
    socket.on('data', function read(chunk: Buffer) {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', read);
      const [line = ''] = head.split('\r\n');
      const credentials = /^proxy-authorization: Basic (.*)$/im.exec(head)?.[1]?.trim();
      asked.push(credentials === undefined ? line : `${line} ${Buffer.from(credentials, 'base64').toString()}`);
      if (!line.startsWith('CONNECT')) {
        const body = JSON.stringify({ gitVersion: 'v1.0.0-forwarded' });
        socket.end(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      } else if (refusal !== undefined) {
        socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
      } else {
        const [host = '', port] = (line.split(' ')[1] ?? '').split(':');
        pipe(socket, host, Number(port), 'HTTP/1.1 200 Connection established\r\n\r\n');
      }
    });
  });
}

/** A SOCKS5 proxy, with a name and password where given (`name:password`). */
export function socksProxy(account?: string): Promise<FakeProxy> {
  return serve((socket, asked) => {
    let step = 0;
    let bytes = Buffer.alloc(0);
    socket.on('data', function read(chunk: Buffer) {
      bytes = Buffer.concat([bytes, chunk]);
      if (step === 0) {
        bytes = Buffer.alloc(0);
        step = account === undefined ? 2 : 1;
        socket.write(Buffer.from([5, account === undefined ? 0 : 2]));
      } else if (step === 1) {
        const name = bytes.subarray(2, 2 + bytes[1]!).toString();
        const password = bytes.subarray(3 + bytes[1]!).toString();
        bytes = Buffer.alloc(0);
        step = 2;
        socket.write(Buffer.from([1, `${name}:${password}` === account ? 0 : 1]));
      } else {
        socket.off('data', read);
        const named = bytes[3] === 3;
        const host = named ? bytes.subarray(5, 5 + bytes[4]!).toString() : [...bytes.subarray(4, 8)].join('.');
        const port = bytes.readUInt16BE(bytes.length - 2);
        asked.push(`${host}:${port}`);
        pipe(socket, host === 'api.test' ? '127.0.0.1' : host, port, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
      }
    });
  });
}

function pipe(socket: Socket, host: string, port: number, greeting: string | Buffer): void {
  const target = connect(port, host === 'api.test' ? '127.0.0.1' : host, () => {
    socket.write(greeting);
    socket.pipe(target).pipe(socket);
  });
  target.on('error', () => socket.destroy());
}

async function serve(onSocket: (socket: Socket, asked: string[]) => void): Promise<FakeProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    onSocket(socket, asked);
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}
