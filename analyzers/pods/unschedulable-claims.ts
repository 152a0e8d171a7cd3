import {
  type CauseLink,
  type ClaimProblem,
  claimUses,
  computed,
  type Draft,
  field,
  type Placement,
  type Pod,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { conditionEvidence, type PendingCase, pendingDraft, severityOf } from './pending-case.ts';
import { listed } from './text.ts';

/** A pod that no node can take because of its claims. */
export function claimFault(one: PendingCase, claims: Placement['claims']): Draft<Code> {
  const { pod } = one;
  return pendingDraft(one, 'PodUnschedulable', {
    severity: severityOf(one),
    message: `no node is looked at: ${listed(claims.map(problemText))}`,
    evidence: [
      ...claims.map(({ volume, claim }) => field(pod, claimPath(pod, volume), claim)),
      ...claims.map((problem) => computed(pod, problemText(problem))),
      ...conditionEvidence(one),
    ],
    causes: claims.map(({ volume, claim }) => claimLink(pod, volume, claim)),
    values: { claim: claims[0]?.claim ?? '' },
  });
}

/** A pod for which a node is chosen and whose volume nobody makes there; undefined where none of its claims waits so. */
export function unboundClaims(one: PendingCase, { waiting, claims }: Placement): Draft<Code> | undefined {
  const { pod } = one;
  if (claims.length > 0) return claimFault(one, claims);
  const chosen = waiting.filter(({ selectedNode }) => selectedNode !== undefined);
  const claimed = chosen.length > 0 ? chosen : (pod.status?.nominatedNodeName ?? '') === '' ? [] : waiting;
  const [first] = claimed;
  if (first === undefined) return undefined;
  const node = first.selectedNode ?? pod.status?.nominatedNodeName ?? '';
  return pendingDraft(one, 'PodUnschedulable', {
    severity: severityOf(one),
    message: `node ${node} is chosen, but the volume of claim ${listed(claimed.map(({ claim }) => claim))} is not made there yet`,
    evidence: [
      ...claimed.map(({ volume, claim }) => field(pod, claimPath(pod, volume), claim)),
      computed(pod, `the scheduler waits for the volume on node ${node}`),
    ],
    causes: claimed.map(({ volume, claim }) => claimLink(pod, volume, claim)),
    values: { claim: first.claim, node },
  });
}

/** A link from a pod to a claim that it uses. */
export function claimLink(pod: Pod, volume: number, claim: string): CauseLink {
  const { namespace } = pod.metadata;
  return {
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      ...(namespace === undefined ? {} : { namespace }),
      name: claim,
    },
    needs: 'bind',
    via: { field: claimPath(pod, volume), value: claim },
    certainty: 'sure',
  };
}

/**
 * Links to all that a pod claims. The scheduler waits ten minutes for the volumes on the node it chose and then calls it an error of its
 * own. Source: pkg/scheduler/framework/plugins/volumebinding, PreBind.
 */
export function claimLinksOf({ pod }: PendingCase): readonly CauseLink[] {
  return claimUses(pod).map(({ volume, claim }) => claimLink(pod, volume, claim));
}

function claimPath(pod: Pod, volume: number): string {
  const ephemeral = pod.spec.volumes?.[volume]?.ephemeral !== undefined;
  return `spec.volumes[${volume}].${ephemeral ? 'ephemeral' : 'persistentVolumeClaim.claimName'}`;
}

function problemText({ claim, why, name }: ClaimProblem): string {
  switch (why) {
    case 'missing':
      return `claim ${claim} does not exist`;
    case 'not-created-yet':
      return `claim ${claim} of an ephemeral volume is not created yet`;
    case 'not-own':
      return `claim ${claim}, which its ephemeral volume would have, was not made for it`;
    case 'lost':
      return `claim ${claim} has lost its volume ${name ?? ''}`.trimEnd();
    case 'deleting':
      return `claim ${claim} is being deleted`;
    case 'volume-missing':
      return `claim ${claim} is bound to volume ${name ?? ''}, which does not exist`;
    default:
      return `claim ${claim} is not bound (${name === undefined || name === '' ? 'no StorageClass' : `StorageClass ${name}`})`;
  }
}
