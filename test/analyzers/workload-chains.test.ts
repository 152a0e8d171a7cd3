import { expect, test } from 'vitest';
import controlPlane from '../../analyzers/control-plane/index.ts';
import admission from '../../analyzers/admission/index.ts';
import deployments from '../../analyzers/deployments/index.ts';
import nodes from '../../analyzers/nodes/index.ts';
import pods from '../../analyzers/pods/index.ts';
import workloads from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import {
  ago,
  deployment,
  event,
  merge,
  node,
  object,
  ownedBy,
  type Patch,
  pod,
  replicaSet,
  template,
} from '../support/objects.ts';
import { diagnose, story } from '../support/snapshot.ts';

const both = (one: Patch, other: Patch) => merge(one, other) as Patch;
const analyzers = [admission, controlPlane, deployments, nodes, pods, workloads];
const tell = (objects: readonly KubeObject[]) => story(diagnose(analyzers, objects));

const notReady = ['Initialized', 'PodScheduled'].map((type) => ({
  type,
  status: 'True',
  lastTransitionTime: ago('1h'),
}));
const crash: Patch = {
  status: {
    conditions: [...notReady, { type: 'Ready', status: 'False', lastTransitionTime: ago('30m') }],
    containerStatuses: [
      {
        name: 'app',
        ready: false,
        started: false,
        restartCount: 9,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago('2m'), finishedAt: ago('1m') } },
      },
    ],
  },
};
const lost: Patch = {
  status: { conditions: [...notReady, { type: 'Ready', status: 'False', lastTransitionTime: ago('20m') }] },
};
const silent = (name: string) =>
  node(name, {
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: ago('20m'),
        },
      ],
    },
  });
const conditions = (available: string, progressing: string, reason: string) => [
  { type: 'Available', status: available, lastTransitionTime: ago('25m') },
  { type: 'Progressing', status: progressing, reason, lastTransitionTime: ago('20m'), lastUpdateTime: ago('20m') },
];
const gone = { readyReplicas: 0, availableReplicas: 0, unavailableReplicas: 2 };

test('crashing pods are why a Deployment is not available', () => {
  const web = deployment('shop/web', {
    status: { ...gone, conditions: conditions('False', 'True', 'NewReplicaSetAvailable') },
  });
  const set = replicaSet(web);
  const objects = [
    web,
    set,
    node('n1'),
    pod('shop/web-a', both(ownedBy(set), crash)),
    pod('shop/web-b', both(ownedBy(set), crash)),
  ];
  expect(tell(objects)).toEqual([
    'critical PodCrashLoop Deployment shop/web [app]',
    '  critical DeploymentUnavailable Deployment shop/web',
  ]);
});

test('crashing pods of the new template are why a rollout is stuck', () => {
  const web = deployment('shop/web', {
    status: { replicas: 3, updatedReplicas: 1, conditions: conditions('True', 'False', 'ProgressDeadlineExceeded') },
  });
  const [old, fresh] = [replicaSet(web), replicaSet(web, 'new')];
  const objects = [
    web,
    old,
    fresh,
    node('n1'),
    pod('shop/web-a', ownedBy(old)),
    pod('shop/web-b', ownedBy(old)),
    pod('shop/web-c', both(ownedBy(fresh), crash)),
  ];
  expect(tell(objects)).toEqual([
    'critical PodCrashLoop Deployment shop/web [app]',
    '  critical DeploymentRolloutStuck Deployment shop/web',
  ]);
});

test('a silent node is the one root of all that it takes down', () => {
  const web = deployment('shop/web', {
    status: { ...gone, conditions: conditions('False', 'True', 'NewReplicaSetAvailable') },
  });
  const set = replicaSet(web);
  const agent = object('daemonsets.apps', 'kube-system/agent', {
    spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent') },
    status: { desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 1 },
  });
  const objects = [
    web,
    set,
    agent,
    silent('n1'),
    node('n2'),
    ...['web-a', 'web-b'].map((name) => pod(`shop/${name}`, both(ownedBy(set), lost))),
    pod('kube-system/agent-a', both(ownedBy(agent), lost)),
    pod('kube-system/agent-b', both(ownedBy(agent), { spec: { nodeName: 'n2' } })),
  ];
  const [root, ...symptoms] = tell(objects);
  expect(root).toBe('critical NodeUnreachable Node n1');
  expect(symptoms).toContain('  critical DeploymentUnavailable Deployment shop/web');
  expect(symptoms).toContain('  warning DaemonSetDegraded DaemonSet kube-system/agent');
  expect(symptoms.every((line) => line.startsWith('  '))).toBe(true);
});

test('pods refused by a quota are why a StatefulSet has none', () => {
  const set = object('statefulsets.apps', 'shop/db', {
    spec: { replicas: 1, selector: { matchLabels: { app: 'db' } }, template: template('db') },
    status: { replicas: 0, readyReplicas: 0, availableReplicas: 0 },
  });
  const denied =
    'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2';
  const lines = tell([set, event(set, 'FailedCreate', denied, { source: { component: 'statefulset-controller' } })]);
  expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(1);
  expect(lines.at(-1)).toBe('  critical StatefulSetUnavailable StatefulSet shop/db');
});

test('a failing container is why a Job of a CronJob failed', () => {
  const owner = object('cronjobs.batch', 'shop/nightly', {
    spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: template('nightly') } } },
    status: { lastScheduleTime: ago('50m'), lastSuccessfulTime: ago('1d') },
  });
  const job = object(
    'jobs.batch',
    'shop/nightly-1',
    both(ownedBy(owner), {
      metadata: { creationTimestamp: ago('50m') },
      spec: { template: template('nightly'), backoffLimit: 0 },
      status: {
        failed: 1,
        conditions: [
          { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago('45m') },
        ],
      },
    }),
  );
  const ended = { state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago('46m') } } };
  const one = pod(
    'shop/nightly-1-a',
    both(ownedBy(job), {
      spec: { restartPolicy: 'Never' },
      status: {
        phase: 'Failed',
        conditions: [],
        containerStatuses: [{ name: 'app', ready: false, restartCount: 0, ...ended }],
      },
    }),
  );
  const lines = tell([owner, job, one, node('n1')]);
  expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(1);
  expect(lines.join('\n')).toContain('critical JobFailed CronJob shop/nightly');
});

test('a dead controller manager is why a change is not acted on', () => {
  const lease = object('leases.coordination.k8s.io', 'kube-system/kube-controller-manager', {
    spec: { holderIdentity: 'n1_x', renewTime: ago('30m'), leaseDurationSeconds: 15 },
  });
  const scheduler = object('leases.coordination.k8s.io', 'kube-system/kube-scheduler', {
    spec: { holderIdentity: 'n1_y', renewTime: ago('2s'), leaseDurationSeconds: 15 },
  });
  const web = deployment('shop/web', {
    metadata: { generation: 2, managedFields: [{ time: ago('10m'), fieldsV1: { 'f:spec': {} } }] },
  });
  const lines = tell([lease, scheduler, web, replicaSet(web), node('n1')]);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toBe('  critical DeploymentNotObserved Deployment shop/web');
});
