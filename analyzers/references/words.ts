import type { ObjectRef, Reference } from '../../src/kit.ts';

/** Names of resources in `... "x" not found`: the API server writes the plural, kubelet and controllers the singular. */
const nouns: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['configmap', 'configmaps'],
  PersistentVolumeClaim: ['persistentvolumeclaim', 'persistentvolumeclaims'],
  RuntimeClass: ['RuntimeClass', 'runtimeclass.node.k8s.io', 'runtimeclasses.node.k8s.io'],
  Secret: ['secret', 'secrets'],
  Service: ['service'],
  ServiceAccount: ['serviceaccount', 'serviceaccounts'],
  StorageClass: ['storageclass.storage.k8s.io', 'storageclasses.storage.k8s.io'],
};

/** True when a text says that the object was not found, in the words of the kubelet, the scheduler or the API server. */
export function saysMissing(text: string, { kind, name }: ObjectRef): boolean {
  return (
    (nouns[kind] ?? []).some((noun) => text.includes(`${noun} "${name}" not found`)) ||
    (kind === 'PriorityClass' && text.includes(`no PriorityClass with name ${name} was found`)) ||
    (kind === 'Secret' && pullSecretsIn(text).includes(name))
  );
}

/**
 * True when a text says that the key of a reference was not found. For environment variables the kubelet names key and object, for
 * volumes the volume and the key.
 */
export function saysKeyMissing(text: string, { object, key, volume }: Reference): boolean {
  if (key === undefined) return false;
  const { kind, namespace, name } = object;
  if (phrase(text, `couldn't find key ${key} in ${kind} ${namespace}/${name}`)) return true;
  if (volume === undefined || !text.includes(`volume "${volume}"`)) return false;
  return phrase(text, `references non-existent ${kind === 'Secret' ? 'secret' : 'config'} key: ${key}`);
}

/** True when the text holds the phrase and the last word of it does not go on. */
function phrase(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + 1)) {
    if (!/[\w.-]/.test(text.charAt(at + words.length))) return true;
  }
  return false;
}

/** `Unable to retrieve some image pull secrets (a, b); attempting to pull the image may not succeed.` */
function pullSecretsIn(text: string): readonly string[] {
  const start = 'Unable to retrieve some image pull secrets (';
  const at = text.indexOf(start);
  if (at === -1) return [];
  const end = text.indexOf(')', at);
  return text.slice(at + start.length, end === -1 ? undefined : end).split(', ');
}
