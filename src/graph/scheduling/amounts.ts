import { quantity, quantityText } from '../quantity.ts';

/**
 * Amounts by resource name in the units the scheduler counts in: thousandths of a CPU, whole bytes, whole devices. Numbers are
 * exact up to 2^53, which is 9 PB. Source: pkg/scheduler/framework/types.go, Resource.
 */
export type Amounts = ReadonlyMap<string, number>;

/** Exact amounts in nano units, for sums that are rounded once, at their end. */
export type Exact = Map<string, bigint>;

type Quantities = Readonly<Record<string, string>>;

const nanosPerUnit = (resource: string) => (resource === 'cpu' ? 1_000_000n : 1_000_000_000n);

/** Reads a resource list; entries that are not quantities are left out. */
export function exact(list: Quantities | undefined): Exact {
  const result: Exact = new Map();
  for (const [resource, text] of Object.entries(list ?? {})) {
    const value = quantity(text);
    if (value !== undefined) result.set(resource, value);
  }
  return result;
}

/** Adds `more` to `sum`, in place. */
export function add(sum: Exact, more: Exact): void {
  for (const [resource, value] of more) sum.set(resource, (sum.get(resource) ?? 0n) + value);
}

/** Raises `sum` to `floor` where that is greater, in place. */
export function raise(sum: Exact, floor: Exact): void {
  for (const [resource, value] of floor) {
    const known = sum.get(resource);
    if (known === undefined || value > known) sum.set(resource, value);
  }
}

/** Rounds up to the scheduler's units, as `MilliValue` and `Value` do. */
export function rounded(amounts: Exact): Amounts {
  const result = new Map<string, number>();
  for (const [resource, nano] of amounts) {
    const unit = nanosPerUnit(resource);
    const whole = nano >= 0n ? (nano + unit - 1n) / unit : nano / unit;
    result.set(resource, Number(whole));
  }
  return result;
}

/** A resource list in the scheduler's units. */
export function amountsOf(list: Quantities | undefined): Amounts {
  return rounded(exact(list));
}

/** An amount as Kubernetes writes it: `500m` of cpu, `1.5Gi` of memory, `2` devices. */
export function amountText(resource: string, amount: number): string {
  const nano = BigInt(Math.abs(amount)) * nanosPerUnit(resource);
  return `${amount < 0 ? '-' : ''}${quantityText(resource, nano)}`;
}
