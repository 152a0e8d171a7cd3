import type { KubeObject } from '../../model/object.ts';
import type { ConfigMapFacts } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';
import { certificatesIn } from './certificates.ts';
import { defined, keyNames, knownCertificates } from './secret.ts';
import { maskMessage } from './text.ts';

type Head = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
type Raw = Readonly<Record<string, unknown>>;

/** Texts that diagnosis knows, by namespace and name, with the keys that are kept whole. */
const documents: Readonly<Record<string, RegExp>> = {
  'kube-system/coredns': /^Corefile$/,
  'kube-system/coredns-custom': /^[\w.-]+\.(?:server|override)$/,
  'kube-system/node-local-dns': /^Corefile$/,
};

/** What is kept of a ConfigMap, made of the object or of facts that were made before. */
export function configMapFacts(head: Head, raw: Raw): ConfigMapFacts {
  const wanted = documents[`${head.metadata.namespace ?? ''}/${head.metadata.name}`];
  if (Array.isArray(raw['keys'])) {
    return {
      ...head,
      keys: keyNames(raw['keys']),
      ...defined('certificates', knownCertificates(raw['certificates'])),
      ...defined('documents', texts(raw['documents'], wanted)),
    };
  }
  const data = isRecord(raw['data']) ? raw['data'] : {};
  const binary = isRecord(raw['binaryData']) ? raw['binaryData'] : {};
  const certificates: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) {
    const pem = typeof value === 'string' ? certificatesIn(value) : undefined;
    if (pem !== undefined && key !== '__proto__') certificates[key] = pem;
  }
  return {
    ...head,
    keys: [...Object.keys(data), ...Object.keys(binary)].sort(),
    ...(Object.keys(certificates).length === 0 ? {} : { certificates }),
    ...defined('documents', texts(data, wanted)),
  };
}

function texts(data: unknown, wanted: RegExp | undefined): Readonly<Record<string, string>> | undefined {
  if (wanted === undefined || !isRecord(data)) return undefined;
  const kept = Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'string' && wanted.test(key) ? [[key, maskMessage(value)] as const] : [],
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
