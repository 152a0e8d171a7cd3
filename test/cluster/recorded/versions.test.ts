import { expect, test } from 'vitest';
import type { Resource } from '../../../src/model/resources.ts';
import { ago, deployment, object, template } from '../../support/objects.ts';
import { load } from './files.ts';

const meta = { name: 'x', namespace: 'shop', creationTimestamp: ago('1d') };
const backend = { serviceName: 'web', servicePort: 'http' };

test.each<[string, object, Resource, object]>([
  [
    'events.k8s.io/v1',
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: meta,
      regarding: { kind: 'Pod', name: 'p', namespace: 'shop' },
      note: 'no room',
      reason: 'FailedScheduling',
      deprecatedCount: 4,
      deprecatedLastTimestamp: ago('1m'),
      deprecatedFirstTimestamp: ago('2m'),
      deprecatedSource: { component: 'kubelet' },
      reportingController: 'default-scheduler',
    },
    'events',
    {
      apiVersion: 'v1',
      involvedObject: { name: 'p' },
      message: 'no room',
      count: 4,
      lastTimestamp: ago('1m'),
      firstTimestamp: ago('2m'),
      source: { component: 'kubelet' },
      reportingComponent: 'default-scheduler',
    },
  ],
  [
    'extensions Deployment',
    { ...deployment('shop/x'), apiVersion: 'extensions/v1beta1' },
    'deployments.apps',
    { apiVersion: 'apps/v1', kind: 'Deployment' },
  ],
  [
    'apps/v1beta2 DaemonSet',
    { apiVersion: 'apps/v1beta2', kind: 'DaemonSet', metadata: meta, spec: { template: template('x') } },
    'daemonsets.apps',
    { apiVersion: 'apps/v1' },
  ],
  [
    'batch/v1beta1 CronJob',
    {
      apiVersion: 'batch/v1beta1',
      kind: 'CronJob',
      metadata: meta,
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template('x') } } },
    },
    'cronjobs.batch',
    { apiVersion: 'batch/v1', spec: { schedule: '* * * * *' } },
  ],
  [
    'extensions Ingress',
    {
      apiVersion: 'extensions/v1beta1',
      kind: 'Ingress',
      metadata: meta,
      spec: {
        backend: { serviceName: 'all', servicePort: 80 },
        rules: [{ host: 'a', http: { paths: [{ path: '/', backend }] } }],
      },
    },
    'ingresses.networking.k8s.io',
    {
      apiVersion: 'networking.k8s.io/v1',
      spec: {
        defaultBackend: { service: { name: 'all', port: { number: 80 } } },
        rules: [
          {
            host: 'a',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'ImplementationSpecific',
                  backend: { service: { name: 'web', port: { name: 'http' } } },
                },
              ],
            },
          },
        ],
      },
    },
  ],
  [
    'autoscaling/v1',
    {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: {
        ...meta,
        annotations: { 'autoscaling.alpha.kubernetes.io/conditions': '[{"type":"ScalingActive","status":"False"}]' },
      },
      spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 80 },
    },
    'horizontalpodautoscalers.autoscaling',
    {
      apiVersion: 'autoscaling/v2',
      spec: {
        maxReplicas: 3,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
      status: { conditions: [{ type: 'ScalingActive', status: 'False' }] },
    },
  ],
  [
    'discovery v1beta1',
    {
      apiVersion: 'discovery.k8s.io/v1beta1',
      kind: 'EndpointSlice',
      metadata: meta,
      endpoints: [{ addresses: ['10.0.0.1'], topology: { 'kubernetes.io/hostname': 'n1' } }],
    },
    'endpointslices.discovery.k8s.io',
    { endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'n1' }] },
  ],
  [
    'policy/v1beta1',
    {
      apiVersion: 'policy/v1beta1',
      kind: 'PodDisruptionBudget',
      metadata: meta,
      spec: { selector: { matchLabels: { app: 'x' } } },
    },
    'poddisruptionbudgets.policy',
    { apiVersion: 'policy/v1' },
  ],
])('%s is read as the version of today', async (_name, raw, resource, expected) => {
  const loaded = await load(JSON.stringify(raw));
  expect(loaded.snapshot.list(resource).items).toMatchObject([expected]);
});

test.each<[string, object]>([
  [
    'a budget whose empty selector means nothing in v1beta1',
    { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata: meta, spec: { selector: {} } },
  ],
  ['a version of the future', { ...deployment('shop/x'), apiVersion: 'apps/v3' }],
  [
    'metrics of autoscaling/v2beta1',
    { ...object('horizontalpodautoscalers.autoscaling', 'shop/x', { spec: {} }), apiVersion: 'autoscaling/v2beta1' },
  ],
])('%s is not understood', async (_name, raw) => {
  const loaded = await load(`${JSON.stringify(raw)}${JSON.stringify(deployment('shop/y'))}`, {
    at: '2026-03-01T12:00:00Z',
  });
  expect(loaded.hints.join()).toMatch(
    /^1 object could not be understood: .* is of the version .*, which is not understood\.$/,
  );
  expect(loaded.stats.objects).toBe(1);
});
