import type { Pod } from '../model/resources.ts';

/** A port that a container declares. */
export interface DeclaredPort {
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: string;
}

/** The ports that a pod's containers and sidecars declare: where the endpoint controllers look for a target port's name (FindPort). */
export function declaredPorts(pod: Pod): readonly DeclaredPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars].flatMap(({ ports }) =>
    (ports ?? []).map(({ name, containerPort, protocol }) => ({
      name,
      port: containerPort,
      protocol: protocol ?? 'TCP',
    })),
  );
}
