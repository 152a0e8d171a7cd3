import type { Values } from './helm.ts';

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
/** What people set, by what they want. Nothing listens but on loopback. */
export const chartValues: Readonly<Record<string, Values>> = {
  'nothing at all': {},
  'a push gateway': { pushGateway: { url: 'http://pushgateway.monitoring:9091', group: { site: 'east' } } },
  'a push gateway behind TLS, with an authority and a token': {
    pushGateway: { url: 'https://push.example.com/gateway' },
    extraArgs: ['--push-ca-file', '/etc/push-ca/ca.crt'],
    extraEnv: [{ name: 'MEKHANIKUBE_PUSH_TOKEN', valueFrom: { secretKeyRef: { name: 'push', key: 'token' } } }],
    extraVolumes: [{ name: 'push-ca', configMap: { name: 'push-ca' } }],
    extraVolumeMounts: [{ name: 'push-ca', mountPath: '/etc/push-ca', readOnly: true }],
  },
  explanations: { ollama: { host: 'http://ollama.ollama:11434', model: 'qwen3:8b' } },
  'Secrets as well': { rbac: { secrets: true } },
  'two namespaces': { rbac: { namespaces: ['shop', 'default'], secrets: true } },
  watch: { mode: 'watch' },
  'watch, with all there is': {
    mode: 'watch',
    image: { repository: 'registry.example.com/tools/mekhanikube', digest, pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'registry' }],
    config: { severity: 'critical', ignore: [{ code: 'Pod*', namespace: 'sandbox-*', reason: 'nobody is "on call"' }] },
    serviceMonitor: { enabled: true, interval: '30s', labels: { release: 'prometheus' } },
    podAnnotations: { 'example.com/team': 'sre' },
    podLabels: { team: 'sre' },
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'tools', operator: 'Exists', effect: 'NoSchedule' }],
    serviceAccount: { annotations: { 'example.com/role': 'reader' } },
    networkPolicy: {
      apiServer: { to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [6443] },
      extraEgress: [{ ports: [{ port: 8080 }], to: [{ podSelector: {} }] }],
    },
    extraArgs: ['--severity', 'critical'],
    fullnameOverride: 'doctor',
  },
  'no policy, rights and account of others': {
    networkPolicy: { enabled: false },
    rbac: { create: false },
    serviceAccount: { create: false, name: 'default' },
  },
};
