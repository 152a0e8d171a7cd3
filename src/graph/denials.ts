/** Why the API server did not create a pod, as its message tells. */
export type Denial =
  | { readonly kind: 'quota'; readonly quota?: string; readonly needsRequests: boolean }
  | { readonly kind: 'limitRange'; readonly bounds: readonly Bound[] }
  | { readonly kind: 'podSecurity'; readonly level: string; readonly violations: string }
  | { readonly kind: 'webhookFailure'; readonly webhook: string }
  | { readonly kind: 'webhook'; readonly webhook: string }
  | { readonly kind: 'policy'; readonly policy: string; readonly binding: string }
  | { readonly kind: 'missing'; readonly resource: Missing; readonly name: string }
  | { readonly kind: 'passing' }
  | { readonly kind: 'other' };

type Missing = 'serviceaccounts' | 'priorityclasses.scheduling.k8s.io' | 'runtimeclasses.node.k8s.io';

/** A limit of a LimitRange that a pod does not keep: `maximum memory usage per Container is 256Mi`. */
export interface Bound {
  readonly bound: 'min' | 'max' | 'maxLimitRequestRatio';
  readonly resource: string;
  readonly type: string;
  readonly value: string;
}

/**
 * Classifies the message of a failed creation (event FailedCreate, condition ReplicaFailure). The texts are those of the admission
 * plugins in the API server: ResourceQuota, LimitRanger, PodSecurity, ServiceAccount, Priority, RuntimeClass, webhooks and policies.
 */
export function denialOf(message: string): Denial {
  const text = message.slice(0, longest);
  for (const read of readers) {
    const denial = read(text);
    if (denial !== undefined) return denial;
  }
  return { kind: 'other' };
}

/**
 * The message without what differs from try to try or says nothing: `(combined from similar events): Error creating: pods
 * "web-6d5f7-x2x4z" is forbidden: exceeded quota ...` becomes `exceeded quota ...`.
 */
export function denialText(message: string): string {
  let text = message.slice(0, longest).trim();
  for (const prefix of prefixes) text = text.replace(prefix, '');
  return text.replaceAll(/\s+/g, ' ').replace(/[.\s]+$/, '');
}

/** Events are cut at 1 kB and conditions at 32 kB: what matters is at the beginning. */
const longest = 4_000;

const prefixes = [
  /^\(combined from similar events\): /,
  /^Error creating: /,
  /^create (?:Pod|Claim) .{1,600}? failed error: /,
  /^Internal error occurred: /,
  /^\S+ "[^"]*" is forbidden: /,
];

type Reader = (message: string) => Denial | undefined;

/** What a webhook or a policy says is text of its own, so these come first: it may quote any of the others. */
const readers: readonly Reader[] = [
  (message) => {
    const webhook = first(/failed calling (?:admission )?webhook "([^"]+)"/, message);
    return webhook === undefined ? undefined : { kind: 'webhookFailure', webhook };
  },
  (message) => {
    const webhook = first(/admission webhook "([^"]+)" denied the request/, message);
    return webhook === undefined ? undefined : { kind: 'webhook', webhook };
  },
  (message) => {
    const match = /AdmissionPolicy '([^']+)' with binding '([^']+)' denied request/.exec(message);
    return match === null ? undefined : { kind: 'policy', policy: match[1] ?? '', binding: match[2] ?? '' };
  },
  (message) => {
    const match = /violates PodSecurity "([^"]+)": (.*)$/s.exec(message);
    return match === null ? undefined : { kind: 'podSecurity', level: match[1] ?? '', violations: match[2] ?? '' };
  },
  (message) => {
    const exceeded = first(/(?:exceeded quota|status unknown for quota): ([^\s,:]+)/, message);
    if (exceeded !== undefined) return { kind: 'quota', quota: exceeded, needsRequests: false };
    const failed = first(/failed quota: ([^\s,:]+): must specify /, message);
    if (failed !== undefined) return { kind: 'quota', quota: failed, needsRequests: true };
    return message.includes('insufficient quota to consume') ? { kind: 'quota', needsRequests: false } : undefined;
  },
  (message) => missing('serviceaccounts', /serviceaccount "([^"]+)" not found/, message),
  (message) => missing('priorityclasses.scheduling.k8s.io', /no PriorityClass with name (\S+) was found/, message),
  (message) =>
    missing('runtimeclasses.node.k8s.io', /runtimeclass(?:es\.node\.k8s\.io)? "([^"]+)" not found/i, message),
  (message) => {
    const bounds = boundsIn(message);
    return bounds.length === 0 ? undefined : { kind: 'limitRange', bounds };
  },
  (message) =>
    /already exists|object is being deleted|because it is being terminated/.test(message)
      ? { kind: 'passing' }
      : undefined,
];

function first(pattern: RegExp, message: string): string | undefined {
  return pattern.exec(message)?.[1];
}

function missing(resource: Missing, pattern: RegExp, message: string): Denial | undefined {
  const name = first(pattern, message);
  return name === undefined ? undefined : { kind: 'missing', resource, name };
}

function boundsIn(message: string): readonly Bound[] {
  const usages = message.matchAll(/\b(minimum|maximum) (\S+) usage per (\w+) is ([^\s,\]]+)/g);
  const ratios = message.matchAll(/(\S{1,400}) max limit to request ratio per (\w+) is ([^\s,\]]+)/g);
  return [
    ...[...usages].map(([, which, resource = '', type = '', value = '']) => ({
      bound: which === 'minimum' ? ('min' as const) : ('max' as const),
      resource,
      type,
      value: value.replace(/\.$/, ''),
    })),
    ...[...ratios].map(([, resource = '', type = '', value = '']) => ({
      bound: 'maxLimitRequestRatio' as const,
      resource: resource.replace(/^\[/, ''),
      type,
      value,
    })),
  ];
}
