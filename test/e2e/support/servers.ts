import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Json } from './api.ts';
import type { Cluster } from './cluster.ts';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Serves JSON on a loopback port until the cluster stops, with this certificate, else one of the cluster's authority.
 * @returns the port.
 */
export async function serve(
  cluster: Cluster,
  answer: (path: string, body: Json) => Promise<Json>,
  pair: Pair = cluster.ca.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']),
): Promise<number> {
  const { cert, key } = pair;
  const server = createServer({ cert, key }, (request, response) => {
    const reply = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const value = await answer(request.url ?? '/', text === '' ? undefined : JSON.parse(text));
      response.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value ?? {}));
    };
    reply().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cluster.onStop(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/**
 * A server behind an admission webhook, which allows everything, or behind an aggregated API, which serves nothing. It is reached through a
 * Service of type ExternalName, as the metrics API below. @returns its port.
 */
export function allowingWebhook(cluster: Cluster, pair: Pair): Promise<number> {
  return serve(
    cluster,
    async (path, body) =>
      body?.request === undefined
        ? { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: path.replace('/apis/', ''), resources: [] }
        : {
            apiVersion: 'admission.k8s.io/v1',
            kind: 'AdmissionReview',
            response: { uid: body.request.uid, allowed: true },
          },
    pair,
  );
}

/** A validating webhook that refuses every pod of some namespaces, with these words. */
export async function denyingWebhook(
  cluster: Cluster,
  {
    name,
    namespaceLabel,
    message,
  }: { name: string; namespaceLabel: Readonly<Record<string, string>>; message: string },
): Promise<void> {
  const port = await serve(cluster, async (_path, { request }) => ({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, allowed: false, status: { code: 403, message } },
  }));
  await cluster.api.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: name.split('.')[0] },
    webhooks: [
      {
        name,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        namespaceSelector: { matchLabels: namespaceLabel },
        clientConfig: {
          url: `https://127.0.0.1:${port}/validate`,
          caBundle: Buffer.from(cluster.ca.cert).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
    ],
  });
}

const metrics = '/apis/metrics.k8s.io/v1beta1';

/**
 * A metrics API in which every container uses the same. It is reached through a Service of type ExternalName, for which the API server
 * has to be started with `--enable-aggregator-routing=false`.
 */
export async function metricsServer(cluster: Cluster, { millicores }: { millicores: number }): Promise<void> {
  const { api } = cluster;
  const port = await serve(cluster, async (path) => {
    const { pathname, searchParams } = new URL(path, 'https://localhost');
    if (pathname === metrics) return discovery;
    const namespace = /\/namespaces\/([^/]+)\/pods$/.exec(pathname)?.[1];
    if (namespace === undefined) return undefined;
    const selector = encodeURIComponent(searchParams.get('labelSelector') ?? '');
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`);
    return {
      apiVersion: 'metrics.k8s.io/v1beta1',
      kind: 'PodMetricsList',
      metadata: {},
      items: pods.map((pod) => usage(pod, millicores)),
    };
  });
  const service = { name: 'metrics-server', namespace: 'kube-system' };
  await api.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: service,
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: 443 }] },
  });
  await api.apply({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { ...service, port },
    },
  });
}

const discovery = {
  apiVersion: 'v1',
  kind: 'APIResourceList',
  groupVersion: 'metrics.k8s.io/v1beta1',
  resources: [{ name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] }],
};

function usage({ metadata, spec }: Json, millicores: number): Json {
  const { name, namespace, labels } = metadata;
  return {
    metadata: { name, namespace, labels, creationTimestamp: new Date().toISOString() },
    timestamp: new Date().toISOString(),
    window: '30s',
    containers: spec.containers.map((one: Json) => ({
      name: one.name,
      usage: { cpu: `${millicores}m`, memory: '20Mi' },
    })),
  };
}
