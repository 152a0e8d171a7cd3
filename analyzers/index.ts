import type { Analyzer } from '../src/model/finding.ts';
import admission from './admission/index.ts';
import autoscaling from './autoscaling/index.ts';
import certificates from './certificates/index.ts';
import controlPlane from './control-plane/index.ts';
import deployments from './deployments/index.ts';
import disruption from './disruption/index.ts';
import gpu from './gpu/index.ts';
import ingresses from './ingresses/index.ts';
import namespaces from './namespaces/index.ts';
import nodes from './nodes/index.ts';
import pods from './pods/index.ts';
import references from './references/index.ts';
import services from './services/index.ts';
import storage from './storage/index.ts';
import workloads from './workloads/index.ts';

/** Every analyzer, in alphabetical order. */
export const analyzers: readonly Analyzer[] = [
  admission,
  autoscaling,
  certificates,
  controlPlane,
  deployments,
  disruption,
  gpu,
  ingresses,
  namespaces,
  nodes,
  pods,
  references,
  services,
  storage,
  workloads,
];
