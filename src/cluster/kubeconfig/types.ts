/** A piece of PEM text, given in place (base64) or as a file. What is given in place wins, as with kubectl. */
export interface Pem {
  readonly data?: string;
  readonly file?: string;
}

export interface ClusterEntry {
  readonly server?: string;
  readonly serverName?: string;
  readonly insecure: boolean;
  readonly ca: Pem;
  readonly proxy?: string;
  /** False where the kubeconfig says `disable-compression`. */
  readonly compress: boolean;
  /** What the extension `client.authentication.k8s.io/exec` holds: passed on to exec plugins, never read. */
  readonly execConfig?: unknown;
}

/** A program that makes credentials. */
export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly interactive: 'Never' | 'IfAvailable' | 'Always';
  readonly provideCluster: boolean;
}

export interface UserEntry {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly certificate: Pem;
  readonly key: Pem;
  readonly as?: string;
  readonly asUid?: string;
  readonly asGroups: readonly string[];
  readonly asExtra: Readonly<Record<string, readonly string[]>>;
  readonly exec?: ExecEntry;
  readonly provider?: { readonly name: string; readonly config: Readonly<Record<string, string>> };
}

export interface ContextEntry {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** One kubeconfig file, or several merged. Paths in it are absolute. */
export interface Kubeconfig {
  readonly currentContext?: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}
