import type * as k8s from '@kubernetes/client-node/dist/gen/models/all.js';
import type { KubeObject } from './object.ts';
import type { Wire } from './wire.ts';

/** The GPU operator's one object, cluster-scoped. Source: nvidia.com/v1 ClusterPolicy. */
export interface ClusterPolicy extends KubeObject {
  readonly status?: {
    readonly state?: string;
    readonly namespace?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** What is read of accelerators beside nodes and pods. */
export interface GpuResourceTypes {
  'clusterpolicies.nvidia.com': ClusterPolicy;
  'deviceclasses.resource.k8s.io': Wire<k8s.V1DeviceClass> & KubeObject;
  'resourceclaims.resource.k8s.io': Wire<k8s.ResourceV1ResourceClaim> & KubeObject;
  'resourceslices.resource.k8s.io': Wire<k8s.V1ResourceSlice> & KubeObject;
}
