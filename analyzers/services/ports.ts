import {
  type BackendReads,
  backendsOf,
  computed,
  type DeclaredPort,
  declaredPorts,
  type Draft,
  field,
  nearest,
  type Pod,
  ref,
  type Service,
  type Severity,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { probedPort } from './probed-ports.ts';
import { type ReferrerReads, referrersOf } from './referrers.ts';
import { settledServices } from './settled.ts';

type Snap = Snapshot<BackendReads | ReferrerReads | 'services' | 'namespaces'>;
type Port = NonNullable<Service['spec']['ports']>[number];

/**
 * Target ports that lead nowhere. A name must be that of a container port with the same protocol, in a container or a sidecar
 * (EndpointSlice controller, FindPort); a number needs no declaration, so a number that is not declared is worth a hint only.
 */
export function* ports(snapshot: Snap, settle: number): Generator<Draft<Code>> {
  for (const service of settledServices(snapshot, settle)) {
    if (service.spec.type === 'ExternalName') continue;
    const { pods } = backendsOf(snapshot, service);
    if (pods.length === 0) continue;
    const declared = pods.map(declaredPorts);
    const unknown = (service.spec.ports ?? []).filter((port) => isUnknown(port, declared));
    for (const port of unknown) yield nameUnknown(snapshot, service, { port, unknown: unknown.length, declared, pods });
    for (const port of service.spec.ports ?? []) {
      if (isUndeclared(port, declared)) yield undeclared(service, port, declared, pods);
    }
  }
}

function isUnknown({ targetPort, protocol }: Port, declared: readonly (readonly DeclaredPort[])[]): boolean {
  if (typeof targetPort !== 'string') return false;
  return declared.every((own) => own.every((one) => one.name !== targetPort || one.protocol !== (protocol ?? 'TCP')));
}

/** Only where every pod declares ports of that protocol, for many images declare none at all. */
function isUndeclared({ port, targetPort, protocol }: Port, declared: readonly (readonly DeclaredPort[])[]): boolean {
  const target = targetPort ?? port;
  if (typeof target !== 'number') return false;
  return declared.every((own) => {
    const same = own.filter((one) => one.protocol === (protocol ?? 'TCP'));
    return same.length > 0 && same.every((one) => one.port !== target);
  });
}

interface Context {
  readonly port: Port;
  /** How many of the Service's ports lead nowhere. */
  readonly unknown: number;
  readonly declared: readonly (readonly DeclaredPort[])[];
  readonly pods: readonly Pod[];
}

function nameUnknown(snapshot: Snap, service: Service, context: Context): Draft<Code> {
  const { port, declared, pods } = context;
  const target = String(port.targetPort);
  const names = [...new Set(declared.flat().flatMap(({ name }) => (name === undefined ? [] : [name])))].sort();
  const otherProtocol = declared.flat().find(({ name }) => name === target)?.protocol;
  const near = nearest(target, names);
  const hint =
    otherProtocol === undefined
      ? near === undefined
        ? ''
        : `; did you mean ${near}`
      : ` for ${port.protocol ?? 'TCP'}`;
  return {
    code: 'ServicePortNameUnknown',
    object: ref(service),
    key: port.name ?? String(port.port),
    severity: severityOf(snapshot, service, context),
    message: `port ${portText(port)} goes to the container port named ${target}, which no pod it selects declares${hint}`,
    evidence: [
      field(service, `spec.ports[port=${port.port}].targetPort`, target),
      computed(pods[0] ?? service, `declared container ports: ${listText(declared)}`),
    ],
    values: { target, declared: names.join(', ') },
  };
}

/** A headless Service's addresses are found without its ports; of several ports, one that nobody is known to use is a part only. */
function severityOf(snapshot: Snap, service: Service, { port, unknown }: Context): Severity {
  if (service.spec.clusterIP === 'None') return 'info';
  const used = referrersOf(snapshot, service).some(
    (one) => one.port === undefined || one.port === port.port || one.port === port.name,
  );
  return used || unknown === (service.spec.ports ?? []).length ? 'critical' : 'warning';
}

/** A hint only, unless probes show that all pods listen at one port, and at another than that. */
function undeclared(
  service: Service,
  port: Port,
  declared: readonly (readonly DeclaredPort[])[],
  pods: readonly Pod[],
): Draft<Code> {
  const target = String(port.targetPort ?? port.port);
  const probed = new Set(pods.map((pod) => probedPort(pod, port.protocol ?? 'TCP')?.port));
  const [only] = probed;
  const isProven = probed.size === 1 && only !== undefined && (service.spec.ports ?? []).length === 1;
  return {
    code: 'ServicePortUndeclared',
    object: ref(service),
    key: port.name ?? String(port.port),
    ...(isProven ? { severity: 'warning' as const } : {}),
    message: `port ${portText(port)} goes to ${target}, which no container declares; they declare ${listText(declared)}${isProven ? `, where their probes are answered` : ''}`,
    evidence: [
      field(service, `spec.ports[port=${port.port}].targetPort`, target),
      computed(service, `declared container ports: ${listText(declared)}`),
    ],
    values: { target },
  };
}

function portText({ name, port }: Port): string {
  return name === undefined ? String(port) : `${name} (${port})`;
}

function listText(declared: readonly (readonly DeclaredPort[])[]): string {
  const texts = declared.flat().map(({ name, port }) => (name === undefined ? String(port) : `${name} (${port})`));
  return [...new Set(texts)].sort().slice(0, 8).join(', ') || 'none';
}
