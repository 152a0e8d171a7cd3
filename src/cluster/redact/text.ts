import { isSecretName, mask } from './words.ts';

/** Scheme, user information, and the rest up to a blank: `https://user:password@host`. */
const userInfo = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#@"'`<>]{1,1024}(?:@[^\s/?#@"'`<>]{0,1024}){0,8}@/gi;
const keyedUserInfo = '://';
const header = /\b(bearer|basic|digest|negotiate)(\s+)(?!realm\b|error\b)([A-Za-z0-9+/=_.~-]{6,8192})/gi;
const headerLine =
  /\b((?:proxy-)?authorization|x-api-key|x-auth-token|(?:set-)?cookie)(["']?\s*[:=]\s*)(["']?)([^"'\r\n]{1,4096})/gi;
const pem = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
const assignment = /([A-Za-z][\w.-]{1,80})(=)("[^"\r\n]*"|'[^'\r\n]*'|[^\s"'&;,|)\]}]+)/g;
const pair = /(["']?)([A-Za-z][\w.-]{1,80})\1(\s*:\s*)("[^"\r\n]*"|'[^'\r\n]*'|[^\s"'&;,|)\]}{[]+)/g;
const flag = /(^|\s)(--?[A-Za-z][\w.-]{1,80})(\s+)("[^"\r\n]*"|'[^'\r\n]*'|[^\s"'-][^\s"']*)/g;

/** Takes the user information out of every URL in a text. Cheap where there is none. */
export function maskUrls(text: string): string {
  return text.includes(keyedUserInfo) && text.includes('@') ? text.replace(userInfo, `$1${mask}@`) : text;
}

/**
 * A sentence of the cluster (an event's note, a condition's or a container's message) without user information in URLs, header
 * values, private keys and `password=x`. Words like `secret "db" not found` and `secrets=10` stay: checks read them.
 */
export function maskMessage(text: string): string {
  return common(text).replace(assignment, (all, name: string, sign: string, value: string) =>
    isSecretName(name) && !/^(?:count\/)?secrets$/i.test(name) ? name + sign + masked(value) : all,
  );
}

/** A command line, script or configuration snippet without the values of names and flags that are secret by custom. */
export function maskScript(text: string): string {
  const hide = (name: string) => isSecretName(name) && !/^--?no-/.test(name);
  return common(text)
    .replace(assignment, (all, name: string, sign: string, value: string) =>
      hide(name) ? name + sign + masked(value) : all,
    )
    .replace(pair, (all, quote: string, name: string, sign: string, value: string) =>
      hide(name) ? quote + name + quote + sign + masked(value) : all,
    )
    .replace(flag, (all, before: string, name: string, blank: string, value: string) =>
      hide(name) ? before + name + blank + masked(value) : all,
    );
}

function common(text: string): string {
  const plain = maskUrls(text);
  if (plain.length < 6) return plain;
  return plain
    .replace(pem, mask)
    .replace(headerLine, (_all, name: string, sign: string, quote: string) => name + sign + quote + mask)
    .replace(header, (_all, scheme: string, blank: string) => scheme + blank + mask);
}

function masked(value: string): string {
  const quote = value.startsWith('"') || value.startsWith("'") ? value.charAt(0) : '';
  return quote + mask + quote;
}
