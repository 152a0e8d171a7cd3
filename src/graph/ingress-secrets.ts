import type { ResourceTypes } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';

type Ingress = ResourceTypes['ingresses.networking.k8s.io'];

/** Controllers of AWS, also as a part of EKS. Source: AWS Load Balancer Controller, certificate discovery. */
const ofAmazon = /^(?:ingress\.k8s\.aws|eks\.amazonaws\.com)\/alb$/;

/**
 * Whether the controller of an Ingress takes certificates from the Secrets that `spec.tls` names. Those of AWS look in ACM for the hosts
 * of `spec.tls` and never read a Secret.
 */
export function servesSecrets(
  snapshot: Snapshot<'ingressclasses.networking.k8s.io'>,
  { metadata, spec }: Ingress,
): boolean {
  const annotated = metadata.annotations?.['kubernetes.io/ingress.class'];
  const name = spec.ingressClassName ?? annotated ?? '';
  const found = snapshot.lookup('ingressclasses.networking.k8s.io', name);
  return !(found.state === 'found' ? ofAmazon.test(found.object.spec?.controller ?? '') : name === 'alb');
}
