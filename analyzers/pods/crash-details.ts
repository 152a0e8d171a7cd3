import { type CauseLink, conditionIs, earliest } from '../../src/kit.ts';
import { notReadySince, type PodCase } from './case.ts';
import { type ContainerView, isAbout } from './containers.ts';
import { awaitedLinks, reachedLinks } from './dependencies.ts';
import type { Ending } from './endings.ts';

/** What 137 may mean where no event tells. */
export function hint({ pod }: PodCase, { spec }: ContainerView, { terminated }: Ending): string {
  const killers = [
    ...(spec.livenessProbe !== undefined || spec.startupProbe !== undefined
      ? ['by its liveness or startup probe']
      : []),
    ...(pod.spec.resources?.limits?.['memory'] === undefined ? [] : ['for the memory limit of its pod']),
    ...(spec.lifecycle?.postStart === undefined ? [] : ['because its postStart hook fails']),
  ];
  if (terminated.exitCode === 137) return `, perhaps ${killers.join(' or ') || 'by the node'}`;
  return terminated.exitCode === 0 ? ', and restartPolicy Always starts it again' : '';
}

/** Whether the limit is the default of a LimitRange: admission leaves word of that. Source: plugin/pkg/admission/limitranger. */
export function given({ pod }: PodCase, { name, role }: ContainerView): string {
  const word = pod.metadata.annotations?.['kubernetes.io/limit-ranger'] ?? '';
  const end = ` limit for ${role === 'app' ? '' : 'init '}container ${name}`;
  const limits = word.split(/[:;] /).find((part) => part.endsWith(end));
  return limits?.slice(0, -end.length).split(', ').includes('memory') === true ? ', the default of a LimitRange' : '';
}

/** What a container that ends by itself may have ended for: the Services that it says it cannot reach, or is there to wait for. */
export function neededLinks(
  one: PodCase,
  container: ContainerView,
  { terminated, path }: Ending,
): readonly CauseLink[] {
  const awaited = container.role === 'init' && terminated.message === undefined ? awaitedLinks(one, container) : [];
  return [...reachedLinks(one, terminated.message, `${path}.message`), ...awaited];
}

/**
 * Since when a container keeps ending. Without a readiness probe the pod is ready between two crashes for a moment, so that its
 * condition tells of the last crash only, or of none; the event of the restarts remembers the first.
 */
export function failingSince(one: PodCase, container: ContainerView, { terminated }: Ending): string | undefined {
  const restarts = one.events.filter(
    (event) =>
      event.reason === 'BackOff' && event.message.startsWith('Back-off restarting') && isAbout(event, container),
  );
  const ready = conditionIs(one.pod, 'Ready', 'True') !== undefined;
  const last = ready ? terminated.finishedAt : undefined;
  return earliest([last ?? notReadySince(one), ...restarts.map(({ first }) => first)]);
}

export function times(restarts: number): string {
  return restarts === 1 ? '1 restart' : `${restarts} restarts`;
}
