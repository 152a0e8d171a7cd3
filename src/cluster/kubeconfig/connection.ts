import type { Credentials } from './credentials.ts';
import type { Headers } from './impersonation.ts';

/** All that is needed to talk to one API server as one user. */
export interface Connection {
  /** The cluster's name in the kubeconfig, `in-cluster` inside a pod. */
  readonly name: string;
  /** Where the API server is: scheme, host, port and path prefix, without a slash at the end. */
  readonly server: string;
  readonly context?: string;
  /** The user's name in the kubeconfig. */
  readonly user?: string;
  /** The namespace to read where only one may be read: the context's, else `default`. */
  readonly namespace: string;
  readonly ca?: string;
  readonly insecure: boolean;
  /** The name that the server's certificate must be for, where it is not the host's. */
  readonly serverName?: string;
  readonly proxy?: URL;
  /** The machine to connect to in place of the server's host, or of the proxy's where there is one; all else stays as the URL says. */
  readonly dial?: { readonly name: string; readonly address: string };
  /** The client certificate that the kubeconfig itself holds, PEM. */
  readonly clientCertificate?: string;
  readonly compress: boolean;
  readonly impersonation: Headers;
  readonly credentials: Credentials;
}
