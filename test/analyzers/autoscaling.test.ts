import { describe, expect, test } from 'vitest';
import analyzer from '../../analyzers/autoscaling/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, merge, object, type Patch } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';

const both = (one: Patch, other: Patch) => merge(one, other) as Patch;
const web = deployment('shop/web');

const hpa = (patch: Patch = {}, name = 'web') =>
  object(
    'horizontalpodautoscalers.autoscaling',
    `shop/${name}`,
    both(
      {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 2,
          maxReplicas: 5,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
          ],
        },
        status: { currentReplicas: 2, desiredReplicas: 2, conditions: [] },
      },
      patch,
    ),
  );

const told = (type: string, status: string, reason: string, message: string, since = '20m'): Patch => ({
  status: { conditions: [{ type, status, reason, message, lastTransitionTime: ago(since) }] },
});
const noApi =
  'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
const noRequest = 'failed to get cpu utilization: missing request for cpu in container app of Pod web-6d5f7c9b8-x';
const inactive = (since?: string) => told('ScalingActive', 'False', 'FailedGetResourceMetric', noApi, since);
const full = told(
  'ScalingLimited',
  'True',
  'TooManyReplicas',
  'the desired replica count is more than the maximum replica count',
);
const line = (severity: string, code: string) => [
  `${severity} HorizontalPodAutoscaler${code} HorizontalPodAutoscaler shop/web`,
];

describe('an autoscaler', () => {
  test.each<[string, KubeObject[], string[]]>([
    [
      'whose target is gone',
      [hpa(told('AbleToScale', 'False', 'FailedGetScale', 'deployments.apps "web" not found'))],
      line('critical', 'CannotScale'),
    ],
    [
      'that may not scale',
      [web, hpa(told('AbleToScale', 'False', 'FailedUpdateScale', 'forbidden'))],
      line('critical', 'CannotScale'),
    ],
    ['without a metrics API', [web, hpa(inactive())], line('warning', 'MetricsUnavailable')],
    [
      'whose target requests nothing',
      [web, hpa(told('ScalingActive', 'False', 'FailedGetResourceMetric', noRequest))],
      line('warning', 'RequestMissing'),
    ],
    [
      'that wants more than its maximum',
      [web, hpa(both(full, { status: { currentReplicas: 5 } }))],
      line('warning', 'AtMaximum'),
    ],
    [
      'with a rival: the younger is named',
      [web, hpa({ metadata: { creationTimestamp: ago('1h') } }), hpa({}, 'older')],
      line('warning', 'Conflict'),
    ],
    [
      'whose target is scaled to zero',
      [
        web,
        hpa(
          told(
            'ScalingActive',
            'False',
            'ScalingDisabled',
            'scaling is disabled since the replica count of the target is zero',
          ),
        ),
      ],
      line('info', 'Disabled'),
    ],
    ['that works', [web, hpa(told('ScalingActive', 'True', 'ValidMetricFound', ''))], []],
    ['just created', [web, hpa({ metadata: { creationTimestamp: ago('5s') }, status: undefined })], []],
    ['without metrics for a minute', [web, hpa(inactive('1m'))], []],
    [
      'that waits between two steps',
      [
        web,
        hpa(
          told(
            'AbleToScale',
            'False',
            'BackoffDownscale',
            'the time since the previous scale is still within the window',
          ),
        ),
      ],
      [],
    ],
    [
      'at its maximum for five minutes',
      [
        web,
        hpa(both(told('ScalingLimited', 'True', 'TooManyReplicas', 'x', '5m'), { status: { currentReplicas: 5 } })),
      ],
      [],
    ],
    ['of a fixed size', [web, hpa(both(full, { spec: { minReplicas: 5 }, status: { currentReplicas: 5 } }))], []],
    [
      'that rests at its minimum',
      [
        web,
        hpa(told('ScalingLimited', 'True', 'TooFewReplicas', 'the desired replica count is less than the minimum')),
      ],
      [],
    ],
    ['on its way to the maximum', [web, hpa(full)], []],
    [
      'beside one of another target',
      [web, hpa(), hpa({ spec: { scaleTargetRef: { name: 'db', kind: 'StatefulSet' } } }, 'db')],
      [],
    ],
    ['being deleted', [hpa(both(inactive(), { metadata: { deletionTimestamp: ago('1m') } }))], []],
  ])('%s', (_, objects, expected) => {
    expect(found(analyzer, objects)).toEqual(expected);
  });

  test('says whether its target exists only where that could be seen', () => {
    const one = hpa(told('AbleToScale', 'False', 'FailedGetScale', 'the server is busy.'));
    const message = (missing: Record<string, string>) => drafts(analyzer, snapshotOf([one], { missing }))[0]?.message;
    expect(message({})).toBe('its target Deployment shop/web does not exist');
    expect(message({ 'deployments.apps': 'forbidden' })).toBe(
      'it cannot scale Deployment shop/web (FailedGetScale): the server is busy',
    );
  });

  test.each<[string, Patch, KubeObject[], string]>([
    ['resource metrics', inactive(), [], 'APIService v1beta1.metrics.k8s.io'],
    [
      'the version that is registered',
      told('ScalingActive', 'False', 'FailedGetPodsMetric', 'x'),
      [
        object('apiservices.apiregistration.k8s.io', 'v1beta2.custom.metrics.k8s.io', {
          spec: { group: 'custom.metrics.k8s.io', version: 'v1beta2' },
        }),
      ],
      'APIService v1beta2.custom.metrics.k8s.io',
    ],
    [
      'external metrics',
      told('ScalingActive', 'False', 'FailedGetExternalMetric', 'x'),
      [],
      'APIService v1beta1.external.metrics.k8s.io',
    ],
    [
      'what it uses, where the reason does not say',
      told('ScalingActive', 'False', 'FailedComputeMetricsReplicas', 'x'),
      [],
      'APIService v1beta1.metrics.k8s.io',
    ],
  ])('is linked to the API of %s, and to its target', (_, patch, more, api) => {
    expect(links(analyzer, [web, hpa(patch), ...more])).toEqual([
      `HorizontalPodAutoscalerMetricsUnavailable -> measure ${api} (spec.metrics[].type)`,
      'HorizontalPodAutoscalerMetricsUnavailable -> ready Deployment shop/web (spec.scaleTargetRef)',
    ]);
  });
});

