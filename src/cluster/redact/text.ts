import { isSecretName, mask } from './words.ts';

const scheme = '[a-z][a-z0-9+.-]{0,30}://';
/** User information: all up to an `@` before the path begins; or `user:password@` with any signs in it, where no port can be meant. */
const userInfo = new RegExp(
  `(${scheme})(?:[^\\s/?#@"'\`<>]{1,1024}(?:@[^\\s/?#@"'\`<>]{0,1024}){0,8}@|[^\\s/?#@:]{0,256}:(?!\\d{1,5}[/?#])[^\\s@"'\`<>]{1,1024}@)`,
  'gi',
);
const header =
  /\b(bearer|basic|digest|negotiate)(\s+)(?!realm\b|error\b|sha\d+:)(?=[A-Za-z]*[^A-Za-z\s])([A-Za-z0-9+/=_.~-]{6,8192})/gi;
const headerLine =
  /\b((?:proxy-)?authorization|x-api-key|x-auth-token|(?:set-)?cookie)(["']?\s*[:=]\s*)(["']?)((?:bearer|basic|digest|negotiate|token|apikey)\s[^"'\r\n]{1,8192}|(?=[A-Za-z]*[^A-Za-z\s"'])[^\s"']{1,8192}(?:;[^"'\r\n]{0,8192})?)/gi;
const pem = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
const assignment = /([A-Za-z][\w.-]{1,80})(=)("[^"\r\n]*"|'[^'\r\n]*'|[^\s"'&;,|)\]}]+)/g;
const pair = /(["']?)([A-Za-z][\w.-]{1,80})\1([ \t]*:[ \t]*)("[^"\r\n]*"|'[^'\r\n]*'|[^\s"'&;,|)\]}{[]+)/g;
const block = /([A-Za-z][\w.-]{1,80})(:[ \t]*[|>][0-9+-]{0,2}[ \t]*\r?\n[ \t]+)([^\n]*(?:\n[ \t]+[^\n]*)*)/g;
const flag = /(^|\s)(--?[A-Za-z][\w.-]{1,80})(\s+)("[^"\r\n]*"|'[^'\r\n]*'|[^\s"'-][^\s"']*)/g;

/** Takes the user information out of every URL in a text. Cheap where there is none. */
export function maskUrls(text: string): string {
  return text.includes('://') && text.includes('@') ? text.replace(userInfo, `$1${mask}@`) : text;
}

/**
 * A sentence of the cluster (an event's note, a condition's or a container's message) without user information in URLs, header
 * values, private keys and `password=x`. Words like `secret "db" not found` and `secrets=10` stay: checks read them.
 */
export function maskMessage(text: string): string {
  return untilStable(text, (before) =>
    common(before).replace(assignment, (all, name: string, sign: string, value: string) =>
      isSecretName(name) && !/^(?:count\/)?secrets$/i.test(name) ? name + sign + masked(value) : all,
    ),
  );
}

/** A command line, script or configuration snippet without the values of names and flags that are secret by custom. */
export function maskScript(text: string): string {
  return untilStable(text, maskOnce);
}

/** Applies a mask until it changes nothing more, so that what has passed passes again unchanged. */
export function untilStable(text: string, apply: (text: string) => string): string {
  let before = text;
  for (let round = 0; round < 8; round += 1) {
    const after = apply(before);
    if (after === before) return after;
    before = after;
  }
  return mask;
}

const hide = (name: string) => isSecretName(name) && !/^--?no-/.test(name);

function maskOnce(text: string): string {
  return common(text)
    .replace(assignment, (all, name: string, sign: string, value: string) =>
      hide(name) ? name + sign + masked(value) : all,
    )
    .replace(block, (all, name: string, sign: string) => (hide(name) ? name + sign + mask : all))
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
    .replace(header, (_all, kind: string, blank: string) => kind + blank + mask);
}

function masked(value: string): string {
  const quote = value.startsWith('"') || value.startsWith("'") ? value.charAt(0) : '';
  return quote + mask + quote;
}
