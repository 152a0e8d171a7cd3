import type { KubeObject } from '../model/object.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { failedCreations } from './creations.ts';
import { gpuVendorOf } from './gpu-names.ts';
import type { GpuWaitReason } from './gpu-wait-reason.ts';
import { find, topOf } from './owners.ts';

/** A workload whose pods, which would ask for accelerators, a quota does not let be made. */
export interface GpuDenied extends GpuWaitReason {
  readonly object: KubeObject;
  readonly asks: ReadonlyMap<string, number>;
  readonly since: string | undefined;
}

/** Workloads that a ResourceQuota keeps from accelerators: extended resources are limited by `requests.NAME` alone. */
export function gpuDenied(snapshot: Snapshot): readonly GpuDenied[] {
  return failedCreations(snapshot).flatMap(({ object, text, denial, since }) => {
    if (denial.kind !== 'quota') return [];
    const requested = /requested: ([^:]{1,1000}), used: /.exec(text)?.[1] ?? '';
    const asks = new Map(
      [...requested.matchAll(/\brequests\.([\w./-]{1,253})=(\d{1,9})/g)].flatMap(([, resource = '', amount]) =>
        gpuVendorOf(resource) === undefined ? [] : [[resource, Number(amount)] as const],
      ),
    );
    if (asks.size === 0) return [];
    return [
      {
        object: find(snapshot, topOf(snapshot, object)) ?? object,
        asks,
        since,
        cause: 'quota',
        why: text,
        change: `raise the quota${denial.quota === undefined ? '' : ` ${denial.quota}`}, or end another pod of the namespace`,
      },
    ];
  });
}
