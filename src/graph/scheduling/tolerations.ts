import type { Node, PodSpec } from '../../model/resources.ts';

export type Toleration = NonNullable<PodSpec['tolerations']>[number];
export type Taint = NonNullable<Node['spec']['taints']>[number];

/**
 * Whether a toleration matches a taint. An absent effect matches every effect, an absent key every key; no operator means Equal;
 * `Lt` and `Gt` (alpha since 1.35) compare whole numbers, the taint's value with the toleration's.
 * Source: k8s.io/api/core/v1/toleration.go.
 */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? '') !== '' && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? '') {
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    case 'Lt':
      return compare(taint.value, toleration.value) === -1;
    case 'Gt':
      return compare(taint.value, toleration.value) === 1;
    default:
      return false;
  }
}

/** Whether any of a pod's tolerations matches a taint. */
export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint));
}

/** The taints that keep a pod off a node: those of effect NoSchedule or NoExecute that it does not tolerate. */
export function untolerated(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[] | undefined,
): readonly Taint[] {
  return (taints ?? []).filter(
    (taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !tolerates(tolerations, taint),
  );
}

/** A taint as kubectl writes it: `dedicated=db:NoSchedule`. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`;
}

function compare(one: string | undefined, other: string | undefined): -1 | 0 | 1 | undefined {
  const left = wholeNumber(one);
  const right = wholeNumber(other);
  if (left === undefined || right === undefined) return undefined;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A number as a person writes it, without leading zeros or plus sign, within 64 bits. */
function wholeNumber(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
