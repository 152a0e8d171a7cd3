import { computed, type Draft, field, groupBy, type Node, ref } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type NodeDraft, nodeDraft, type NodeSettings, type NodeSnapshot } from './node-case.ts';

/** The minor of a version such as `v1.30.4-gke.1`; undefined where it is not one of Kubernetes 1. */
function minorOf(version: string | undefined): number | undefined {
  const match = /^v?1\.(\d{1,3})(\D|$)/.exec(version ?? '');
  return match === null ? undefined : Number(match[1]);
}

/**
 * True for a node that stands for machines elsewhere (virtual-kubelet, Liqo, Admiralty): the version that it tells is its own program's.
 */
function isVirtual({ metadata, spec, status }: Node): boolean {
  const { labels = {} } = metadata;
  const keys = [...Object.keys(labels), ...(spec.taints ?? []).map(({ key }) => key)];
  return (
    labels['type'] === 'virtual-kubelet' ||
    labels['liqo.io/type'] === 'virtual-node' ||
    keys.some((key) => key.startsWith('virtual-kubelet.io/')) ||
    /-vk-/.test(status?.nodeInfo?.kubeletVersion ?? '')
  );
}

/** The version of the API server: what it says itself, else what its pods run, the oldest of them. */
function serverVersionOf(snapshot: NodeSnapshot): string | undefined {
  if (minorOf(snapshot.serverVersion) !== undefined) return snapshot.serverVersion;
  const images = snapshot
    .list('pods', 'kube-system')
    .items.filter(({ metadata }) => metadata.labels?.['component'] === 'kube-apiserver')
    .flatMap(({ spec }) =>
      spec.containers.flatMap(({ image }) => /\/kube-apiserver:(v1\.[\w.+-]+)/.exec(image ?? '')?.[1] ?? []),
    );
  return images.sort((one, other) => (minorOf(one) ?? 0) - (minorOf(other) ?? 0))[0];
}

/**
 * Kubelets that are newer than the API server, or more minors older than it supports: three, and two for kubelets before 1.25.
 * Source: the version skew policy of Kubernetes.
 */
export function* skew(snapshot: NodeSnapshot, settings: NodeSettings): Iterable<NodeDraft> {
  const serverVersion = serverVersionOf(snapshot);
  const server = minorOf(serverVersion);
  if (server === undefined) return;
  for (const node of snapshot.list('nodes').items) {
    const version = node.status?.nodeInfo?.kubeletVersion;
    const minor = minorOf(version);
    if (minor === undefined || isVirtual(node)) continue;
    const newer = minor > server;
    if (!newer && server - minor <= (minor >= 25 ? 3 : 2)) continue;
    const than = newer
      ? `newer than the API server (${serverVersion})`
      : `${server - minor} minor versions older than the API server (${serverVersion})`;
    yield nodeDraft({ snapshot, settings, node }, 'NodeVersionSkew', {
      message: `kubelet ${version} is ${than}, which is not supported`,
      reason: `${minor}`,
      shared: `have kubelet 1.${minor}, ${than}, which is not supported`,
      evidence: [
        field(node, 'status.nodeInfo.kubeletVersion', version),
        computed(node, `the API server is ${serverVersion}`),
      ],
    });
  }
}

/** Kubelets of several minor versions: normal during an upgrade, worth knowing after it. */
export function* mixed(snapshot: NodeSnapshot): Iterable<Draft<Code>> {
  const nodes = snapshot.list('nodes');
  const real = nodes.items.filter((node) => !isVirtual(node));
  const minors = groupBy(real, (node: Node) => minorOf(node.status?.nodeInfo?.kubeletVersion));
  const [lowest, ...others] = [...minors].sort(([one], [other]) => one - other);
  const [first] = lowest?.[1] ?? [];
  if (!nodes.complete || lowest === undefined || first === undefined || others.length === 0) return;
  const counts = [lowest, ...others].map(([minor, all]) => `${all.length} of 1.${minor}`);
  yield {
    code: 'NodeVersionsMixed',
    object: ref(first),
    message: `kubelets of several minor versions: ${counts.join(', ')}`,
    evidence: [lowest, ...others].flatMap(([, all]) =>
      all
        .slice(0, 1)
        .map((node) => field(node, 'status.nodeInfo.kubeletVersion', node.status?.nodeInfo?.kubeletVersion)),
    ),
    members: lowest[1].map((node) => ref(node)),
  };
}
