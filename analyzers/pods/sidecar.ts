import { age, controllerOf, duration, field, latest } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, values } from './case.ts';
import type { ContainerView } from './containers.ts';

/** Names and images of containers that serve others and never end by themselves. */
const names =
  /(?:^|[-_])(?:proxy|proxyv2|sidecar|envoy|agent|daprd|tunnel|exporter|syncer)(?:$|[-_0-9])|^(?:fluent|vault|cloudsql|cloud-sql)/;
const images =
  /istio\/proxyv2|linkerd|envoyproxy|cloud-?sql-?proxy|cloudsql-docker|daprd|consul-dataplane|vault|fluent-?bit|cloudflared/;

/**
 * A pod that is meant to end (`restartPolicy` Never or OnFailure): its work is done, but an ordinary container that serves as a
 * sidecar runs on, so the pod, and its Job, never complete. Native sidecars (init containers) do not have this fault.
 */
export function sidecarFaults(one: PodCase): readonly PodDraft[] {
  const { pod, snapshot, settings } = one;
  if (pod.status?.phase !== 'Running' || (pod.spec.restartPolicy ?? 'Always') === 'Always') return [];
  const apps = one.containers.filter(({ role }) => role === 'app');
  const running = apps.filter(({ status }) => status?.state?.running !== undefined);
  const done = apps.filter(({ status }) => status?.state?.terminated?.exitCode === 0);
  if (running.length === 0 || done.length === 0 || running.length + done.length < apps.length) return [];
  if (!running.every(servesOthers) || done.every(servesOthers)) return [];
  const since = latest(done.map(({ status }) => status?.state?.terminated?.finishedAt));
  const lasted = age(snapshot, since);
  if (lasted === undefined || lasted < settings.sidecarGrace) return [];
  const owner = controllerOf(pod)?.kind ?? 'pod';
  return running.map((sidecar) =>
    draft(one, 'PodSidecarBlocksCompletion', {
      key: sidecar.name,
      message: `the work (${done.map(({ name }) => name).join(', ')}) ended ${duration(lasted)} ago, but sidecar ${sidecar.name} runs on, so the ${owner} never completes`,
      evidence: [
        ...done.map(({ statusPath, status }) =>
          field(pod, `${statusPath}.state.terminated.finishedAt`, status?.state?.terminated?.finishedAt ?? ''),
        ),
        field(pod, `${sidecar.statusPath}.state.running.startedAt`, sidecar.status?.state?.running?.startedAt ?? ''),
      ],
      since,
      values: values({ container: sidecar.name, image: sidecar.spec.image }),
    }),
  );
}

function servesOthers({ name, spec }: ContainerView): boolean {
  return names.test(name) || images.test(spec.image ?? '');
}
