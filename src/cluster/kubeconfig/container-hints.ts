import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

const run = 'docker compose run --rm';

/** How to read a file from inside a container that its owner alone may read. @param uid as which the process runs. */
export async function ownerHint(file: string, uid: number | undefined): Promise<string> {
  const owner = await stat(file).then(
    (found) => found.uid,
    () => undefined,
  );
  const who =
    owner === undefined || uid === undefined ? '' : `It belongs to UID ${owner} and this runs as UID ${uid}. `;
  // Without a daemon that is root (rootless Docker, Podman) UID 0 in the container is the user outside.
  const self = owner === 0 ? '0:0' : '"$(id -u):$(id -g)"';
  return `${who}Run it as yourself: ${run} --user ${self} mekhanikube ...`;
}

/** How to have a kubeconfig in a container. */
export const mountHint = `Mount it: docker run --volume "$HOME/.kube/config:/kube/config:ro" --env KUBECONFIG=/kube/config ..., or docker compose, which does.`;

/**
 * How to bring files into a container that a kubeconfig names: the mounts, or a kubeconfig that holds them. Paths of Windows cannot be
 * mounted where a Linux program would find them.
 */
export function filesHint(files: readonly string[]): string {
  const flatten = 'kubectl config view --raw --flatten > kubeconfig.flat, where it comes from, and mount that one';
  if (files.some((file) => windowsPath(file) !== undefined)) return `Put the files into the kubeconfig: ${flatten}.`;
  const mounts = foldersOf(files).map((folder) => `--volume ${quote(`${folder}:${folder}:ro`)}`);
  return `Mount them: ${run} ${mounts.join(' ')} mekhanikube ...; or put them into the kubeconfig: ${flatten}.`;
}

/** The path as Windows wrote it, where a kubeconfig of Windows is read here: it looks like a relative one. */
export function windowsPath(file: string): string | undefined {
  return /(?:^|\/)([A-Za-z]:[\\/].*|\\\\.*)$/s.exec(file)?.[1];
}

/** The folders that hold all of the files, none within another. */
function foldersOf(files: readonly string[]): readonly string[] {
  const folders = [...new Set(files.map((file) => file.slice(0, -basename(file).length - 1) || '/'))].sort();
  return folders.filter(
    (folder) => !folders.some((other) => other !== folder && folder.startsWith(other.replace(/\/?$/, '/'))),
  );
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What prints the bare token that a credential plugin would make. */
const tokenCommands: Readonly<Record<string, string>> = {
  aws: 'aws eks get-token --cluster-name NAME --query status.token --output text',
  'aws-iam-authenticator': 'aws-iam-authenticator token -i NAME --token-only',
  'gke-gcloud-auth-plugin': 'gcloud auth print-access-token',
  // The application of which every AKS cluster with Entra ID is an instance: azure.github.io/kubelogin, "AKS AAD Server App".
  kubelogin:
    'az account get-access-token --resource 6dae42f8-4368-4678-94ff-3960e28e3630 --query accessToken --output tsv',
};

/**
 * What to do where a credential plugin is not in the image: its token can come from outside. The plugin's arguments are not repeated,
 * for they may hold a secret.
 */
export function pluginHint(command: string): string {
  const name = basename(command.replaceAll('\\', '/')).replace(/\.exe$/i, '');
  const known = Object.hasOwn(tokenCommands, name) ? tokenCommands[name] : undefined;
  const token = known ?? `${quote(name)} ARGUMENTS | jq -r .status.token`;
  const where = known === undefined ? ', with the ARGUMENTS of users[].user.exec.args' : '';
  return `Have it make a token outside${where}: ${run} --env MEKHANIKUBE_TOKEN="$(${token})" mekhanikube ...`;
}
