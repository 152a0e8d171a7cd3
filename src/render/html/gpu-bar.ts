import type { GpuReport } from '../../model/gpu-schema.ts';
import { type Html, html } from './escape.ts';
import type { Frozen } from '../../model/frozen.ts';

type GpuNode = Frozen<GpuReport['nodes'][number]>;
export type Device = GpuNode['devices'][number];
export type Holder = GpuNode['holders'][number];

/** Up to how many devices each is drawn as a cell of its own. */
const mostCells = 32;

/** A holder and the letter that stands for it in the bar; without a letter where the bar has no room to show it. */
export interface Lettered {
  readonly letter: string;
  readonly holder: Holder;
}

interface Part {
  readonly amount: number;
  readonly look: 'held' | 'idle' | 'free' | 'bad';
  readonly letter: string;
  readonly label: string;
}

/** Patterns that the bars use, once for a page: what is held in vain and what is not given out differ by more than colour. */
export const barPatterns: Html = html`<svg class="defs" aria-hidden="true" focusable="false">
  <defs>
    <pattern id="idle" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="under" width="7" height="7" />
      <rect class="over" width="3" height="7" />
    </pattern>
    <pattern id="bad" width="8" height="8" patternUnits="userSpaceOnUse">
      <rect class="under" width="8" height="8" />
      <path class="over" d="M1.5 1.5l5 5m0-5l-5 5" />
    </pattern>
  </defs>
</svg>`;

/** The devices of a node as a bar: one block for each holder, then what is free, then what is not given out. */
export function barOf(device: Device, holders: readonly Lettered[]): Html {
  const { allocatable, requested } = device;
  const total = Math.max(device.capacity, allocatable);
  const held = Math.min(requested, allocatable);
  let left = held;
  const taken = holders.map(({ letter, holder }): Part => {
    const amount = Math.min(holder.amount, left);
    left -= amount;
    return {
      amount,
      look: holder.runs ? 'held' : 'idle',
      letter,
      label: `${holder.amount} held by ${holder.owner}, ${holder.state}`,
    };
  });
  const parts: readonly Part[] = [
    ...taken,
    { amount: left, look: 'held', letter: '', label: `${left} held` },
    { amount: allocatable - held, look: 'free', letter: '', label: `${allocatable - held} free` },
    { amount: total - allocatable, look: 'bad', letter: '', label: `${total - allocatable} not given out` },
  ];
  return html`<svg class="bar" aria-hidden="true" focusable="false">
    ${blocks(parts, total)}${total <= mostCells && lines(total)}
  </svg>`;
}

function blocks(parts: readonly Part[], total: number): readonly Html[] {
  let start = 0;
  return parts
    .filter(({ amount }) => amount > 0)
    .map(({ amount, look, letter, label }) => {
      const x = start;
      start += amount;
      const wide = amount / total >= 0.03;
      return html`<g
        ><title>${label}</title
        ><rect
          class="${look}"
          x="${percent(x, total)}"
          width="${percent(amount, total)}"
          height="100%"
        />${letter !== '' && wide && html`<text x="${percent(x + amount / 2, total)}" y="50%">${letter}</text>`}</g
      >`;
    });
}

/** Between the devices. */
function lines(total: number): readonly Html[] {
  return Array.from({ length: total - 1 }, (_, index) => {
    const x = percent(index + 1, total);
    return html`<line x1="${x}" x2="${x}" y1="0" y2="100%" />`;
  });
}

function percent(part: number, total: number): string {
  return `${Math.round((part / total) * 10_000) / 100}%`;
}
