import { condition, type Evidence, field, millis, olderThan, quantity } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import { nodeLinks } from './links.ts';
import { siblings } from './replaced.ts';
import { after } from './text.ts';

/** Evictions of one controller within the window that are more than bad luck, though others run in their place. */
const manyEvictions = 3;

/** A pod that the kubelet evicted: its node was short of something, or the pod used more storage than it may. */
export function evictedFault(one: PodCase): PodDraft {
  const { pod } = one;
  const text = pod.status?.message ?? '';
  const since = evictedAt(one);
  const own = ownLimit(text);
  if (own !== undefined) {
    return draft(one, 'PodStorageLimitExceeded', {
      key: own.key,
      message: `evicted for using more than its own limit${after(text)}`,
      evidence: evidenceOf(one),
      since,
      values: values({ container: own.container, volume: own.volume, limit: own.limit }),
    });
  }
  const resource = /low on resource: ([a-z-]{1,40})/.exec(text)?.[1];
  const pressure = /had condition: \[([A-Za-z, ]{1,100})\]/.exec(text)?.[1];
  const node = pod.spec.nodeName ?? '';
  const short = resource ?? pressure;
  return draft(one, 'PodEvicted', {
    key: short ?? '',
    message: `evicted from node ${node}, which was short of ${short ?? 'a resource'}${usage(text)}`,
    evidence: evidenceOf(one),
    causes: nodeLinks(one),
    since,
    values: values({ node, shortage: short }),
  });
}

function evidenceOf({ pod }: PodCase): Evidence[] {
  return [
    field(pod, 'status.reason', pod.status?.reason ?? ''),
    ...(pod.status?.message === undefined ? [] : [field(pod, 'status.message', pod.status.message)]),
  ];
}

function evictedAt({ pod }: PodCase): string | undefined {
  const target = condition(pod, 'DisruptionTarget')?.lastTransitionTime;
  return (
    target ?? condition(pod, 'Ready')?.lastTransitionTime ?? pod.status?.startTime ?? pod.metadata.creationTimestamp
  );
}

/** Several pods of the controller were evicted a short while ago: the next will be too. */
export function keepsHappening(one: PodCase): boolean {
  if (one.pod.status?.reason !== 'Evicted') return false;
  const recent = [one.pod, ...siblings(one)].filter(
    (pod) =>
      pod.status?.reason === 'Evicted' &&
      millis(evictedAt({ ...one, pod })) !== undefined &&
      !olderThan(one.snapshot, evictedAt({ ...one, pod }), one.settings.recentRestart),
  );
  return recent.length >= manyEvictions;
}

interface OwnLimit {
  readonly key: string;
  readonly container?: string;
  readonly volume?: string;
  readonly limit?: string;
}

/** Messages of pkg/kubelet/eviction/helpers.go about what the pod itself used. */
function ownLimit(text: string): OwnLimit | undefined {
  const volume = /Usage of EmptyDir volume "([^"]{1,253})" exceeds the limit "([^"]{1,40})"/.exec(text);
  if (volume !== null) return { key: volume[1] ?? '', volume: volume[1] ?? '', limit: volume[2] ?? '' };
  const container = /Container (\S{1,253}) exceeded its local ephemeral storage limit "([^"]{1,40})"/.exec(text);
  if (container !== null) return { key: container[1] ?? '', container: container[1] ?? '', limit: container[2] ?? '' };
  const pod = /local storage usage exceeds the total limit of containers (\S{1,40})/.exec(text);
  return pod === null ? undefined : { key: '', limit: (pod[1] ?? '').replace(/\.$/, '') };
}

/** `Container app was using 2Gi, request is 1Gi, has larger consumption of memory.` in short. */
function usage(text: string): string {
  const match = /Container (\S{1,253}) was using (\w{1,20}), request is (\w{1,20})/.exec(text);
  if (match === null || quantity(match[2]) === undefined) return '';
  return `; container ${match[1]} used ${match[2]} and had requested ${match[3]}`;
}
