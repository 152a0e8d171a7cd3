import type { Report } from '../../src/model/report.ts';
import { largeReport } from './large-report.ts';
import { goldenReports } from './recorded-report.ts';

type Gpu = NonNullable<Report['gpu']>;

const resource = 'nvidia.com/gpu';

/** A report that has something in every part: incidents, accelerators, certificates, a baseline, what is ignored, gaps; and it is stale. */
export async function fullReport(): Promise<Report> {
  const { broken, incomplete } = await goldenReports();
  const { gpu, certificates = [] } = largeReport(500);
  const { resolved } = incomplete.baseline!;
  return {
    ...incomplete,
    status: broken.status,
    summary: { ...broken.summary, suppressed: incomplete.summary.suppressed },
    incidents: [...broken.incidents, ...incomplete.incidents].map(explainedByModel),
    problems: [...broken.problems, ...incomplete.problems],
    baseline: {
      ...incomplete.baseline!,
      unseen: resolved.map((one) => ({ ...one, why: 'services may not be listed' })),
    },
    gpu: { totals, nodes: [...nodes, ...gpu!.nodes], waiting },
    certificates: certificates.map((one) => ({
      ...one,
      notAfter: new Date(Date.parse(incomplete.takenAt) + one.daysLeft * 86_400_000).toISOString(),
      renewal: { by: 'Certificate shop/web', at: '2026-12-01T00:00:00Z' },
    })),
    stale: { since: '2026-11-21T16:20:00Z', reason: 'connection refused' },
  };
}

function explainedByModel(incident: Report['incidents'][number]): Report['incidents'][number] {
  const { explanation, root } = incident;
  const steps = explanation.steps.map((step) => ({ ...step, effect: 'changes' as const }));
  const citations = [{ problem: root, evidence: 0 }];
  return {
    ...incident,
    explanation: { ...explanation, source: 'model', model: 'm:1b', verified: false, steps, citations },
  };
}

const device = { resource, vendor: 'nvidia', through: 'plugin' } as const;

const nodes: Gpu['nodes'] = [
  {
    name: 'gpu-mixed',
    ready: false,
    cordoned: true,
    product: 'NVIDIA-A100-SXM4-80GB',
    driver: '570.26.00',
    devices: [{ ...device, capacity: 8, allocatable: 7, requested: 5, free: 2, unhealthy: 1 }],
    holders: [
      {
        namespace: 'ml',
        pod: 'notes-1',
        owner: 'Deployment ml/notes',
        resource,
        amount: 1,
        state: 'ImagePullBackOff',
        runs: false,
      },
      { namespace: 'ml', pod: 'llm-1', owner: 'Deployment ml/llm', resource, amount: 4, state: 'running', runs: true },
    ],
  },
  { name: 'gpu-silent', ready: true, cordoned: false, silent: 'nvidia.com/gpu.present=true', devices: [], holders: [] },
];

const totals: Gpu['totals'] = [
  {
    resource,
    through: 'plugin',
    nodes: 1,
    capacity: 8,
    allocatable: 7,
    requested: 5,
    free: 2,
    unhealthy: 1,
    largestFree: 2,
  },
];

const waiting: Gpu['waiting'] = [
  {
    namespace: 'ml',
    pod: 'train-1',
    owner: 'Deployment ml/train',
    asks: [{ resource, amount: 4 }],
    cause: 'fragmented',
    why: '2 nvidia.com/gpu are free on node gpu-mixed, and it asks for 4',
    change: 'free 2 nvidia.com/gpu on gpu-mixed',
  },
];
