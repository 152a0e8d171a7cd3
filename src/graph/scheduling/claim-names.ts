import type { Pod } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** A claim of a pod. */
export interface ClaimName {
  /** The name in the pod's own list. */
  readonly name: string;
  /** As `source` of a reason. */
  readonly source: string;
  /** Undefined while the claim is not made of its template yet. */
  readonly claim: string | undefined;
}

/** The claims of a pod in its order; those that it turned out not to need are left out. */
export function claimNames({ spec, status }: Pod): readonly ClaimName[] {
  const made = new Map((status?.resourceClaimStatuses ?? []).map((one) => [one.name, one.resourceClaimName]));
  return (spec.resourceClaims ?? [])
    .filter(({ name }) => !made.has(name) || made.get(name) !== undefined)
    .map(({ name, resourceClaimName, resourceClaimTemplateName }) => ({
      name,
      source:
        resourceClaimName === undefined
          ? `ResourceClaimTemplate ${resourceClaimTemplateName ?? name}`
          : `ResourceClaim ${resourceClaimName}`,
      claim: resourceClaimName ?? made.get(name),
    }));
}

/** A claim without which the scheduler does not even look at a pod; `unseen` where it may be there. */
export interface ClaimGap extends ClaimName {
  readonly why: 'not-made' | 'missing' | 'unseen';
}

/** The claims of a pod that are not there. Source: pkg/scheduler/framework/plugins/dynamicresources, PreEnqueue. */
export function claimGaps(snapshot: Snapshot<'resourceclaims.resource.k8s.io'>, pod: Pod): readonly ClaimGap[] {
  return claimNames(pod).flatMap((one): readonly ClaimGap[] => {
    if (one.claim === undefined) return [{ ...one, why: 'not-made' }];
    const { state } = snapshot.lookup('resourceclaims.resource.k8s.io', one.claim, pod.metadata.namespace);
    return state === 'found' ? [] : [{ ...one, why: state === 'absent' ? 'missing' : 'unseen' }];
  });
}
