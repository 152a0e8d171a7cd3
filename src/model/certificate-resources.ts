import type * as k8s from '@kubernetes/client-node/dist/gen/models/all.js';
import type { KubeObject } from './object.ts';
import type { Wire } from './wire.ts';

/** The condition of cert-manager and of the Gateway API: the form of metav1.Condition. */
export interface ObjectCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

interface IssuerRef {
  readonly name?: string;
  /** Issuer where it is left out. */
  readonly kind?: string;
  /** cert-manager.io where it is left out. */
  readonly group?: string;
}

/** cert-manager.io/v1 Certificate: a certificate that is to be in a Secret. */
export interface ManagedCertificate extends KubeObject {
  readonly spec: {
    readonly secretName?: string;
    readonly issuerRef?: IssuerRef;
    readonly commonName?: string;
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    readonly isCA?: boolean;
    readonly duration?: string;
    readonly renewBefore?: string;
  };
  readonly status?: {
    readonly conditions?: readonly ObjectCondition[];
    readonly notBefore?: string;
    readonly notAfter?: string;
    readonly renewalTime?: string;
    readonly revision?: number;
    readonly failedIssuanceAttempts?: number;
    readonly lastFailureTime?: string;
  };
}

/** cert-manager.io/v1 CertificateRequest: one try to get a certificate. */
export interface CertificateRequest extends KubeObject {
  readonly spec: { readonly issuerRef?: IssuerRef };
  readonly status?: {
    readonly conditions?: readonly ObjectCondition[];
    /** Base64 of PEM. */
    readonly certificate?: string;
    readonly ca?: string;
    readonly failureTime?: string;
  };
}

/** cert-manager.io/v1 Issuer and ClusterIssuer. */
export interface Issuer extends KubeObject {
  readonly spec: {
    readonly ca?: { readonly secretName?: string };
    readonly acme?: { readonly server?: string };
    readonly selfSigned?: object;
    readonly vault?: object;
    readonly venafi?: object;
  };
  readonly status?: { readonly conditions?: readonly ObjectCondition[] };
}

/** acme.cert-manager.io/v1 Order. */
export interface AcmeOrder extends KubeObject {
  readonly spec: { readonly issuerRef?: IssuerRef; readonly dnsNames?: readonly string[] };
  readonly status?: { readonly state?: string; readonly reason?: string; readonly failureTime?: string };
}

/** acme.cert-manager.io/v1 Challenge. */
export interface AcmeChallenge extends KubeObject {
  readonly spec: { readonly type?: string; readonly dnsName?: string; readonly issuerRef?: IssuerRef };
  readonly status?: {
    readonly state?: string;
    readonly reason?: string;
    readonly presented?: boolean;
    readonly processing?: boolean;
  };
}

/** gateway.networking.k8s.io/v1 Gateway, as far as it is looked at. */
export interface Gateway extends KubeObject {
  readonly spec: {
    readonly gatewayClassName?: string;
    readonly listeners?: readonly {
      readonly name?: string;
      readonly hostname?: string;
      readonly tls?: {
        readonly mode?: string;
        readonly certificateRefs?: readonly {
          readonly group?: string;
          readonly kind?: string;
          readonly name?: string;
          readonly namespace?: string;
        }[];
      };
    }[];
  };
  readonly status?: {
    readonly conditions?: readonly ObjectCondition[];
    readonly listeners?: readonly { readonly name?: string; readonly conditions?: readonly ObjectCondition[] }[];
  };
}

/** kafka.strimzi.io Kafka: what its status tells of certificates. */
export interface KafkaFacts extends KubeObject {
  readonly status?: {
    /** PEM: the authority of the cluster, or the certificate that a listener was given. */
    readonly listeners?: readonly { readonly name?: string; readonly certificates?: readonly string[] }[];
  };
}

/** postgresql.cnpg.io/v1 Cluster: what it tells of certificates. */
export interface PostgresClusterFacts extends KubeObject {
  readonly spec: {
    /** The Secrets that somebody else keeps; of the others the operator takes care. */
    readonly certificates?: Readonly<Record<string, unknown>>;
  };
  readonly status?: {
    /** By Secret, when its certificate ends, as Go prints times: `2026-11-06 01:46:28 +0000 UTC`. */
    readonly certificates?: { readonly expirations?: Readonly<Record<string, string>> };
  };
}

interface WebhookClient {
  readonly caBundle?: string;
  readonly url?: string;
  readonly service?: { readonly name?: string; readonly namespace?: string; readonly port?: number };
}

/** What is kept of a CustomResourceDefinition: schemas are large, and nobody reads them. */
export interface CustomResourceDefinitionFacts extends KubeObject {
  readonly spec: {
    readonly group?: string;
    readonly names?: { readonly kind?: string; readonly plural?: string };
    readonly versions?: readonly { readonly name?: string; readonly served?: boolean; readonly storage?: boolean }[];
    readonly conversion?: {
      readonly strategy?: string;
      readonly webhook?: { readonly clientConfig?: WebhookClient };
    };
  };
  readonly status?: { readonly conditions?: readonly ObjectCondition[] };
}

/** The types of the resources that tell of certificates. */
export interface CertificateResourceTypes {
  'certificaterequests.cert-manager.io': CertificateRequest;
  'certificates.cert-manager.io': ManagedCertificate;
  'certificatesigningrequests.certificates.k8s.io': Wire<k8s.V1CertificateSigningRequest> &
    KubeObject & { readonly spec: NonNullable<Wire<k8s.V1CertificateSigningRequest>['spec']> };
  'challenges.acme.cert-manager.io': AcmeChallenge;
  'clusterissuers.cert-manager.io': Issuer;
  'clusters.postgresql.cnpg.io': PostgresClusterFacts;
  'customresourcedefinitions.apiextensions.k8s.io': CustomResourceDefinitionFacts;
  'gateways.gateway.networking.k8s.io': Gateway;
  'issuers.cert-manager.io': Issuer;
  'kafkas.kafka.strimzi.io': KafkaFacts;
  'orders.acme.cert-manager.io': AcmeOrder;
}
