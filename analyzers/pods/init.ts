import { age, conditionIs, duration, field, gpuOperatorLinks } from '../../src/kit.ts';
import { draft, type PodCase, type PodDraft, severityOf, values } from './case.ts';
import { called, type ContainerView } from './containers.ts';
import { awaitedLinks } from './dependencies.ts';
import { nodeLinks } from './links.ts';
import { probeFault, stillStarting } from './probes.ts';

/**
 * The first init container that has not done its part: they run one after the other, and a sidecar must have started before the
 * next begins. Undefined where all have.
 */
export function blockingInit({ containers }: PodCase): ContainerView | undefined {
  return containers.find(({ role, status }) => {
    if (role === 'init') return status?.state?.terminated?.exitCode !== 0;
    return role === 'sidecar' && status?.started !== true && status?.state?.running !== undefined;
  });
}

/** An init container that runs for very long (a Deployment's own deadline for progress is ten minutes), or a sidecar that never starts. */
export function initStuck(one: PodCase): PodDraft | undefined {
  const { pod, snapshot, settings } = one;
  if (conditionIs(pod, 'Initialized', 'True') !== undefined) return undefined;
  const blocking = blockingInit(one);
  const since = blocking?.status?.state?.running?.startedAt;
  const lasted = age(snapshot, since);
  if (blocking === undefined || since === undefined || lasted === undefined) return undefined;
  if (blocking.role === 'sidecar') {
    const late =
      blocking.spec.startupProbe !== undefined && lasted >= settings.readyGrace && !stillStarting(one, blocking);
    return late ? probeFault(one, blocking) : undefined;
  }
  if (lasted < settings.initGrace) return undefined;
  return draft(one, 'PodInitStuck', {
    key: blocking.name,
    severity: lasted >= 2 * settings.initGrace ? severityOf(one, since) : 'warning',
    message: `${called(blocking)} has been running for ${duration(lasted)} and keeps the other containers from starting`,
    evidence: [
      field(pod, `${blocking.statusPath}.state.running.startedAt`, since),
      field(pod, `${blocking.specPath}.image`, blocking.spec.image ?? ''),
    ],
    causes: [...nodeLinks(one, 'likely'), ...gpuOperatorLinks(snapshot, pod), ...awaitedLinks(one, blocking)],
    since,
    values: values({ container: blocking.name, image: blocking.spec.image }),
  });
}
