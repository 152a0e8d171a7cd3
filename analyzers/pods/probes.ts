import { age, duration, type Evidence, eventEvidence, field, type ObjectEvent } from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, severityOf, values } from './case.ts';
import { called, type ContainerView, isAbout } from './containers.ts';
import { reachedLinks } from './dependencies.ts';
import { nodeLinks } from './links.ts';
import { failureText, type Probe, type ProbeName, probePort, probeText, probeWindow } from './probe-text.ts';
import { isStoodInFor } from './stand-ins.ts';
import { quote } from './text.ts';

/** The probe that keeps a running container from being ready: the startup probe until it has passed, then the readiness probe. */
function decidingProbe({ spec, status }: ContainerView): { name: ProbeName; probe: Probe } | undefined {
  if (spec.startupProbe !== undefined && status?.started !== true) return { name: 'startup', probe: spec.startupProbe };
  return spec.readinessProbe === undefined ? undefined : { name: 'readiness', probe: spec.readinessProbe };
}

/** Whether a container that runs may still be on its way: its probe has not had its time since the container was started. */
export function stillStarting(one: PodCase, container: ContainerView): boolean {
  const running = age(one.snapshot, container.status?.state?.running?.startedAt);
  const deciding = decidingProbe(container);
  if (running === undefined || deciding === undefined) return false;
  const { name, probe } = deciding;
  const failedBefore = (container.status?.restartCount ?? 0) > 0 && unhealthy(one, container, name) !== undefined;
  if (name === 'startup') return running < probeWindow(probe) && !failedBefore;
  return running < (probe.initialDelaySeconds ?? 0) + one.settings.readyGrace && !failedBefore;
}

/** The newest event that says how a probe of a container fails (`Readiness probe failed: ...`). */
function unhealthy(one: PodCase, container: ContainerView, name: ProbeName): ObjectEvent | undefined {
  const begins = `${name[0]?.toUpperCase() ?? ''}${name.slice(1)} probe `;
  return one.events.find(
    (event) =>
      /^(?:Unhealthy|ProbeError)$/.test(event.reason) && event.message.startsWith(begins) && isAbout(event, container),
  );
}

/**
 * A container that runs and is kept from being ready by a probe. The kubelet makes a running container without these probes ready
 * at once, so the probe is proven by the fields alone; the event, which lives an hour, only says how it fails.
 */
export function probeFault(one: PodCase, container: ContainerView): PodDraft | undefined {
  const deciding = decidingProbe(container);
  if (deciding === undefined) return undefined;
  const { name, probe } = deciding;
  const event = unhealthy(one, container, name);
  const since = notReadySince(one);
  const lasted = age(one.snapshot, since) ?? 0;
  const words =
    event === undefined
      ? undefined
      : (failureText(event.message) ?? quote(event.message.replace(/^\w+ probe \w+(?: and resulted in \w+)?: /, '')));
  const how = words === undefined || words === '' ? `has not passed for ${duration(lasted)}` : `fails: ${words}`;
  return draft(one, 'PodProbeFailing', {
    key: container.name,
    severity: isStoodInFor(one) ? 'warning' : severityOf(one, since),
    message: `${name} probe (${probeText(probe)}) of ${called(container)} ${how}${portHint(container, probe)}`,
    evidence: evidenceOf(one, container, name, event),
    // An application that answers is not held up by its node.
    causes: [
      ...(answers(event) ? [] : nodeLinks(one, 'likely')),
      ...reachedLinks(one, event?.message, 'event Unhealthy'),
    ],
    since,
    values: values({
      container: container.name,
      image: container.spec.image,
      probe: name,
      port: probePort(probe),
      timeout: probe.timeoutSeconds ?? 1,
    }),
  });
}

function answers(event: ObjectEvent | undefined): boolean {
  return event !== undefined && /statuscode: |NOT_SERVING/.test(event.message);
}

function evidenceOf(
  { pod }: PodCase,
  { spec, specPath, status, statusPath }: ContainerView,
  name: ProbeName,
  event: ObjectEvent | undefined,
): Evidence[] {
  const probe = name === 'startup' ? spec.startupProbe : spec.readinessProbe;
  return [
    field(pod, `${statusPath}.ready`, status?.ready ?? false),
    ...(name === 'startup' ? [field(pod, `${statusPath}.started`, status?.started ?? false)] : []),
    field(pod, `${specPath}.${name}Probe`, probe),
    ...(event === undefined ? [] : [eventEvidence(pod, event)]),
  ];
}

/** A named port must be declared; a number need not be, but where others are it may be wrong. */
function portHint({ spec }: ContainerView, probe: Probe): string {
  const port = probePort(probe);
  if (port === undefined) return '';
  const declared = spec.ports ?? [];
  if (declared.some(({ name, containerPort }) => name === port || String(containerPort) === String(port))) return '';
  const ports = declared.map(({ name, containerPort }) =>
    name === undefined ? `${containerPort}` : `${name} (${containerPort})`,
  );
  const known = ports.length === 0 ? '' : `; the container declares ${ports.join(', ')}`;
  if (!/^\d+$/.test(String(port))) return `; no port of the container is named ${String(port)}`;
  return known;
}
