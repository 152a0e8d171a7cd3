import type { CodeSpec } from '../../src/kit.ts';

export const codes = {
  APIServerCertificateExpiring: { severity: 'warning', title: 'Certificate of the API server expires soon' },
  CABundleExpired: {
    severity: 'critical',
    title: 'Every authority that the API server checks a webhook or an API with has expired',
    breaks: ['admit', 'issue'],
  },
  CABundleExpiring: { severity: 'warning', title: 'Authority of a webhook or an API expires soon' },
  CABundleMissing: {
    severity: 'critical',
    title: 'Authority of a webhook or an API that cert-manager has not written',
    breaks: ['admit', 'issue'],
  },
  CABundleNotSet: { severity: 'info', title: 'No authority to check a webhook with' },
  CertificateAuthorityExpired: {
    severity: 'critical',
    title: 'Certificate authority expired',
    breaks: ['admit', 'issue', 'route'],
  },
  CertificateAuthorityExpiring: {
    severity: 'warning',
    title: 'Certificate authority expires soon',
    breaks: ['issue'],
  },
  CertificateChainBroken: { severity: 'warning', title: 'Certificate chain out of order or incomplete' },
  CertificateExpired: { severity: 'critical', title: 'Certificate expired', breaks: ['admit', 'route'] },
  CertificateExpiring: { severity: 'warning', title: 'Certificate expires soon' },
  CertificateKeyMismatch: {
    severity: 'critical',
    title: 'Private key of another certificate',
    breaks: ['admit', 'route'],
  },
  CertificateNotReady: { severity: 'warning', title: 'cert-manager cannot issue a certificate', breaks: ['issue'] },
  CertificateNotYetValid: {
    severity: 'critical',
    title: 'Certificate not valid yet',
    breaks: ['admit', 'issue', 'route'],
  },
  CertificateOutlivesAuthority: {
    severity: 'warning',
    title: 'Certificate that outlives its authority',
    breaks: ['admit', 'route'],
  },
  CertificateRenewalOverdue: {
    severity: 'warning',
    title: 'Renewal of a certificate overdue or failing',
    breaks: ['issue'],
  },
  CertificateRequestFailed: { severity: 'critical', title: 'Request for a certificate failed', breaks: ['issue'] },
  CertificateSecretShared: {
    severity: 'critical',
    title: 'Two Certificates write into one Secret',
    breaks: ['issue'],
  },
  CertificateSelfSigned: { severity: 'info', title: 'Certificate that nobody signed but itself' },
  CertificateSigningRequestFailed: { severity: 'warning', title: 'Certificate signing request not fulfilled' },
  CertificateSigningRequestPending: {
    severity: 'warning',
    title: 'Certificate signing request that nobody approves',
    breaks: ['run'],
  },
  CertificateUnreadable: {
    severity: 'critical',
    title: 'Certificate that cannot be read',
    breaks: ['admit', 'route'],
  },
  CertificateUsageWrong: {
    severity: 'critical',
    title: 'Certificate made for another use',
    breaks: ['admit', 'route'],
  },
  CertificateWeak: { severity: 'warning', title: 'Certificate with a weak key or signature' },
  ChallengePending: { severity: 'warning', title: 'ACME challenge not passed', breaks: ['issue'] },
  GatewayCertificateMismatch: { severity: 'warning', title: 'Certificate that is not for the host of its Gateway' },
  GatewayCertificateUnavailable: { severity: 'critical', title: 'Certificate of a Gateway that cannot be used' },
  IngressCertificateMismatch: { severity: 'warning', title: 'Certificate that is not for the hosts of its Ingress' },
  IngressCertificateUnusable: { severity: 'critical', title: 'Certificate of an Ingress that nobody accepts' },
  IssuerMissing: { severity: 'critical', title: 'Issuer of a certificate does not exist', breaks: ['issue'] },
  IssuerNotReady: { severity: 'critical', title: 'Issuer of certificates not ready', breaks: ['issue'] },
  KubeconfigCertificateExpiring: { severity: 'warning', title: 'Client certificate of the kubeconfig expires soon' },
  OrderFailed: { severity: 'warning', title: 'ACME order failed', breaks: ['issue'] },
  WebhookCertificateRejected: {
    severity: 'critical',
    title: 'The API server does not accept the certificate of a webhook',
    breaks: ['admit', 'issue'],
  },
} as const satisfies Record<string, CodeSpec>;

export type Code = keyof typeof codes;
