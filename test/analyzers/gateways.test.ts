import { describe, expect, test } from 'vitest';
import ingresses from '../../analyzers/ingresses/index.ts';
import services from '../../analyzers/services/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, merge, object, type Patch } from '../support/objects.ts';
import { diagnose, drafts, found, snapshotOf, story } from '../support/snapshot.ts';

const cond = (type: string, status: string, reason: string, patch: Patch = {}): Patch => ({
  type,
  status,
  reason,
  message: `words about ${reason}.`,
  lastTransitionTime: ago('1h'),
  observedGeneration: 2,
  ...patch,
});
const gateway = (conditions: readonly Patch[], patch: Patch = {}) =>
  object(
    'gateways.gateway.networking.k8s.io',
    'web',
    merge(
      {
        metadata: { generation: 2, creationTimestamp: ago('2h') },
        spec: { gatewayClassName: 'eg', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
        status: { conditions },
      },
      patch,
    ) as Patch,
  );
const accepted = cond('Accepted', 'True', 'Accepted');
const untouched = cond('Accepted', 'Unknown', 'Pending', { lastTransitionTime: '1970-01-01T00:00:00Z' });
const listener = (...conditions: readonly Patch[]): Patch => ({
  status: { listeners: [{ name: 'http', conditions }] },
});
const noAddress = cond('Programmed', 'False', 'AddressNotAssigned');

type Row = readonly [title: string, objects: readonly KubeObject[], expected: readonly string[]];

describe('Gateways', () => {
  const critical = ['critical GatewayNotProgrammed Gateway shop/web'];
  const warning = ['warning GatewayNotProgrammed Gateway shop/web'];

  test.each<Row>([
    ['nobody has looked at it', [gateway([untouched])], critical],
    ['no status at all', [gateway([])], critical],
    ['refused', [gateway([cond('Accepted', 'False', 'InvalidParameters')])], critical],
    ['not set up', [gateway([accepted, cond('Programmed', 'False', 'NoResources')])], critical],
    ['without an address', [gateway([accepted, noAddress])], warning],
    [
      'a listener that is not taken',
      [gateway([accepted], listener(cond('Accepted', 'False', 'PortUnavailable')))],
      ['warning GatewayNotProgrammed Gateway shop/web [http]'],
    ],
    [
      'a listener for routes that it cannot have',
      [gateway([accepted], listener(cond('ResolvedRefs', 'False', 'InvalidRouteKinds')))],
      ['warning GatewayNotProgrammed Gateway shop/web [http]'],
    ],
    ['quiet: all is well', [gateway([accepted, cond('Programmed', 'True', 'Programmed')], listener(accepted))], []],
    [
      'quiet: an older controller never says Programmed',
      [gateway([accepted, cond('Programmed', 'Unknown', 'Pending')])],
      [],
    ],
    ['quiet: just made', [gateway([untouched], { metadata: { creationTimestamp: ago('1m') } })], []],
    ['quiet: being deleted', [gateway([untouched], { metadata: { deletionTimestamp: ago('1m') } })], []],
    ['quiet: about an earlier spec', [gateway([cond('Accepted', 'False', 'Invalid', { observedGeneration: 1 })])], []],
    [
      'quiet: no address since a minute',
      [gateway([accepted, cond('Programmed', 'False', 'AddressNotAssigned', { lastTransitionTime: ago('1m') })])],
      [],
    ],
    [
      'quiet: certificates are told elsewhere',
      [
        gateway(
          [accepted, cond('Programmed', 'False', 'Invalid')],
          listener(cond('ResolvedRefs', 'False', 'InvalidCertificateRef')),
        ),
      ],
      [],
    ],
    [
      'quiet: a listener whose certificate is told elsewhere',
      [gateway([accepted], listener(cond('Accepted', 'False', 'InvalidCertificateRef')))],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(found(ingresses, objects)).toEqual(expected);
  });

  test('the message has the controller’s words', () => {
    const [message] = drafts(ingresses, snapshotOf([gateway([accepted, noAddress])])).map((one) => one.message);
    expect(message).toBe('its controller cannot set it up: AddressNotAssigned: words about AddressNotAssigned');
  });

  test.each<[string, Patch]>([
    ['the standard label', { 'gateway.networking.k8s.io/gateway-name': 'web' }],
    [
      'Envoy Gateway’s labels',
      { 'gateway.envoyproxy.io/owning-gateway-name': 'web', 'gateway.envoyproxy.io/owning-gateway-namespace': 'shop' },
    ],
  ])('a Service without an address is the root: %s', (_, labels) => {
    const service = object('services', 'shop/gw', {
      metadata: { labels },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });
    const told = story(diagnose([ingresses, services], [gateway([accepted, noAddress]), service]));
    expect(told[0]).toBe('critical ServiceLoadBalancerPending Service shop/gw');
    expect(told).toContain('  warning GatewayNotProgrammed Gateway shop/web');
  });

  test('another Gateway’s Service is none of it', () => {
    const service = object('services', 'other/gw', {
      metadata: { labels: { 'gateway.networking.k8s.io/gateway-name': 'web' } },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });
    expect(story(diagnose([ingresses, services], [gateway([accepted, noAddress]), service]))).toContain(
      'warning GatewayNotProgrammed Gateway shop/web',
    );
  });
});
