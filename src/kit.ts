/** All that an analyzer may import. */
import type { Analyzer, SettingSpec } from './model/finding.ts';
import type { Resource } from './model/resources.ts';

export type {
  Analyzer,
  Capability,
  CauseLink,
  CodeSpec,
  Draft,
  Evidence,
  Settings,
  SettingSpec,
  Severity,
} from './model/finding.ts';
export { groupOf, type KubeObject, type ObjectRef, ref, refKey, refText, sameRef } from './model/object.ts';
export {
  type ConfigMapFacts,
  type Container,
  type ContainerStatus,
  type KubeEvent,
  type Node,
  type Pod,
  type PodSpec,
  type Resource,
  type ResourceTypes,
  resourceOf,
  resources,
  type SecretFacts,
  type Service,
} from './model/resources.ts';
export type { Listing, Lookup, Snapshot } from './model/snapshot.ts';
export { type BackendReads, type Backends, backendsOf, type SelectedWorkload, workloadsIn } from './graph/backends.ts';
export { brief } from './graph/brief.ts';
export { apiServerOf, clientDates, kubeconfigOf } from './graph/access.ts';
export { type ChainEnd, chainEnd } from './graph/certificate-chain.ts';
export { type Expiry, expiryOf, type ExpiryLimits, renewedExpiryOf } from './graph/certificate-expiry.ts';
export { type CaBundle, caBundles } from './graph/ca-bundles.ts';
export {
  type CertificateHolder,
  type CertificateReads,
  issuersOf,
  type SeenCertificate,
  seenCertificates,
} from './graph/certificate-holders.ts';
export { isBeingIssued } from './graph/certificate-issuing.ts';
export { holderRenewal, managedBy, renewalOf } from './graph/certificate-renewal.ts';
export {
  certificateUsers,
  type CertificateUser,
  type CertificateUserReads,
  certManagerNamespaces,
  certManagers,
} from './graph/certificate-users.ts';
export { type Certificate, certificatesOf } from './graph/x509.ts';
export { type PostgresCertificate, postgresCertificates } from './graph/postgres-certificates.ts';
export { condition, conditionIs } from './graph/conditions.ts';
export { type FailedCreation, failedCreations } from './graph/creations.ts';
export { type DeclaredPort, declaredPorts } from './graph/declared-ports.ts';
export { type Bound, type Denial, denialOf, denialText } from './graph/denials.ts';
export { type CronProblem, type CronSchedule, nextDue, parseCron } from './graph/cron.ts';
export { computed, eventEvidence, field } from './graph/evidence.ts';
export { eventsOf, lastFailure, type ObjectEvent } from './graph/events.ts';
export { gpuDemand, gpuRequestsOf } from './graph/gpu-demand.ts';
export { type DraReads, draOn, draSlicesOf, taintedDevices } from './graph/gpu-dra.ts';
export { type GpuVendor, gpuVendorNames, gpuVendorOf } from './graph/gpu-names.ts';
export { gpuHardware, type GpuHardware, type GpuOffer, gpuOffers, isWSL } from './graph/gpu-node.ts';
export { gpuOperatorLinks } from './graph/gpu-operator.ts';
export { daemonSetMiss, type GpuPlugin, gpuPluginPodsOn, gpuPlugins } from './graph/gpu-plugins.ts';
export { servesSecrets } from './graph/ingress-secrets.ts';
export { groupBy, once } from './graph/memo.ts';
export { nearest } from './graph/nearest.ts';
export { controllerManager, controllerManagerLink, isLagging, specChanged, unobserved } from './graph/observed.ts';
export { controllerOf, controllersOf, find, ownedBy, topOf } from './graph/owners.ts';
export { pointersAt } from './graph/pointers.ts';
export { quantity, quantityText } from './graph/quantity.ts';
export { admissionLinks, pullSecretsOf, type Referable, type Reference, referencesOf } from './graph/references.ts';
export { isGettingNode, isJoining, scaleUpFor } from './graph/scale-up.ts';
export { amountsOf, amountText } from './graph/scheduling/amounts.ts';
export {
  candidates,
  holdersOf,
  isFaultTaint,
  isNodeFault,
  isTooSmall,
  isNodeFact,
  nearestNode,
} from './graph/scheduling/change.ts';
export { type ClaimGap, claimGaps } from './graph/scheduling/claim-names.ts';
export { claimUses, classOf, selectedNodeAnnotation } from './graph/scheduling/claims.ts';
export { matchesNodeSelector, namedNodes, nodeAffinityMiss } from './graph/scheduling/node-affinity.ts';
export { clusterOf, type SchedulingReads, takesRoom } from './graph/scheduling/occupancy.ts';
export { type PlacementReads, placementOf, placementWithout } from './graph/scheduling/placement.ts';
export { portsText } from './graph/scheduling/ports.ts';
export type { ClaimProblem, Placement, Reason, Verdict } from './graph/scheduling/reasons.ts';
export { requestsOf, usageOf } from './graph/scheduling/requests.ts';
export { taintText, tolerates, untolerated } from './graph/scheduling/tolerations.ts';
export { isReachable } from './graph/scheduling/volumes.ts';
export { selectorIndex } from './graph/selector-index.ts';
export { type LabelSelector, matchesLabels, matchesSelector, selectorText } from './graph/selectors.ts';
export { isReady, isStarting, type Serving, serving } from './graph/serving.ts';
export {
  deadNodeLinks,
  isPassing,
  explainsUnready,
  isActive,
  isSettling,
  nodeIsReady,
  type Patience,
  podStates,
  podTrouble,
  startupSeconds,
} from './graph/settling.ts';
export { age, duration, earliest, latest, millis, olderThan, timeText } from './graph/time.ts';

/**
 * Declares an analyzer: what it reads, what it can find, and the function that finds it. The types tie the three together: a
 * resource that is not declared cannot be read, a code that is not declared cannot be yielded.
 */
export function defineAnalyzer<
  const Reads extends Resource,
  const Code extends string,
  const S extends Readonly<Record<string, SettingSpec>>,
>(analyzer: Analyzer<Reads, Code, S>): Analyzer<Reads, Code, S> {
  return analyzer;
}
