import { type Backends, type CauseLink, isReady, ref, refText } from '../../src/kit.ts';

/** Whom a Service needs `ready`: the pods it selects that are not, and the controllers whose pod template it selects. */
export function backendLinks({ pods, ended, workloads }: Backends): readonly CauseLink[] {
  const objects = [
    ...pods.filter((pod) => !isReady(pod)).map((pod) => ref(pod)),
    ...(pods.length === 0 ? ended.map((pod) => ref(pod)) : []),
    ...workloads.map(({ object }) => ref(object)),
  ];
  return objects.map((object) => ({
    object,
    needs: 'ready',
    via: { field: 'spec.selector', value: refText(object) },
    certainty: 'sure',
  }));
}