describe('what its message adds', () => {
  const service = (group: string) =>
    object('apiservices.apiregistration.k8s.io', `v1beta1.${group}`, { spec: { group, version: 'v1beta1' } });
  const message = (objects: KubeObject[], missing = {}) =>
    drafts(analyzer, snapshotOf([web, ...objects], { missing }))[0]?.message ?? '';

  test('that nothing serves the metrics', () => {
    expect(message([hpa(inactive())])).toMatch(
      /; no APIService serves metrics\.k8s\.io: metrics-server is not installed$/,
    );
    const external = told('ScalingActive', 'False', 'FailedGetExternalMetric', 'no metrics returned');
    expect(message([hpa(external)])).toMatch(/; no APIService serves external\.metrics\.k8s\.io$/);
  });

  test.each<[string, KubeObject[], Record<string, string>]>([
    ['it is served', [hpa(inactive()), service('metrics.k8s.io')], {}],
    ['APIServices cannot be seen', [hpa(inactive())], { 'apiservices.apiregistration.k8s.io': 'forbidden' }],
    ['the reason is another', [hpa(told('ScalingActive', 'False', 'InvalidSelector', 'x'))], {}],
  ])('not where %s', (_, objects, missing) => {
    expect(message(objects, missing)).not.toContain('APIService');
  });

  test('leads to the targets that share pods', () => {
    const text = 'pods by selector app=web are controlled by multiple HPAs: [shop/web shop/api shop/gone]';
    const shared = told('ScalingActive', 'False', 'AmbiguousSelector', text);
    const api = hpa({ spec: { scaleTargetRef: { name: 'api' } } }, 'api');
    expect(
      links(analyzer, [web, deployment('shop/api'), hpa(shared), api]).filter((one) => one.includes('message')),
    ).toEqual(
      ['api', 'web'].map(
        (name) =>
          `HorizontalPodAutoscalerMetricsUnavailable -> measure Deployment shop/${name} (status.conditions[type=ScalingActive].message)`,
      ),
    );
  });
});
