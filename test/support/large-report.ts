/** Reports as large as a cluster in a very bad state gives them, to see what they cost. */
import type { Evidence, Severity } from '../../src/model/finding.ts';
import type { Explanation, Report } from '../../src/model/report.ts';
import { aFinding, type FindingOptions, needs } from './findings.ts';
import { ago, now } from './objects.ts';
import { reportOf } from './report.ts';

const perGroup = 5;
const namespaces = 100;
const warnings: readonly Severity[] = ['warning', 'info'];

/**
 * A report of `count` problems: of each five, four are one incident with a chain from a Secret to an Ingress, and one stands alone.
 * They lie in a hundred namespaces. Beside them it has a node with GPUs for each fifty and a certificate for each twenty.
 */
export function largeReport(count: number): Report {
  const groups = Array.from({ length: Math.ceil(count / perGroup) }, (_, index) => groupOf(index));
  const report = reportOf(groups.flat().slice(0, count), {
    inventory: {
      gpu: {
        totals: [],
        nodes: Array.from({ length: Math.ceil(count / 50) }, (_, index) => gpuNode(index)),
        waiting: [],
      },
      certificates: Array.from({ length: Math.ceil(count / 20) }, (_, index) => certificate(index)),
    },
    gaps: [{ what: 'resource', name: 'secrets', reason: 'may not be listed (403)' }],
    hints: ['Grant list on secrets to see them.'],
    stats: {
      requests: 40,
      bytes: count * 2_000,
      objects: count * 2,
      analyzers: 15,
      codes: 228,
      resources: { pods: count },
    },
  });
  return { ...report, incidents: report.incidents.map((one) => ({ ...one, explanation })) };
}

function groupOf(index: number) {
  const at = (kind: string, name = `app-${index}`) => `${kind} team-${index % namespaces}/${name}`;
  const secret = at('Secret', `db-${index}`);
  return [
    told('SecretMissing', secret, 'does not exist, but Deployment app needs it', {
      breaks: ['start'],
      since: ago('2h'),
    }),
    told('DeploymentUnavailable', at('Deployment'), '0 of 3 replicas are available', {
      breaks: ['ready'],
      causes: [needs('start', secret)],
      members: ['a', 'b', 'c'].map((pod) => at('Pod', `app-${index}-${pod}`)),
    }),
    told('ServiceNoneReady', at('Service'), 'none of the 3 pods it selects is ready', {
      breaks: ['route'],
      causes: [needs('ready', at('Deployment'))],
    }),
    told('IngressBackendDown', at('Ingress'), `requests for backend app-${index}:80 fail`, {
      causes: [needs('route', at('Service'))],
    }),
    told('PodRestarts', at('Pod', `batch-${index}`), 'container work was restarted 12 times', {
      severity: warnings[index % warnings.length]!,
      since: ago('3d'),
    }),
  ];
}

function told(code: string, object: string, message: string, options: FindingOptions) {
  const finding = aFinding(code, object, options);
  const evidence: readonly Evidence[] = [
    { object: finding.object, path: 'status.conditions[0].reason', value: code, kind: 'field' },
    { object: finding.object, value: `Warning ${code}: ${message}, seen 17 times in 2h`, kind: 'event' },
  ];
  return { ...finding, message, evidence };
}

const explanation: Explanation = {
  source: 'runbook',
  cause:
    'Containers whose environment needs it stay in CreateContainerConfigError; running pods notice at their next start.',
  confidence: 'high',
  steps: [
    { phase: 'confirm', text: 'List those that exist (names only)', command: 'kubectl get secrets -n team' },
    {
      phase: 'fix',
      text: 'Create it from its source, or correct the name',
      command: 'kubectl edit deployment app -n team',
    },
  ],
  verified: true,
};

type GpuNode = NonNullable<Report['gpu']>['nodes'][number];
type Certificate = NonNullable<Report['certificates']>[number];

function gpuNode(index: number): GpuNode {
  const resource = 'nvidia.com/gpu';
  return {
    name: `gpu-${index}`,
    ready: true,
    cordoned: false,
    product: 'NVIDIA-A100-SXM4-80GB',
    devices: [
      {
        resource,
        vendor: 'nvidia',
        through: 'plugin',
        capacity: 8,
        allocatable: 8,
        requested: 4,
        free: 4,
        unhealthy: 0,
      },
    ],
    holders: Array.from({ length: 4 }, (_, pod) => ({
      namespace: `team-${index % namespaces}`,
      pod: `llm-${index}-${pod}`,
      owner: `Deployment team-${index % namespaces}/llm-${index}`,
      resource,
      amount: 1,
      state: 'running',
      runs: true,
      since: ago('2d'),
    })),
  };
}

function certificate(index: number): Certificate {
  const daysLeft = (index % 400) - 10;
  const namespace = `team-${index % namespaces}`;
  return {
    fingerprint: index.toString(16).padStart(64, '0'),
    subject: `CN=app-${index}`,
    names: [`app-${index}.example`, `www.app-${index}.example`],
    issuer: 'CN=local ca',
    issuedBy: [],
    authority: false,
    selfSigned: false,
    key: 'EC P-256',
    notBefore: ago('90d'),
    notAfter: new Date(Date.parse(now) + daysLeft * 86_400_000).toISOString().replace('.000Z', 'Z'),
    daysLeft,
    state: daysLeft < 0 ? 'expired' : daysLeft < 28 ? 'expiring' : 'ok',
    ...(daysLeft < 7 ? { severity: 'critical' } : daysLeft < 28 ? { severity: 'warning' } : {}),
    places: [{ object: { apiVersion: 'v1', kind: 'Secret', namespace, name: `tls-${index}` }, field: 'data[tls.crt]' }],
    users: [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace, name: `app-${index}` }],
  };
}
