import {
  controllerOf,
  type Evidence,
  eventEvidence,
  eventsOf,
  field,
  find,
  olderThan,
  type Pod,
  type Reference,
  ref,
  referencesOf,
} from '../../src/kit.ts';
import { type Need, type Use, use, type View } from './use.ts';
import { saysKeyMissing, saysMissing } from './words.ts';

/** What pods name. Pods that run under a controller say nothing: its template does, and an old template is on its way out. */
export function* podUses(snapshot: View): Iterable<Use> {
  for (const pod of snapshot.list('pods').items) {
    const { metadata, spec, status } = pod;
    const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    if (ended) continue;
    const owner = controllerOf(pod);
    const alone = owner === undefined || find(snapshot, owner) === undefined;
    const place = { namespace: metadata.namespace, path: 'spec', pod: metadata.name };
    const needed = referencesOf(spec, place).filter((reference) => !reference.optional && isNeeded(reference));
    if (needed.length === 0) continue;
    const texts = textsOf(snapshot, pod);
    for (const reference of needed) {
      const one = podUse(pod, reference, texts);
      if (one.need === 'broken' || one.need === 'perhaps' || (alone && !reference.generated)) yield one;
    }
  }
}

/** The priority is in the pod since its admission. The claim of an ephemeral volume is its controller's business. */
function isNeeded({ resource, generated }: Reference): boolean {
  if (resource === 'priorityclasses.scheduling.k8s.io') return false;
  return !(generated && resource === 'persistentvolumeclaims');
}

interface Text {
  readonly text: string;
  readonly evidence: Evidence;
  readonly container?: string;
  readonly reason?: string;
}

function podUse(pod: Pod, reference: Reference, texts: readonly Text[]): Use {
  const { resource, object, path, key, keyPath, needs } = reference;
  const objectTexts = texts.filter(({ text }) => saysMissing(text, object));
  const keyTexts = texts.filter(({ text }) => saysKeyMissing(text, reference));
  const said = [...objectTexts, ...keyTexts];
  const state = brokenBy(pod, reference, texts);
  const need: Need = said.length > 0 && needs !== 'pull' ? 'broken' : state.need;
  const proof = [...said, ...state.texts].map(({ evidence }) => evidence);
  return use(pod, resource, object, path, need, {
    harmless: needs === 'pull',
    saysObject: objectTexts.length > 0,
    saysKey: keyTexts.length > 0,
    proof: need === 'later' ? [] : [...new Set(proof)].slice(0, 2),
    ...(key === undefined ? {} : { key }),
    ...(keyPath === undefined ? {} : { keyPath }),
  });
}

/** Whether the pod's state is what the lack of the object does to a pod. */
function brokenBy(pod: Pod, { needs, container, object, generated }: Reference, texts: readonly Text[]) {
  const waiting = (pattern: RegExp) => texts.filter(({ reason }) => reason !== undefined && pattern.test(reason));
  const pending = pod.status?.phase === 'Pending';
  const later = { need: 'later' as Need, texts: [] as readonly Text[] };
  if (needs === 'start') {
    // The text names what the container waits for: it may be another object.
    const own = waiting(/^CreateContainerConfigError$/).filter(
      (one) => one.container === container && (one.text === '' || one.text.includes(object.name)),
    );
    return own.length === 0 ? later : { need: 'broken' as Need, texts: own };
  }
  if (needs === 'mount') {
    const own = waiting(/^(ContainerCreating|PodInitializing)$/);
    return pending && own.length > 0 && !hasStarted(pod) ? { need: 'broken' as Need, texts: own.slice(0, 1) } : later;
  }
  if (needs === 'bind') return pending && !hasStarted(pod) ? { need: 'broken' as Need, texts: [] } : later;
  if (needs === 'pull') {
    const own = waiting(/^(ErrImagePull|ImagePullBackOff)$/);
    if (own.length === 0) return later;
    const refused = texts.filter(({ text }) => auth.test(text));
    return { need: (refused.length > 0 ? 'broken' : 'perhaps') as Need, texts: [...refused, ...own].slice(0, 1) };
  }
  if (object.kind === 'RuntimeClass' && !generated && pending && !hasStarted(pod)) {
    const own = waiting(/^(ContainerCreating|PodInitializing)$/);
    return own.length === 0 ? later : { need: 'broken' as Need, texts: own.slice(0, 1) };
  }
  return later;
}

/** How registries and runtimes word a refusal for want of credentials. */
const auth =
  /unauthorized|authentication required|no basic auth credentials|insufficient_scope|denied|\b40[13]\b|authorization failed/i;

function statusesOf({ status }: Pod) {
  return (['initContainerStatuses', 'containerStatuses'] as const).flatMap((list) =>
    (status?.[list] ?? []).map((one, index) => ({ one, path: `status.${list}[${index}]` })),
  );
}

/** True once any container ran: all volumes are mounted then. */
function hasStarted(pod: Pod): boolean {
  return statusesOf(pod).some(
    ({ one }) => one.state?.running !== undefined || one.state?.terminated !== undefined || (one.restartCount ?? 0) > 0,
  );
}

/** What is said about a pod: why containers wait, why it is not scheduled, and the warnings of its events. */
function textsOf(snapshot: View, pod: Pod): readonly Text[] {
  const waiting = statusesOf(pod).flatMap(({ one, path }) => {
    const { reason, message } = one.state?.waiting ?? {};
    if (reason === undefined) return [];
    const evidence = field(pod, `${path}.state.waiting`, message === undefined ? reason : `${reason}: ${message}`);
    return [{ text: message ?? '', reason, container: one.name, evidence }];
  });
  const scheduled = (pod.status?.conditions ?? []).flatMap(({ type, status, message }) =>
    type === 'PodScheduled' && status === 'False' && message !== undefined
      ? [{ text: message, evidence: field(pod, 'status.conditions[type=PodScheduled].message', message) }]
      : [],
  );
  if (waiting.length === 0 && scheduled.length === 0) return [];
  const events = eventsOf(snapshot, ref(pod), pod.metadata.uid)
    .filter(({ type, last }) => type === 'Warning' && !olderThan(snapshot, last, 1_800))
    .map((event) => ({ text: event.message, evidence: eventEvidence(pod, event) }));
  return [...waiting, ...scheduled, ...events];
}
