import {
  type CauseLink,
  computed,
  field,
  isPassing,
  nearest,
  type ObjectRef,
  olderThan,
  type Reference,
} from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, values } from './case.ts';
import type { Code } from './codes.ts';
import { called, type ContainerView } from './containers.ts';
import { podReferences, referenceLinks } from './links.ts';
import { after } from './text.ts';

type Resource = 'secrets' | 'configmaps';

/** What the kubelet's text names: `secret "x" not found`, `couldn't find key K in ConfigMap ns/x`. */
interface Named {
  readonly resource: Resource;
  readonly object: ObjectRef;
  readonly key?: string;
}

/** A container whose environment or user cannot be put together (`CreateContainerConfigError`). */
export function configFault(one: PodCase, container: ContainerView): PodDraft | undefined {
  const waiting = container.status?.state?.waiting;
  if (waiting?.reason !== 'CreateContainerConfigError') return undefined;
  const text = waiting.message ?? '';
  if (isPassing(waiting) && !olderThan(one.snapshot, notReadySince(one), one.settings.startGrace)) return undefined;
  const path = `${container.statusPath}.state.waiting`;
  const named = namedIn(text, one.pod.metadata.namespace);
  const references = podReferences(one.pod).filter(
    ({ container: name, needs, optional }) => name === container.name && needs === 'start' && !optional,
  );
  const meant = named === undefined ? [] : references.filter((reference) => isMeant(reference, named));
  const root = /run ?as ?(?:non)?root|non-numeric user/i.test(text);
  const code: Code = root ? 'PodRunAsNonRoot' : named?.key === undefined ? 'PodConfigError' : 'PodConfigKeyMissing';
  const similar = named === undefined ? undefined : alike(one, named);
  const reference = meant[0];
  return draft(one, code, {
    key: container.name,
    message: `${messageOf(container, named, text, root)}${similar === undefined ? '' : ` (there is ${similar})`}`,
    evidence: [
      field(one.pod, `${path}.reason`, waiting.reason),
      ...(text === '' ? [] : [field(one.pod, `${path}.message`, text)]),
      ...(reference === undefined
        ? []
        : [field(one.pod, reference.keyPath ?? reference.path, reference.key ?? reference.object.name)]),
      ...(similar === undefined || named === undefined ? [] : [computed(named.object, `a similar name: ${similar}`)]),
    ],
    causes: root ? [] : linksOf(named, meant, references, path),
    since: notReadySince(one),
    values: values({
      container: container.name,
      image: container.spec.image,
      missing: named?.key,
      source: named?.object.name,
      sourceKind: named?.resource === 'secrets' ? 'secret' : named === undefined ? undefined : 'configmap',
      similar,
    }),
  });
}

/** Reads the object, and the key where one is named, out of the kubelet's text. Shared with volumes. */
export function namedIn(text: string, namespace: string | undefined): Named | undefined {
  const key = /couldn't find key (\S{1,253}) in (ConfigMap|Secret) (?:[^/\s]{1,63}\/)?([^\s,]{1,253})/.exec(text);
  if (key !== null) return nameIt(key[2] ?? '', key[3] ?? '', namespace, key[1]);
  const object = /\b(configmaps?|secrets?) "([^"]{1,253})" not found/i.exec(text);
  return object === null ? undefined : nameIt(object[1] ?? '', object[2] ?? '', namespace);
}

function nameIt(word: string, name: string, namespace: string | undefined, key?: string): Named {
  const secret = word.toLowerCase().startsWith('secret');
  const object: ObjectRef = {
    apiVersion: 'v1',
    kind: secret ? 'Secret' : 'ConfigMap',
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
  return { resource: secret ? 'secrets' : 'configmaps', object, ...(key === undefined ? {} : { key }) };
}

function isMeant({ resource, object, key }: Reference, wanted: Named): boolean {
  const sameObject = resource === wanted.resource && object.name === wanted.object.name;
  return sameObject && (wanted.key === undefined || key === wanted.key);
}

/** To the object that the text names; to all that the container needs where it names none. */
function linksOf(
  wanted: Named | undefined,
  meant: readonly Reference[],
  references: readonly Reference[],
  path: string,
): readonly CauseLink[] {
  if (wanted === undefined) return referenceLinks(references);
  if (meant.length > 0) return referenceLinks(meant);
  const via = { field: `${path}.message`, value: wanted.object.name };
  return [{ object: wanted.object, needs: 'start', via, certainty: 'sure' }];
}

/** The name most like the one that is missing: of keys where the object is there, else of objects of its namespace. */
export function alike({ snapshot }: PodCase, { resource, object, key }: Named): string | undefined {
  if (key !== undefined) {
    const found = snapshot.lookup(resource, object.name, object.namespace);
    return found.state === 'found' ? nearest(key, found.object.keys) : undefined;
  }
  const names = snapshot.list(resource, object.namespace).items.map((item) => item.metadata.name);
  return names.includes(object.name) ? undefined : nearest(object.name, names);
}

function messageOf(container: ContainerView, wanted: Named | undefined, text: string, root: boolean): string {
  if (root)
    return `${called(container)} must not run as root, and its image ${container.spec.image ?? ''} does${after(text)}`;
  if (wanted === undefined) return `${called(container)} cannot be configured${after(text)}`;
  const { object, key } = wanted;
  const source = `${object.kind} ${object.name}`;
  return key === undefined
    ? `${called(container)} cannot start: ${source} not found`
    : `${called(container)} cannot start: ${source} has no key ${key}`;
}
