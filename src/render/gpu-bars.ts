import type { GpuReport } from '../model/gpu-schema.ts';
import { blank, type Row, row, type Span, span } from './layout.ts';

type GpuNode = GpuReport['nodes'][number];
type Device = GpuNode['devices'][number];
type Holder = GpuNode['holders'][number];

const longestBar = 24;

/** What the cells of a bar stand for. */
const cells = {
  held: { sign: '█', style: 'strong', means: 'held' },
  idle: { sign: '▒', style: 'warning', means: 'held by a pod that does not run' },
  free: { sign: '░', style: 'good', means: 'free' },
  out: { sign: '×', style: 'critical', means: 'not given out' },
} as const;

type Cells = Readonly<Record<keyof typeof cells, number>>;

/** How many devices are held by pods at work, held idly, free, and not given out. */
function countsOf({ resource, allocatable, requested, unhealthy }: Device, holders: readonly Holder[]): Cells {
  const idle = holders
    .filter((one) => one.resource === resource && !one.runs)
    .reduce((sum, { amount }) => sum + amount, 0);
  const held = Math.min(requested, allocatable);
  const idly = Math.min(idle, held);
  return { held: held - idly, idle: idly, free: allocatable - held, out: unhealthy };
}

const kindsOfCell = ['held', 'idle', 'free', 'out'] as const;

/** One cell for each device, or for each share of many. */
export function bar(device: Device, holders: readonly Holder[]): readonly Span[] {
  const counts = countsOf(device, holders);
  const scale = Math.min(1, longestBar / device.capacity);
  return kindsOfCell
    .filter((kind) => counts[kind] > 0)
    .map((kind) => span(cells[kind].sign.repeat(Math.max(1, Math.round(counts[kind] * scale))), cells[kind].style));
}

/** What the signs of the bars mean; of those that are there. */
export function legendRows(nodes: readonly GpuNode[]): readonly Row[] {
  const all = nodes.flatMap(({ devices, holders }) => devices.map((device) => countsOf(device, holders)));
  const shown = kindsOfCell.filter((kind) => all.some((counts) => counts[kind] > 0));
  if (shown.length === 0) return [];
  return [blank, row('', [span(shown.map((kind) => `${cells[kind].sign} ${cells[kind].means}`).join('   '), 'dim')])];
}
