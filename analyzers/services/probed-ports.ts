import { type DeclaredPort, declaredPorts, isReady, type Pod } from '../../src/kit.ts';

/** Ports that are there for others than the clients of a Service. */
const aside = /health|metric|prom|admin|debug|probe|status|manage|actuator|live|ready/i;

/**
 * The one port of a pod at which probes show that its program listens, where no probe is answered at another: a Service that sends to
 * a port which nobody declares was probably meant for it. Undefined where that is not clear.
 */
export function probedPort(pod: Pod, protocol: string): DeclaredPort | undefined {
  if (!isReady(pod) || protocol !== 'TCP') return undefined;
  const declared = declaredPorts(pod).filter((one) => one.protocol === protocol && !aside.test(one.name ?? ''));
  const [only, ...others] = declared;
  if (only === undefined || others.length > 0) return undefined;
  const probed = pod.spec.containers.flatMap(({ readinessProbe, livenessProbe, startupProbe }) =>
    [readinessProbe, livenessProbe, startupProbe].flatMap((probe) => {
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
      return port === undefined ? [] : [port];
    }),
  );
  const same = probed.filter((port) => port === only.port || port === only.name);
  return same.length > 0 && same.length === probed.length ? only : undefined;
}
