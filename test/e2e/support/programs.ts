/** Where the parts of one control plane listen. */
export interface Ports {
  readonly etcd: number;
  readonly peer: number;
  readonly api: number;
}

/** The flags of each program; paths are relative to the cluster's folder, where they run. */
export const flags = {
  etcd: ({ etcd, peer }: Ports) => [
    '--name=default',
    '--data-dir=etcd',
    `--listen-client-urls=http://127.0.0.1:${etcd}`,
    `--advertise-client-urls=http://127.0.0.1:${etcd}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
    `--quota-backend-bytes=${8 * 1024 ** 3}`,
    '--log-level=warn',
  ],
  apiServer: ({ etcd, api }: Ports) => [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${api}`,
    // Outside loopback, which it refuses; nobody dials it.
    '--advertise-address=192.0.2.1',
    '--endpoint-reconciler-type=none',
    '--cert-dir=pki',
    '--tls-cert-file=pki/apiserver.crt',
    '--tls-private-key-file=pki/apiserver.key',
    '--client-ca-file=pki/ca.crt',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-signing-key-file=pki/service-accounts.key',
    '--service-account-key-file=pki/service-accounts.key',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--requestheader-client-ca-file=pki/ca.crt',
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--proxy-client-cert-file=pki/front-proxy.crt',
    '--proxy-client-key-file=pki/front-proxy.key',
    // Calls to the Services of webhooks and aggregated APIs go by their endpoints: no cluster address exists here.
    '--enable-aggregator-routing',
    '--kubelet-client-certificate=pki/kubelet-client.crt',
    '--kubelet-client-key=pki/kubelet-client.key',
    '--audit-policy-file=audit-policy.yaml',
    '--audit-log-path=audit.log',
    '--event-ttl=8760h',
    '--allow-privileged',
    '--profiling=false',
  ],
  manager: (leaderElect: boolean) => [
    '--kubeconfig=manager.kubeconfig',
    '--secure-port=0',
    `--leader-elect=${leaderElect}`,
    '--use-service-account-credentials',
    '--service-account-private-key-file=pki/service-accounts.key',
    '--root-ca-file=pki/ca.crt',
    '--cluster-signing-cert-file=pki/ca.crt',
    '--cluster-signing-key-file=pki/ca.key',
    '--kube-api-qps=2000',
    '--kube-api-burst=4000',
    '--horizontal-pod-autoscaler-sync-period=5s',
    '--profiling=false',
  ],
  scheduler: (leaderElect: boolean) => [
    '--kubeconfig=scheduler.kubeconfig',
    '--secure-port=0',
    `--leader-elect=${leaderElect}`,
    '--kube-api-qps=2000',
    '--kube-api-burst=4000',
    '--profiling=false',
  ],
  kwok: (config: string) => [
    '--kubeconfig=kwok.kubeconfig',
    `--config=${config}`,
    '--manage-all-nodes',
    '--node-lease-duration-seconds=40',
    '--node-ip=10.0.0.1',
  ],
};

export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
`;
