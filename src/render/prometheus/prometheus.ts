import type { Report } from '../../model/report.ts';
import { certificateGauges } from './certificates.ts';
import { distinct, exposition, type Gauge, plain, sum } from './exposition.ts';
import { gpuGauges } from './gpu.ts';
import { problemGauges } from './problems.ts';

/** The labels that the metrics have: what is added to all of them must have another name. */
export const metricLabels: ReadonlySet<string> = new Set(
  'authority cause code field kind kubernetes_version managed name namespace node resource severity source state subject version what'.split(
    ' ',
  ),
);

const kindsOfGaps = ['resource', 'namespace', 'analyzer', 'explanation'] as const;

/**
 * The report as gauges, for a push gateway, the text files of a node exporter, or a scrape. The names are stable. No series is made of
 * what has no bound: of objects only nodes with accelerators and places of certificates, of which large clusters show a part and
 * `mekhanikube_left_out` the rest.
 */
export function renderPrometheus(report: Report): string {
  const { gauges: problems, namespacesLeftOut } = problemGauges(report);
  const { gauges: certificates, certificatesLeftOut } = certificateGauges(report);
  const { gauges: gpu, nodesLeftOut } = gpuGauges(report);
  const left = { namespaces: namespacesLeftOut, nodes: nodesLeftOut, certificates: certificatesLeftOut };
  return exposition([
    ...problems,
    ...certificates,
    ...gpu,
    {
      name: 'mekhanikube_left_out',
      help: 'What has no series of its own, for there is too much of it; namespaces and nodes are summed up as _other',
      samples: Object.entries(left).map(([what, value]) => ({ labels: { what }, value })),
    },
    ...runGauges(report),
  ]);
}

/** What is said of the run itself: when, how long, how much was seen. */
function runGauges({ gaps, complete, stale, stats, takenAt, tool, cluster }: Report): readonly Gauge[] {
  return [
    plain('mekhanikube_complete', 'Whether all that was to be seen was seen', complete ? 1 : 0),
    {
      name: 'mekhanikube_coverage_gaps',
      help: 'What could not be seen',
      samples: kindsOfGaps.map((what) => ({
        labels: { what },
        value: gaps.filter((gap) => gap.what === what).length,
      })),
    },
    plain(
      'mekhanikube_last_success_timestamp_seconds',
      'When the cluster was as told here',
      Date.parse(takenAt) / 1_000,
    ),
    plain('mekhanikube_stale', 'Whether the cluster could not be read again since then', stale === undefined ? 0 : 1),
    ...(stats.seconds === undefined
      ? []
      : [plain('mekhanikube_scan_duration_seconds', 'How long it took to read and judge the cluster', stats.seconds)]),
    {
      name: 'mekhanikube_objects',
      help: 'Objects that were looked at',
      samples: distinct(
        Object.entries(stats.resources).map(([resource, value]) => ({ labels: { resource }, value })),
        sum,
      ),
    },
    plain('mekhanikube_api_requests', 'Requests to the API server that the run took', stats.requests),
    plain('mekhanikube_read_bytes', 'Bytes that were read', stats.bytes),
    info('mekhanikube_build_info', 'The version of the program', { version: tool.version }),
    info('mekhanikube_cluster_info', 'The cluster that was looked at', {
      name: cluster.name,
      kubernetes_version: cluster.version ?? '',
      source: cluster.source,
    }),
  ];
}

function info(name: string, help: string, labels: Readonly<Record<string, string>>): Gauge {
  return { name, help, samples: [{ labels, value: 1 }] };
}
