import { access } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import type { Choice } from './choose.ts';
import { filesHint, windowsPath } from './container-hints.ts';
import type { Pem } from './types.ts';

/**
 * Sees to it that the files which a cluster and its user need are in this container, and names all that are not at once.
 * @param insecure the cluster's certificate authority is not needed; @param token nor is anything of the user's.
 * @throws UserError `bad-kubeconfig` with the mount that brings them in.
 */
export async function requireMounted(
  { cluster, clusterName, user, userName = '' }: Choice,
  { insecure, token }: { readonly insecure: boolean; readonly token: boolean },
): Promise<void> {
  const users = user === undefined || token ? [] : [user];
  const named = [
    ...(insecure ? [] : fileOf(cluster.ca, `certificate-authority of cluster "${clusterName}"`)),
    ...users.flatMap((one) => [
      ...fileOf(one.certificate, `client-certificate of user "${userName}"`),
      ...fileOf(one.key, `client-key of user "${userName}"`),
      // A token in the kubeconfig stands in for a file that cannot be read.
      ...(one.tokenFile === undefined || one.token !== undefined
        ? []
        : [{ file: one.tokenFile, what: `tokenFile of user "${userName}"` }]),
    ]),
  ];
  const found = await Promise.all(named.map(({ file }) => exists(file)));
  const missing = named.filter((_, index) => found[index] === false);
  if (missing.length === 0) return;
  const list = missing.map(({ what, file }) => `${what}: ${windowsPath(file) ?? file}`).join('; ');
  throw new UserError('bad-kubeconfig', `the kubeconfig names files that are not in this container (${list})`, {
    hint: filesHint(missing.map(({ file }) => file)),
  });
}

function fileOf({ data, file }: Pem, what: string): readonly { file: string; what: string }[] {
  return data !== undefined || file === undefined ? [] : [{ file, what }];
}

/** False only where it is certain: what may not be looked at is said by whoever reads it. */
async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
