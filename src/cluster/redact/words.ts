/** What stands where a secret stood. */
export const mask = '***';

const secretWord =
  /passw(?:or)?d|passphrase|passcode|pass-?key|pass(?![a-z])|pwd|secret|token|bearer|credential|creds?(?![a-z])|api[-_.]?key|access[-_.]?key|private[-_.]?key|encrypt(?:ion)?[-_.]?key|sign(?:ing)?[-_.]?key|shared[-_.]?key|user[-_.]?key|account[-_.]?key|master[-_.]?key|auth(?:orization)?(?![a-z])|key[-_.]?data|cookie|salt(?![a-z])|dsn(?![a-z])/i;

/** Names that only point at a secret, or tell about it: a file, an object's name, a host, a lifetime. */
const pointer =
  /(?:file|path|dir|directory|name|namespace|ref|ttl|mode|type|url|uri|endpoint|host|port|addr|address|server|service|expiration|timeout|enabled|length|issuer|audiences?|duration|seconds)$/i;

/** True for a name whose value is a secret by custom: `DB_PASSWORD`, `--api-key`, `authToken`; not `--token-auth-file`. */
export function isSecretName(name: string): boolean {
  return secretWord.test(name) && !pointer.test(name);
}
