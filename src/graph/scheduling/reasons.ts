import type { Node, Pod } from '../../model/resources.ts';
import type { AffinityMiss } from './node-affinity.ts';
import type { HostPort } from './ports.ts';
import type { Taint } from './tolerations.ts';

/** Why one node cannot take one pod, by the scheduler's filters, in their order. */
export type Reason =
  | { readonly kind: 'cordon' }
  | { readonly kind: 'name'; readonly wanted: string }
  | { readonly kind: 'taint'; readonly taint: Taint }
  | ({ readonly kind: 'affinity' } & AffinityMiss)
  | {
      readonly kind: 'port';
      /** All that the same holders take. */
      readonly ports: readonly HostPort[];
      readonly holders: readonly Pod[];
    }
  | {
      readonly kind: 'resource';
      readonly resource: string;
      readonly asked: number;
      /** Allocatable less what placed pods take; may be negative. */
      readonly free: number;
      /** Undefined where neither the node nor a driver on it offers the resource. */
      readonly allocatable: number | undefined;
      /** Where a driver offers it: devices beside these that it took out of service. */
      readonly tainted?: number;
    }
  | {
      readonly kind: 'devices';
      /** What a person would edit: `ResourceClaim train`, `ResourceClaimTemplate large`. */
      readonly source: string;
      /** The ResourceClaim, once it is there by name. */
      readonly claim: string | undefined;
      /** `not-listed`: no ResourceSlice has a device of the class here; `unfit`: too few of these are what the claim asks for. */
      readonly why: 'missing' | 'not-made' | 'no-class' | 'not-listed' | 'unfit' | 'held' | 'elsewhere';
      readonly deviceClass: string;
      readonly asked: number;
      /** Devices that the claim admits, and how many of them nobody has. */
      readonly total: number;
      readonly free: number;
      /** Devices beside these that their driver took out of service. */
      readonly tainted: number;
    }
  | { readonly kind: 'in-use'; readonly claim: string; readonly holders: readonly Pod[] }
  | { readonly kind: 'volume-limit'; readonly driver: string; readonly limit: number; readonly attached: number }
  | {
      readonly kind: 'volume';
      readonly claim: string;
      readonly why: 'node-affinity' | 'zone' | 'selected-elsewhere' | 'no-volume' | 'topology';
      /** The PersistentVolume, node or StorageClass it is about. */
      readonly name: string;
    }
  | {
      readonly kind: 'spread';
      readonly topologyKey: string;
      readonly maxSkew: number;
      /** Undefined where the node lacks the topology's label. */
      readonly skew: number | undefined;
      /** Set where the pod would fit if it did not ask for more domains (`minDomains`) than there are. */
      readonly domains?: { readonly wanted: number; readonly found: number };
    }
  | { readonly kind: 'pod-affinity'; readonly topologyKey: string; readonly selector: string }
  | {
      readonly kind: 'pod-anti-affinity';
      readonly topologyKey: string;
      /** pod: the rule is of the pod that waits; others: of pods that are there already. */
      readonly ruleOf: 'pod' | 'others';
      readonly holders: readonly Pod[];
    };

/** One node and all that keeps the pod off it. */
export interface Verdict {
  readonly node: Node;
  readonly reasons: readonly Reason[];
}

/** Why no node at all can take the pod: a fault of a claim it uses. */
export interface ClaimProblem {
  /** Index in `spec.volumes`. */
  readonly volume: number;
  readonly claim: string;
  readonly why: 'missing' | 'not-created-yet' | 'not-own' | 'lost' | 'deleting' | 'unbound' | 'volume-missing';
  /** Of an unbound claim its StorageClass, of a bound one its PersistentVolume. */
  readonly name?: string;
}

/** What the scheduler's filters say about one pod. */
export interface Placement {
  readonly claims: readonly ClaimProblem[];
  /** Every node, in the order of names. */
  readonly nodes: readonly Verdict[];
  /** Claims that are provisioned for the pod's node, once one is chosen (WaitForFirstConsumer). */
  readonly waiting: readonly { readonly volume: number; readonly claim: string; readonly selectedNode?: string }[];
  /** What the filters would need that could not be seen: where it is not empty, "no reason" does not mean "fits". */
  readonly unseen: readonly string[];
}
