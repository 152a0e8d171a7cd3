import { isIP } from 'node:net';
import { UserError } from '../../errors.ts';

/** Where Ollama listens. */
export interface OllamaHost {
  /** Without a slash at its end, and without a user. */
  readonly url: string;
  /** The value of the Authorization header, where the address named a user. */
  readonly authorization: string | undefined;
  /** False where what is sent may leave the machine's own network. */
  readonly isPrivate: boolean;
}

const privateNames = /(?:^|\.)(?:localhost|local|internal|lan|home|home\.arpa|localdomain|test|svc)$/;

/**
 * Reads an address as Ollama's own client does: `host`, `host:port`, `:port`, `http://host`, `[::1]:11434`, with 11434 as the port
 * unless a scheme stands before it. Addresses that servers listen on (0.0.0.0, ::) mean this machine.
 * @throws UserError where it cannot be read.
 */
export function parseHost(text: string | undefined): OllamaHost {
  const given = (text ?? '')
    .trim()
    .replaceAll(/^["']|["']$/g, '')
    .trim();
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(given) ?? [];
  const protocol = scheme?.toLowerCase() ?? (given === 'ollama.com' ? 'https' : 'http');
  if (protocol !== 'http' && protocol !== 'https') throw bad(given);
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? '' : rest.slice(slash).replace(/\/+$/, '');
  const at = authority.lastIndexOf('@');
  const { host, port } = hostAndPort(authority.slice(at + 1));
  const name = listening[host] ?? (host === '' ? '127.0.0.1' : host);
  const defaultPort = scheme === undefined && protocol === 'http' ? '11434' : protocol === 'https' ? '443' : '80';
  const bracketed = isIP(name) === 6 ? `[${name}]` : name;
  const url = `${protocol}://${bracketed}:${port ?? defaultPort}${path}`;
  if (!URL.canParse(url)) throw bad(given);
  return {
    url,
    authorization: at === -1 ? undefined : `Basic ${Buffer.from(decode(authority.slice(0, at))).toString('base64')}`,
    isPrivate: isPrivate(name),
  };
}

const listening: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function hostAndPort(authority: string): { host: string; port: string | undefined } {
  if (isIP(authority) === 6) return { host: authority, port: undefined };
  const [, six, name = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(authority) ?? [];
  if (six === undefined && name === '' && port === undefined && authority !== '') throw bad(authority);
  return { host: six ?? name, port: port !== undefined && Number(port) <= 65_535 ? port : undefined };
}

/** Loopback, private, link-local and shared addresses (RFC 1918, 3927, 4193, 6598), and names that only a local network has. */
function isPrivate(host: string): boolean {
  const name = host.toLowerCase();
  if (isIP(name) === 4) {
    const [a = 0, b = 0] = name.split('.').map(Number);
    return (
      a === 127 ||
      a === 10 ||
      (a === 192 && b === 168) ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  if (isIP(name) === 6) return /^(?:::1$|f[cd]|fe[89ab])/.test(name);
  return !name.includes('.') || privateNames.test(name);
}

function decode(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

function bad(text: string): UserError {
  return new UserError('bad-host', `"${text}" is not an address of Ollama`, {
    hint: 'Write it as 192.168.1.5:11434 or https://ollama.example.org.',
  });
}
