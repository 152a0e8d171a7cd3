import { UserError } from '../../errors.ts';
import type { UserEntry } from './types.ts';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/**
 * The headers that ask the API server to treat the request as another user's. Flags override what the kubeconfig says. All of
 * them are sent or none: a group or uid left out would give other rights than those asked for.
 * @throws UserError `bad-impersonation` for groups, uid or extra without a user, which the API server refuses.
 */
export function impersonation(
  user: UserEntry | undefined,
  flags: { as?: string; asGroup?: readonly string[] },
): Headers {
  const as = flags.as ?? user?.as;
  const groups = flags.asGroup !== undefined && flags.asGroup.length > 0 ? flags.asGroup : (user?.asGroups ?? []);
  const extra = Object.entries(user?.asExtra ?? {});
  if (as === undefined) {
    if (groups.length === 0 && user?.asUid === undefined && extra.length === 0) return {};
    throw new UserError('bad-impersonation', 'a group, uid or extra is to be impersonated, but no user', {
      hint: 'Add --as USER (or `as:` in the kubeconfig).',
    });
  }
  return {
    'impersonate-user': headerValue(as),
    ...(user?.asUid === undefined ? {} : { 'impersonate-uid': headerValue(user.asUid) }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.map(headerValue) }),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`impersonate-extra-${headerName(key)}`, values.map(headerValue)]),
    ),
  };
}

/** Names go over the wire as UTF-8, byte by byte, as kubectl sends them. */
function headerValue(value: string): string {
  if (/\p{Cc}/u.test(value)) {
    throw new UserError('bad-impersonation', 'a name to be impersonated holds control characters', {
      hint: 'Check --as and --as-group, and `as` in the kubeconfig.',
    });
  }
  return Buffer.from(value).toString('latin1');
}

/** Keys may hold any text; what a header name cannot hold is percent-encoded, byte by byte, as the API server expects. */
function headerName(key: string): string {
  return [...Buffer.from(key.toLowerCase())]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[\w!#$&'*+.^`|~-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
