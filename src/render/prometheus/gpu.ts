import type { Report } from '../../model/report.ts';
import { type Kept, keepFirst, most } from './bounds.ts';
import { distinct, type Gauge, type Sample, sum } from './exposition.ts';

type Gpu = NonNullable<Report['gpu']>;
type Node = Gpu['nodes'][number];
type Device = Node['devices'][number];

const amounts = [
  ['capacity', 'Accelerators that a node has registered'],
  ['allocatable', 'Accelerators of a node that are healthy'],
  ['requested', 'Accelerators of a node that pods hold'],
  ['free', 'Accelerators of a node that nobody holds'],
  ['unhealthy', 'Accelerators of a node that are not healthy'],
] as const;

/** The accelerators of nodes, by resource, and what waits for them. In very large clusters the nodes in trouble keep their names. */
export function gpuGauges({ gpu }: Report): { readonly gauges: readonly Gauge[]; readonly nodesLeftOut: number } {
  if (gpu === undefined) return { gauges: [], nodesLeftOut: 0 };
  const offering = gpu.nodes.filter(({ devices }) => devices.length > 0);
  const inTrouble = offering.filter(isInTrouble);
  const kept = keepFirst(
    [...inTrouble, ...offering].map(({ name }) => name),
    most.nodes,
  );
  const gaugeOf = (name: string, help: string, valueOf: (node: Node, device: Device) => number): Gauge => ({
    name: `mekhanikube_gpu_${name}`,
    help,
    samples: perDevice(offering, kept, valueOf),
  });
  return {
    gauges: [
      ...amounts.map(([name, help]) => gaugeOf(name, help, (_, device) => device[name])),
      gaugeOf('held_idle', 'Accelerators of a node held by pods that do not run: they do no work', idle),
      {
        name: 'mekhanikube_gpu_waiting',
        help: 'Accelerators that pods without a node ask for, by why they have none',
        samples: distinct(
          gpu.waiting.flatMap(({ asks, cause }) =>
            asks.map(({ resource, amount }) => ({ labels: { resource, cause }, value: amount })),
          ),
          sum,
        ),
      },
    ],
    nodesLeftOut: kept.left,
  };
}

function perDevice(
  nodes: readonly Node[],
  kept: Kept,
  valueOf: (node: Node, device: Device) => number,
): readonly Sample[] {
  const samples = nodes.flatMap((node) =>
    node.devices.map((device) => ({
      labels: { node: kept.as(node.name), resource: device.resource },
      value: valueOf(node, device),
    })),
  );
  return distinct(samples, sum);
}

function idle({ holders }: Node, { resource }: Device): number {
  return holders
    .filter((one) => one.resource === resource && !one.runs)
    .reduce((total, { amount }) => total + amount, 0);
}

function isInTrouble({ ready, holders, devices }: Node): boolean {
  return !ready || holders.some(({ runs }) => !runs) || devices.some(({ unhealthy }) => unhealthy > 0);
}
