import { type KubeObject, type ObjectRef, ref } from '../model/object.ts';
import type { ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { CertificateHolder } from './certificate-holders.ts';
import { groupBy, once } from './memo.ts';
import type { Certificate } from './x509.ts';

/** Who renews a certificate. */
export interface Renewal {
  /** `Certificate shop/web`, `Strimzi`. */
  readonly by: string;
  readonly object?: ObjectRef;
  /** When the next renewal is due, RFC 3339, where that is known. */
  readonly at?: string;
}

/** The cert-manager Certificates that write into a Secret: more than one is a mistake. */
export function managedBy(
  snapshot: Snapshot<'certificates.cert-manager.io'>,
  { metadata }: KubeObject,
): readonly ResourceTypes['certificates.cert-manager.io'][] {
  return bySecret(snapshot).get(`${metadata.namespace ?? ''}/${metadata.name}`) ?? [];
}

const bySecret = once((snapshot: Snapshot<'certificates.cert-manager.io'>) =>
  groupBy(snapshot.list('certificates.cert-manager.io').items, ({ metadata, spec }) =>
    spec.secretName === undefined || metadata.deletionTimestamp !== undefined
      ? undefined
      : `${metadata.namespace ?? ''}/${spec.secretName}`,
  ),
);

/** Who renews what is in a Secret; undefined where nobody is known to. */
export function renewalOf(snapshot: Snapshot<'certificates.cert-manager.io'>, secret: KubeObject): Renewal | undefined {
  const [managed] = managedBy(snapshot, secret);
  if (managed !== undefined) {
    const at = managed.status?.renewalTime;
    const { namespace, name } = managed.metadata;
    return {
      by: `Certificate ${namespace ?? ''}/${name}`,
      object: ref(managed),
      ...(at === undefined ? {} : { at }),
    };
  }
  const { annotations = {}, namespace, ownerReferences = [] } = secret.metadata;
  const name = annotations['cert-manager.io/certificate-name'];
  if (name !== undefined) {
    // Its Certificate is gone: what it left behind is renewed by nobody.
    const state = snapshot.lookup('certificates.cert-manager.io', name, namespace).state;
    return state === 'unknown' ? { by: `Certificate ${namespace ?? ''}/${name}` } : undefined;
  }
  const marked = markedRenewal(secret);
  if (marked !== undefined) return marked;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner !== undefined) return { by: `${owner.kind} ${owner.name}` };
  // Projects that make their own webhook certificates (cert-controller and its like) keep the authority's key beside them.
  const keys = 'keys' in secret && Array.isArray(secret.keys) ? secret.keys : [];
  const both = keys.includes('ca.key') && keys.includes('tls.key');
  if (both) return { by: 'the program that keeps its authority' };
  return 'type' in secret && secret.type === 'istio.io/ca-root' ? { by: 'Istio' } : undefined;
}

/** Who renews it, as labels and annotations tell. */
function markedRenewal({ metadata: { annotations = {}, labels = {} } }: KubeObject): Renewal | undefined {
  const marks = [...Object.keys(annotations), ...Object.keys(labels)];
  const known = renewers.find(({ mark }) => marks.some((one) => one.startsWith(mark)));
  return known === undefined ? undefined : { by: known.by };
}

/**
 * Who renews one certificate of a field: whoever keeps the Secret renews what comes first in it, not the authorities that follow or that
 * lie beside it.
 */
export function holderRenewal(
  snapshot: Snapshot<'certificates.cert-manager.io'>,
  { object, use, certificates }: CertificateHolder,
  certificate: Certificate,
): Renewal | undefined {
  if (object.kind === 'ConfigMap') return markedRenewal(object);
  if (object.kind === 'Kafka') return { by: 'Strimzi' };
  if (object.kind !== 'Secret') return undefined;
  const alone = !('certificates' in object && Object.keys(object.certificates ?? {}).includes('tls.crt'));
  return (use === 'chain' && certificates[0] === certificate) || (use === 'bundle' && alone)
    ? renewalOf(snapshot, object)
    : undefined;
}

/** Labels and annotations of projects that renew their certificates by themselves, by how they begin. */
const renewers: readonly { readonly mark: string; readonly by: string }[] = [
  { mark: 'strimzi.io/', by: 'Strimzi' },
  { mark: 'common.k8s.elastic.co/', by: 'ECK' },
  { mark: 'cnpg.io/', by: 'CloudNativePG' },
  { mark: 'cert.kyverno.io/', by: 'Kyverno' },
  { mark: 'service.beta.openshift.io/', by: 'the OpenShift service authority' },
  { mark: 'service.alpha.openshift.io/', by: 'the OpenShift service authority' },
  { mark: 'auth.openshift.io/', by: 'OpenShift' },
  { mark: 'listener.cattle.io/', by: 'Rancher' },
  { mark: 'olmcahash', by: 'OLM' },
  { mark: 'olm.managed', by: 'OLM' },
  { mark: 'networking.internal.knative.dev/', by: 'Knative' },
  { mark: 'consul.hashicorp.com/', by: 'Consul' },
  { mark: 'linkerd.io/', by: 'Linkerd' },
  { mark: 'kubevirt.io', by: 'KubeVirt' },
  { mark: 'networking.gke.io/', by: 'GKE' },
];
