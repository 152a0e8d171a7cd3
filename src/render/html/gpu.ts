import { earliest } from '../../graph/time.ts';
import type { Report } from '../../model/report.ts';
import { type Html, html } from './escape.ts';
import { type Device, type Holder, type Lettered, barOf, barPatterns } from './gpu-bar.ts';
import { ageOf, count, whole } from './words.ts';

/** How many nodes are shown at once; the others are folded away. */
const shown = 12;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

type Gpu = NonNullable<Report['gpu']>;
type GpuNode = Gpu['nodes'][number];

/** The accelerators: totals, a bar for each kind of device of a node with its holders, and who waits. Nothing where there are none. */
export function gpuOf(report: Report): Html | undefined {
  const { gpu, takenAt } = report;
  if (gpu === undefined || gpu.nodes.length + gpu.waiting.length + gpu.totals.length === 0) return undefined;
  const nodes = gpu.nodes.map((node) => nodeOf(node, takenAt));
  const rest = nodes.slice(shown);
  return html`<section id="accelerators" aria-labelledby="accelerators-title">
    <h2 id="accelerators-title">Accelerators</h2>
    ${barPatterns} ${totalsOf(gpu)} ${waitingOf(gpu, takenAt)}
    ${nodes.length > 0 && html`<p class="legend"><span class="key held">at work</span> <span class="key idle">held, not at work</span> <span class="key free">free</span> <span class="key bad">not given out</span></p>`}
    <ul class="nodes">
      ${nodes.slice(0, shown)}
    </ul>
    ${
      rest.length > 0 &&
      html`<details class="rest">
        <summary>${count(rest.length, 'more node')}</summary>
        <ul class="nodes">
          ${rest}
        </ul>
      </details>`
    }
  </section>`;
}

function totalsOf({ totals }: Gpu): Html {
  if (totals.length === 0) return html`<p class="lead">No accelerators are offered.</p>`;
  return html`<ul class="totals">
    ${totals.map(
      ({ resource, nodes, requested, allocatable, capacity, free, unhealthy, largestFree }) =>
        html`<li>
          <b>${resource}</b> <span>${whole(requested)} of ${whole(allocatable)} held on ${count(nodes, 'node')}</span>
          <span>${whole(free)} free${free > 0 && ` (at most ${whole(largestFree)} on one node)`}</span>
          ${unhealthy > 0 && html`<span class="bad-text">${whole(unhealthy)} of ${whole(capacity)} not given out</span>`}
        </li>`,
    )}
  </ul>`;
}

function nodeOf(node: GpuNode, takenAt: string): Html {
  const { name, ready, cordoned, product, sharing, driver, cuda, silent, devices, holders } = node;
  const facts = [product, sharing, driver && `driver ${driver}`, cuda && `CUDA up to ${cuda}`].filter(Boolean);
  const offered = new Set(devices.map(({ resource }) => resource));
  // Claims of DRA name the class that was asked for, which is not always the driver's name.
  const held = devices.map((device) => ({
    device,
    own: lettered(
      holders.filter(
        ({ resource }) => resource === device.resource || (device.through === 'dra' && !offered.has(resource)),
      ),
    ),
  }));
  return html`<li class="gpu-node">
    <h3>
      ${name}${!ready && html` <span class="chip bad-text">not ready</span>`}${cordoned && html` <span class="chip">cordoned</span>`}
    </h3>
    ${facts.length > 0 && html`<p class="note">${facts.join(', ')}</p>`}
    ${silent !== undefined && html`<p><b class="bad-text">Offers none</b>, though it has the label ${silent}</p>`}
    ${held.map(({ device, own }) => deviceOf(device, own, takenAt))}
    ${devices.length === 0 && holders.length > 0 && holdersOf(lettered(holders), takenAt)}
  </li>`;
}

function lettered(holders: readonly Holder[]): readonly Lettered[] {
  return holders.map((holder, index) => ({ holder, letter: letters[index] ?? '' }));
}

function deviceOf(device: Device, holders: readonly Lettered[], takenAt: string): Html {
  const { resource, through, requested, allocatable, free, unhealthy, capacity } = device;
  return html`<div class="device">
    <p>
      <b>${resource}</b>${through === 'dra' && ' (DRA)'}
      <span
        >${whole(requested)} of ${whole(allocatable)} held, ${whole(free)}
        free${unhealthy > 0 && html`, <span class="bad-text">${whole(unhealthy)} of ${whole(capacity)} not given out</span>`}</span
      >
    </p>
    ${barOf(device, holders)} ${holdersOf(holders, takenAt)}
  </div>`;
}

function holdersOf(holders: readonly Lettered[], takenAt: string): Html | undefined {
  if (holders.length === 0) return undefined;
  return html`<ul class="holders">
    ${holders.map(({ letter, holder }) => {
      const { amount, owner, namespace, pod, state, runs, since } = holder;
      const age = ageOf(since, takenAt);
      return html`<li>
        <span class="letter">${letter}</span> <span class="amount">${whole(amount)}</span>
        <span class="who"
          ><b>${owner}</b>${owner !== `Pod ${namespace}/${pod}` && html` <span class="note">${pod}</span>`}</span
        >
        <span class="${runs ? 'state' : 'state idle-text'}">${state}${age !== undefined && html`, for ${age}`}</span>
      </li>`;
    })}
  </ul>`;
}

/** Pods of one workload that wait for the same reason are told as one. */
function waitingOf({ waiting }: Gpu, takenAt: string): Html | undefined {
  if (waiting.length === 0) return undefined;
  const groups = [...Map.groupBy(waiting, ({ owner, cause, why }) => JSON.stringify([owner, cause, why])).values()];
  return html`<div class="waiting">
    <h3>Waiting</h3>
    <ul>
      ${groups.map((group) => {
        const [first] = group;
        if (first === undefined) return undefined;
        const asks = first.asks.map(({ resource, amount }) => `${amount} ${resource}`).join(' and ');
        const age = ageOf(earliest(group.map(({ since }) => since)), takenAt);
        return html`<li>
          <p>
            <b>${first.owner}</b> asks for
            ${asks}${group.length > 1 && ` each, ${count(group.length, 'pod')}`}${age !== undefined && html` <span class="note">for ${age}</span>`}
          </p>
          <p>${first.why}</p>
          ${first.change !== undefined && html`<p><b>To let it run:</b> ${first.change}</p>`}
        </li>`;
      })}
    </ul>
  </div>`;
}
