import { shareString } from './share.ts';
import { maskScript, untilStable } from './text.ts';
import { isSecretName, mask } from './words.ts';

/** Programs that take a password after `-p` (or `-a`), with or without a blank. */
const takesPassword =
  /(?:^|[\s/;&|('"])(?:mysql\w*|mysqladmin|mariadb[\w-]*|mongo\w*|sshpass|redis-cli|ldap\w+|htpasswd|rabbitmq\w*|sqlcmd|curl|wget|docker)(?:\s|$)/;
const shortFlag = /(^|\s)(-[paw])(\s*)("[^"]*"|'[^']*'|[^\s"'-][^\s"']*)/gi;
const userFlag = /(^|\s)(-u|--user|--auth|--basic-auth|--credentials?)([\s=]+)([^\s:"']+):([^\s"']+)/g;
const longest = 2_048;

/**
 * A container's `command` or `args`, or a hook's, with the values of password-like flags masked, be they in one argument or in the
 * next. `whole` is the whole command line, which tells the program. A script of pages is cut: its start tells enough.
 */
export function maskArguments(list: readonly unknown[], whole: string): readonly string[] {
  const short = takesPassword.test(whole);
  const result: string[] = [];
  let secretNext: 'no' | 'value' | 'user' = 'no';
  for (const item of list) {
    if (typeof item !== 'string') continue;
    if (secretNext === 'value' && !item.startsWith('--')) {
      result.push(mask);
      secretNext = 'no';
      continue;
    }
    result.push(shareString(secretNext === 'user' ? item.replace(/^([^:]+):.+$/s, `$1:${mask}`) : one(item, short)));
    secretNext = next(item, short);
  }
  return result;
}

/** Replicas repeat their arguments, and looking through one costs more than remembering it. */
const seen = { short: new Map<string, string>(), long: new Map<string, string>() };

function one(item: string, short: boolean): string {
  const known = short ? seen.short : seen.long;
  let kept = known.get(item);
  if (kept === undefined) {
    kept = masked(item, short);
    if (known.size >= 2_000) known.clear();
    if (item.length <= 256) known.set(item, kept);
  }
  return kept;
}

function masked(item: string, short: boolean): string {
  const cut = item.length > longest ? `${item.slice(0, longest - 1)}…` : item;
  return untilStable(cut, (before) => {
    const text = maskScript(before).replace(userFlag, `$1$2$3$4:${mask}`);
    return short ? text.replace(shortFlag, `$1$2$3${mask}`) : text;
  });
}

/** What the argument after this one is. */
function next(item: string, short: boolean): 'no' | 'value' | 'user' {
  if (/^(?:-u|--user|--auth|--basic-auth)$/.test(item)) return 'user';
  if (!/^--?[A-Za-z][\w.-]*$/.test(item)) return 'no';
  if (short && /^-[paw]$/i.test(item)) return 'value';
  return isSecretName(item) && !/^--?no-/.test(item) ? 'value' : 'no';
}
