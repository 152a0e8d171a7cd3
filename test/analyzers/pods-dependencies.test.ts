import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, event, object, type Patch, pod } from '../support/objects.ts';
import { links } from '../support/snapshot.ts';
import { app, conditions, crashing, over, unready } from './pods-support.ts';

const service = (name: string, clusterIP: string, port: number, selector: Patch = { app: 'db' }) =>
  object('services', name, { spec: { clusterIP, selector, ports: [{ port }] } });
const services = [
  service('shop/db', '10.96.4.4', 5432),
  service('data/kafka', 'None', 9092),
  service('kube-system/kube-dns', '10.96.0.10', 53, { 'k8s-app': 'kube-dns' }),
];
const said = (message: string) => crashing({ reason: 'Error', exitCode: 1, message });
const needed = (objects: readonly KubeObject[]) =>
  links(pods, [...services, ...objects]).flatMap((link) => / -> route Service (\S+)/.exec(link)?.[1] ?? []);

describe('what a container could not reach', () => {
  test.each([
    ['panic: dial tcp 10.96.4.4:5432: connect: connection refused', ['shop/db']],
    ['could not connect to db:5432', ['shop/db']],
    ['GET http://db.shop.svc.cluster.local:5432/x: i/o timeout', ['shop/db']],
    ['connection to server at "db" (10.96.4.4), port 5432 failed: Connection refused', ['shop/db']],
    ["Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)", ['shop/db']],
    ['could not translate host name "db" to address', ['shop/db']],
    ['Error: getaddrinfo ENOTFOUND db.shop', ['shop/db']],
    ['java.net.UnknownHostException: db', ['shop/db']],
    ['dial tcp: lookup kafka-0.kafka.data.svc.cluster.local: no such host', ['data/kafka']],
    ['kafka.data:9092: connection refused', ['data/kafka']],
    ['lookup x.example.com on 10.96.0.10:53: read: connection refused', ['kube-system/kube-dns']],
    ['Temporary failure in name resolution', ['kube-system/kube-dns']],
  ])('%s', (text, wanted) => {
    expect(needed([said(text)])).toEqual(wanted);
  });

  test.each([
    ['connected to db:5432, then out of memory', 'nothing could not be reached'],
    ['db:6379: connection refused', 'the Service has another port'],
    ['10.96.4.5:5432: connection refused', 'no Service has the address'],
    ['kafka:9092: connection refused', 'the Service is in another namespace'],
    ['lookup x.example.com on 10.0.0.2:53: no such host', 'another resolver, which answered'],
    ['the database refused the password', 'no Service is named'],
  ])('%s: %s', (text) => {
    expect(needed([said(text)])).toEqual([]);
  });

  test('is not the Service of the pod itself: members of a group look for each other', () => {
    const text = 'lookup db-1.db.shop.svc: no such host';
    const member = { metadata: { labels: { app: 'db' } } };
    expect(needed([crashing({ reason: 'Error', exitCode: 1, message: text }, member)])).toEqual([]);
    expect(needed([said(text)])).toEqual(['shop/db']);
  });

  test('counts for pods that are over, and for probes', () => {
    const terminated = { exitCode: 1, reason: 'Error', message: 'db:5432: connection refused', finishedAt: ago('5m') };
    const failed = over(undefined, undefined, {
      spec: { restartPolicy: 'Never' },
      status: { containerStatuses: [app({ terminated })] },
    });
    expect(needed([failed])).toEqual(['shop/db']);
    const one = unready(ago('40m'), { readinessProbe: { exec: { command: ['/ready'] } } });
    expect(needed([one, event(one, 'Unhealthy', 'Readiness probe failed: cannot connect to db:5432')])).toEqual([
      'shop/db',
    ]);
  });
});

describe('what an init container waits for', () => {
  const waits = (command: string[], patch: Patch = {}) =>
    pod('web-1', {
      spec: { initContainers: [{ name: 'wait', image: 'x', command }] },
      status: {
        phase: 'Pending',
        conditions: conditions({ Initialized: 'False', Ready: 'False' }, ago('40m')),
        initContainerStatuses: [
          {
            name: 'wait',
            image: 'x',
            ready: false,
            restartCount: 0,
            state: { running: { startedAt: ago('40m') } },
            ...patch,
          },
        ],
        containerStatuses: [app({ waiting: { reason: 'PodInitializing' } })],
      },
    });
  const down = {
    restartCount: 6,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago('3m'), finishedAt: ago('2m') } },
  };
  test.each<[string, string[], Patch, string[]]>([
    ['a script', ['sh', '-c', 'until nc -z db 5432; do sleep 2; done'], {}, ['shop/db']],
    ['arguments', ['/wait-for-it', 'db.shop.svc:5432'], {}, ['shop/db']],
    ['one that gives up', ['/wait-for-it', 'db:5432'], down, ['shop/db']],
    ['another port', ['/wait-for-it', 'db:6379'], {}, []],
    ['a word that happens to be a name', ['/migrate', '--verbose', 'db'], {}, []],
  ])('%s', (_, command, patch, wanted) => {
    expect(needed([waits(command, patch)])).toEqual(wanted);
  });
});
