import { type CertificateOptions, base64, make, type Made, signingRequest } from '../../support/x509.ts';
import type { Json } from './api.ts';

/** A certificate of a story; `issuer` names another one that was made before, without it the certificate signs itself. */
export type Wish = Omit<CertificateOptions, 'issuer' | 'at'> & { readonly issuer?: string };

/**
 * What a story has made while it is played: certificates with their keys, and ports of servers. Nothing of it is stored; the manifests
 * of the story name it: `{{certificate web ca}}` (PEM of a chain), `{{key web}}`, `{{bundle ca}}` (base64 of PEM), `{{port hook}}`,
 * `{{request CN O name ...}}` (base64 of a signing request), `{{starts web}}` and `{{ends web}}`, and `{{days -3}}` for a moment (`{{go -3}}` as Go
 * prints it).
 */
export class Minted {
  /** The moment at which the story is looked at, in milliseconds. */
  readonly #at: number;
  readonly #certificates = new Map<string, { readonly made: Made; readonly wish: Wish }>();
  readonly #ports = new Map<string, number>();

  constructor(at: number) {
    this.#at = at;
  }

  mint(wishes: Readonly<Record<string, Wish>>): void {
    for (const [name, wish] of Object.entries(wishes)) {
      const { issuer, ...options } = wish;
      const signer = issuer === undefined ? {} : { issuer: this.#get(issuer).made };
      this.#certificates.set(name, { made: make({ subject: name, ...options, ...signer, at: this.#at }), wish });
    }
  }

  /** The certificate and key of a name, as a server takes them. */
  pair(name: string): { readonly cert: string; readonly key: string } {
    const { pem, key } = this.#get(name).made;
    return { cert: pem, key };
  }

  listens(name: string, port: number): void {
    this.#ports.set(name, port);
  }

  /** The same object with what was made in the place of its name. */
  fill(value: Json): Json {
    if (typeof value === 'string') {
      const port = /^\{\{port (\S+)\}\}$/.exec(value)?.[1];
      if (port !== undefined) return this.#ports.get(port) ?? missing(port);
      return value.replaceAll(
        /\{\{([^{}]+)\}\}/g,
        (whole, words: string) => this.#word(words.trim().split(/\s+/)) ?? whole,
      );
    }
    if (Array.isArray(value)) return value.map((one) => this.fill(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.fill(one)]));
  }

  #word([what = '', ...names]: readonly string[]): string | undefined {
    const [first = '', second = '', ...rest] = names;
    const pems = () => names.map((name) => this.#get(name).made.pem);
    if (what === 'certificate') return pems().join('');
    if (what === 'bundle') return base64(...pems());
    if (what === 'key') return this.#get(first).made.key;
    if (what === 'request') return base64(signingRequest({ subject: first, organization: second, names: rest }));
    if (what === 'starts') return this.#moment(-(this.#get(first).wish.from ?? 30));
    if (what === 'ends') return this.#moment(this.#get(first).wish.days ?? 335);
    if (what === 'go') return this.#moment(Number(first)).replace('T', ' ').replace('Z', ' +0000 UTC');
    return what === 'days' ? this.#moment(Number(first)) : undefined;
  }

  #moment(days: number): string {
    return `${new Date(this.#at + days * 86_400_000).toISOString().slice(0, 19)}Z`;
  }

  #get(name: string): { readonly made: Made; readonly wish: Wish } {
    return this.#certificates.get(name) ?? missing(name);
  }
}

function missing(name: string): never {
  throw new Error(`the story has not made ${name}`);
}
