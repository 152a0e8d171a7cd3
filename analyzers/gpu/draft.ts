import { type CauseLink, type Evidence, field, gpuVendorNames, ref, type Severity } from '../../src/kit.ts';
import { type GpuCase, type NodeDraft, resourceOfVendor } from './case.ts';
import type { Code } from './codes.ts';

/** "offers no nvidia.com/gpu", with what it has and what its status says. */
export function offeredText(one: GpuCase): string {
  const { offers, hardware, vendor } = one;
  const has = hardware === undefined ? '' : `has a GPU of ${gpuVendorNames[vendor]} but `;
  const gone = offers.find(({ capacity }) => capacity > 0);
  if (gone !== undefined) return `offers 0 of ${gone.capacity} ${gone.resource}`;
  return `${has}offers no ${resourceOfVendor(one)}${offers.length > 0 ? ' any more' : ''}`;
}

interface Told {
  readonly shared: string;
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly causes: readonly CauseLink[];
  readonly values: Readonly<Record<string, string>>;
  readonly since?: string;
}

/** A draft about the node of a case, with what its labels and its status say of the devices. */
export function told(one: GpuCase, code: Code, severity: Severity, rest: Told): NodeDraft {
  const { node, hardware, offers } = one;
  const { shared, text, evidence, since, ...fields } = rest;
  return {
    shared,
    draft: {
      code,
      object: ref(node),
      key: one.vendor,
      severity,
      message: text,
      evidence: [
        ...(hardware === undefined ? [] : [field(node, `metadata.labels['${hardware.label}']`, hardware.value)]),
        ...(offers.length === 0
          ? [field(node, `status.allocatable['${resourceOfVendor(one)}']`, 'absent')]
          : offers.flatMap(({ resource, capacity, allocatable }) => [
              field(node, `status.capacity['${resource}']`, String(capacity)),
              field(node, `status.allocatable['${resource}']`, String(allocatable)),
            ])),
        ...evidence,
      ],
      ...fields,
      values: { node: node.metadata.name, extendedResource: resourceOfVendor(one), ...fields.values },
      ...(since === undefined ? {} : { since }),
    },
  };
}
