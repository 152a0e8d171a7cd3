import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends KeyPair {
  /** A certificate signed by this authority; `names` as openssl writes them (`IP:127.0.0.1`, `DNS:api.test`); days -1: expired. */
  issue(subject: string, names?: readonly string[], options?: { days?: number; authority?: boolean }): KeyPair;
}

/** A certificate authority made for one test file with the openssl command; no key is ever stored in the repository. */
export function authority(subject = 'test-ca'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'mekhanikube-ca-'));
  try {
    const own = selfSigned(folder, subject);
    return withIssue(own);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An authority out of a certificate that another one has issued with `authority: true`. */
export function withIssue(own: KeyPair): Authority {
  return {
    ...own,
    issue(subject, names = [], { days = 2, authority: isAuthority = false } = {}) {
      const folder = mkdtempSync(join(tmpdir(), 'mekhanikube-cert-'));
      const file = (name: string) => join(folder, name);
      try {
        writeFileSync(file('ca.crt'), own.cert);
        writeFileSync(file('ca.key'), own.key, { mode: 0o600 });
        writeFileSync(
          file('ext'),
          [
            `basicConstraints=CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
            ...(names.length === 0 ? [] : [`subjectAltName=${names.join(',')}`]),
          ].join('\n'),
        );
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file('key'));
        openssl('req', '-new', '-key', file('key'), '-subj', `/O=testers/CN=${subject}`, '-out', file('csr'));
        const common = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-extfile', file('ext'), '-out', file('crt')];
        openssl('x509', '-req', '-in', file('csr'), '-days', String(days), '-CAcreateserial', ...common);
        return { cert: readFileSync(file('crt'), 'utf8'), key: readFileSync(file('key'), 'utf8') };
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

function selfSigned(folder: string, subject: string): KeyPair {
  const file = (name: string) => join(folder, name);
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file('key'));
  openssl('req', '-x509', '-new', '-key', file('key'), '-subj', `/CN=${subject}`, '-days', '2', '-out', file('crt'));
  return { cert: readFileSync(file('crt'), 'utf8'), key: readFileSync(file('key'), 'utf8') };
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
