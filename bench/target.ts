/** A server with a cluster on it, to measure against. */
export interface Target {
  readonly url: string;
  readonly kubeconfig: string;
  /** A folder for files, which goes with the server. */
  readonly folder: string;
  /** Lines of a curl configuration that make the server trusted and let curl in. */
  readonly curl: readonly string[];
  /** How kubectl is called; none where the server knows too little for it. */
  readonly kubectl?: { readonly command: string; readonly args: readonly string[] };
  /** The paths with their queries that the tool asked for since the last call: as many as it says. */
  taken(requests: number): Promise<readonly string[]>;
  close(): Promise<void>;
}
