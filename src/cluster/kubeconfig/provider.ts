import { UserError } from '../../errors.ts';

/** What came in the place of the auth providers that kubectl no longer has. */
const successors: Readonly<Record<string, string>> = {
  gcp: 'Install gke-gcloud-auth-plugin, then fetch the kubeconfig anew with gcloud container clusters get-credentials.',
  azure: 'Install kubelogin, then convert the kubeconfig with kubelogin convert-kubeconfig.',
};

/** The error for an auth-provider other than oidc. */
export function unsupportedProvider(name: string, user: string): UserError {
  return new UserError(
    'bad-kubeconfig',
    `user "${user}" has the auth-provider "${name}", which kubectl no longer has either`,
    {
      hint: successors[name] ?? 'Use an exec plugin instead.',
    },
  );
}
