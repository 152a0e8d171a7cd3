import { clusterRow } from './cluster-row.ts';
import { duration, earliest, millis } from '../graph/time.ts';
import type { GpuReport } from '../model/gpu-schema.ts';
import { bar, legendRows } from './gpu-bars.ts';
import { blank, layout, type Row, row, type Span, span } from './layout.ts';
import { jsonText } from './json-text.ts';

export interface GpuTextOptions {
  readonly columns?: number;
  readonly color?: boolean;
  /** Draw a bar for each kind of device of a node. */
  readonly bars?: boolean;
}

type GpuNode = GpuReport['nodes'][number];
type Device = GpuNode['devices'][number];
type Holder = GpuNode['holders'][number];

/** The accelerators of a cluster for a person at a terminal. */
export function renderGpuText(report: GpuReport, options: GpuTextOptions = {}): string {
  const { columns = 80, color = false, bars = false } = options;
  const { nodes, waiting } = report;
  const rows: readonly Row[] = [
    clusterRow(report),
    blank,
    ...(nodes.length === 0 ? noneRows(report) : totalRows(report)),
    ...nodes.flatMap((node) => [blank, ...nodeRows(node, report, bars)]),
    ...(bars ? legendRows(nodes) : []),
    ...(waiting.length === 0 ? [] : [blank, ...waitingRows(report)]),
    ...gapRows(report),
  ];
  return layout(rows, { columns: Math.min(120, Math.max(40, columns)), color });
}

/** The same as JSON, in the form of schema/gpu.json. */
export function renderGpuJson(report: GpuReport): string {
  return jsonText(report);
}

function noneRows({ looked, waiting, gaps }: GpuReport): readonly Row[] {
  const unseen = new Set(gaps.map(({ resource }) => resource));
  if (unseen.has('nodes') && looked.nodes === 0)
    return [
      row('', [span('Whether there are accelerators cannot be told:', 'warning'), ' no node could be seen.'], '  '),
    ];
  const seen = [
    `none of ${looked.nodes} ${looked.nodes === 1 ? 'node' : 'nodes'} offers one (status.capacity) or has a label that tells of one`,
    ...(unseen.has('resourceslices.resource.k8s.io') ? [] : ['no ResourceSlice lists one']),
    ...(waiting.length > 0 ? [] : [`none of ${looked.pods} pods waits for one`]),
  ];
  const where = unseen.size === 0 ? '' : ' in what could be seen';
  return [row('', [span(`No accelerators${where}: `, 'strong'), `${seen.join(', ')}.`], '  ')];
}

function totalRows({ totals }: GpuReport): readonly Row[] {
  if (totals.length === 0)
    return [row('', [span('No accelerators are offered', 'critical'), ', though labels tell of some.'], '  ')];
  return totals.map(({ resource, nodes, requested, allocatable, capacity, free, unhealthy, largestFree }) =>
    row(
      '',
      [
        span(resource, 'strong'),
        `: ${requested} of ${allocatable} held on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, `,
        span(`${free} free`, free > 0 ? 'good' : 'warning'),
        free > 0 && nodes > 1 ? ` (at most ${largestFree} on one node)` : '',
        ...(unhealthy > 0 ? [', ', span(`${unhealthy} of ${capacity} not given out`, 'critical')] : []),
      ],
      '  ',
    ),
  );
}

function nodeRows(node: GpuNode, report: GpuReport, bars: boolean): readonly Row[] {
  const { name, ready, cordoned, product, sharing, driver, cuda, silent, devices, holders } = node;
  const facts = [
    product,
    sharing,
    driver === undefined ? undefined : `driver ${driver}`,
    cuda === undefined ? undefined : `CUDA up to ${cuda}`,
  ].filter((fact) => fact !== undefined);
  const state: readonly Span[] = [
    ...(ready ? [] : [span('  not ready', 'critical')]),
    ...(cordoned ? [span('  cordoned', 'warning')] : []),
  ];
  const nothing =
    silent === undefined ? [] : [row('  ', [span('offers none', 'critical'), `, though it has the label ${silent}`])];
  return [
    row('', [span(name, 'strong'), ...state, facts.length === 0 ? '' : `  ${facts.join(', ')}`], '  '),
    ...nothing,
    ...devices.flatMap((device) => [
      deviceRow(device, holders, bars),
      ...holders
        .filter(
          ({ resource }) => resource === device.resource || (device.through === 'dra' && !isOffered(resource, devices)),
        )
        .map((holder) => holderRow(holder, report)),
    ]),
    ...holders
      .filter(({ resource }) => devices.length === 0 && resource !== '')
      .map((holder) => holderRow(holder, report)),
  ];
}

function isOffered(resource: string, devices: readonly Device[]): boolean {
  return devices.some((device) => device.resource === resource);
}

function deviceRow(device: Device, holders: readonly Holder[], bars: boolean): Row {
  const { resource, requested, allocatable, free, unhealthy, capacity, through } = device;
  return row(
    '  ',
    [
      resource,
      through === 'dra' ? ' (DRA)' : '',
      '  ',
      ...(bars ? [...bar(device, holders), '  '] : []),
      `${requested} of ${allocatable} held, `,
      span(`${free} free`, free > 0 ? 'good' : undefined),
      ...(unhealthy > 0 ? [', ', span(`${unhealthy} of ${capacity} not given out`, 'critical')] : []),
    ],
    '    ',
  );
}

function holderRow({ namespace, pod, owner, amount, state, runs, since }: Holder, report: GpuReport): Row {
  const name = `Pod ${namespace}/${pod}`;
  return row(
    '    ',
    [
      `${amount}  ${owner === name ? name : `${owner} (${pod})`}  `,
      span(state, runs ? undefined : 'warning'),
      span(ageText(since, report), 'dim'),
    ],
    '       ',
  );
}

/** Pods of one workload that wait for the same reason are told as one. */
function waitingRows(report: GpuReport): readonly Row[] {
  const groups = Map.groupBy(report.waiting, ({ owner, cause, why }) => `${owner} ${cause} ${why}`);
  const rows = [...groups.values()].flatMap((group): readonly Row[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { owner, asks, why, change } = first;
    const each = asks.map(({ resource, amount }) => `${amount} ${resource}`).join(' and ');
    const who =
      group.length === 1 ? `${owner} asks for ${each}` : `${group.length} pods of ${owner} ask for ${each} each`;
    const oldest = earliest(group.map(({ since }) => since));
    return [
      row('  ', [who, span(ageText(oldest, report), 'dim'), `: ${why}`], '    '),
      ...(change === undefined ? [] : [row('    ', [span('To let it run: ', 'dim'), change], '      ')]),
    ];
  });
  return [row('', [span('Waiting', 'strong')]), ...rows];
}

function gapRows({ gaps }: GpuReport): readonly Row[] {
  if (gaps.length === 0) return [];
  const texts = gaps.map(({ resource, reason }) => `${resource.split('.')[0]} (${reason})`);
  return [blank, row('', [span('Not seen: ', 'warning'), texts.join('; ')], '  ')];
}

function ageText(since: string | undefined, { takenAt }: GpuReport): string {
  const began = millis(since);
  const now = millis(takenAt);
  return began === undefined || now === undefined || began > now ? '' : `, for ${duration((now - began) / 1000)}`;
}
