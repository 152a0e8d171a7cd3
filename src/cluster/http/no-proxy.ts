import { BlockList, isIP } from 'node:net';

/**
 * Whether NO_PROXY (or the loopback rule) excepts a host, as Go's HTTP client reads it: `*`, IP addresses, CIDR blocks, names that
 * cover their subdomains, `.name` and `*.name` for subdomains only, each with an optional port.
 */
export function bypassed(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (isLoopback(host)) return true;
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), host, port));
}

/** True for localhost and the addresses that never leave the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inBlock(entry, host);
  const { name, wanted } = splitPort(entry);
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(name) !== 0 || isIP(host) !== 0) return name === host;
  const pattern = name.startsWith('*.') ? name.slice(1) : name;
  if (pattern.startsWith('.')) return host.endsWith(pattern);
  return host === pattern || host.endsWith(`.${pattern}`);
}

function inBlock(entry: string, host: string): boolean {
  const family = isIP(host);
  const [network = '', bits = ''] = entry.split('/');
  if (family === 0 || isIP(network) !== family || !/^\d{1,3}$/.test(bits)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(bits), type);
  return block.check(host, type);
}

function splitPort(entry: string): { name: string; wanted?: string } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return named(bracketed[1] ?? '', bracketed[2]);
  if (isIP(entry) === 6) return { name: entry };
  const plain = /^([^:]*):(\d+)$/.exec(entry);
  return plain === null ? { name: entry } : named(plain[1] ?? '', plain[2]);
}

function named(name: string, wanted: string | undefined): { name: string; wanted?: string } {
  return wanted === undefined ? { name } : { name, wanted };
}
