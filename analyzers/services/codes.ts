import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  ServiceAddressConflict: { severity: 'info', title: 'Two Services announce one address and port' },
  ServiceEndpointPortUnknown: {
    severity: 'warning',
    title: 'Endpoints under other port names',
    breaks: ['route'],
  },
  ServiceEndpointsNotUpdated: {
    severity: 'warning',
    title: 'EndpointSlices do not follow the ready pods',
    breaks: ['route'],
  },
  // An address is what is missing, not the route inside the cluster: who needs the address asks for `resolve`.
  ServiceLoadBalancerPending: { severity: 'critical', title: 'Load balancer without an address', breaks: ['resolve'] },
  ServiceExternalNameMissing: {
    severity: 'warning',
    title: 'External name of a Service that does not exist',
    breaks: ['route'],
  },
  ServiceLoadBalancerNotUpdated: { severity: 'warning', title: 'Load balancer that is not kept up to date' },
  ServiceLocalPolicyNoEndpoint: { severity: 'warning', title: 'Announcing node without a local endpoint' },
  ServiceNoEndpoints: { severity: 'info', title: 'Service without selector and without endpoints', breaks: ['route'] },
  ServiceNoMatchingPods: { severity: 'warning', title: 'Selector matches no pod', breaks: ['route'] },
  ServiceNoReadyEndpoints: { severity: 'critical', title: 'No ready endpoint', breaks: ['route'] },
  ServicePortNameUnknown: { severity: 'critical', title: 'Target port name that no pod has', breaks: ['route'] },
  ServicePortUndeclared: { severity: 'info', title: 'Target port that no container declares' },
  ServiceStuckTerminating: { severity: 'warning', title: 'Service that cannot be deleted', breaks: ['ready'] },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
