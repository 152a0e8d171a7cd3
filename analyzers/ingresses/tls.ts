import {
  type CauseLink,
  computed,
  type Draft,
  field,
  isBeingIssued,
  type ObjectRef,
  ref,
  type SecretFacts,
  servesSecrets,
  type Severity,
  type Snapshot,
} from '../../src/kit.ts';
import { type ClassReads, type Ingress, settledIngresses } from './classes.ts';
import type { Code } from './codes.ts';

/** TLS Secrets that are missing, lack what a certificate needs, or whose key belongs to another certificate. */
export function* certificates(
  snapshot: Snapshot<ClassReads | 'certificates.cert-manager.io' | 'secrets'>,
  grace: number,
): Generator<Draft<Code>> {
  for (const ingress of settledIngresses(snapshot, grace)) {
    if (!servesSecrets(snapshot, ingress)) continue;
    const seen = new Set<string>();
    for (const [index, { secretName, hosts }] of (ingress.spec.tls ?? []).entries()) {
      if (secretName === undefined || secretName === '' || seen.has(secretName)) continue;
      seen.add(secretName);
      const { namespace } = ingress.metadata;
      const found = snapshot.lookup('secrets', secretName, namespace);
      const target = { name: secretName, ...(namespace === undefined ? {} : { namespace }) };
      if (found.state === 'absent' && isBeingIssued(snapshot, target)) continue;
      const fault =
        found.state === 'absent'
          ? { text: 'does not exist', severity: 'critical' as const }
          : found.state === 'found'
            ? faultOf(found.object)
            : undefined;
      if (fault === undefined) continue;
      const path = `spec.tls[${index}].secretName`;
      const draft = unavailable(ingress, { secretName, path, hosts: hosts ?? [], ...fault });
      // cert-manager was to make the Secret.
      const writers = snapshot
        .list('certificates.cert-manager.io', ingress.metadata.namespace)
        .items.filter(({ spec }) => spec.secretName === secretName)
        .map((one): CauseLink => {
          const via = { field: 'spec.secretName', value: secretName };
          return { object: ref(one), needs: 'issue', via, certainty: 'sure' };
        });
      yield { ...draft, causes: [...(draft.causes ?? []), ...writers] };
    }
  }
}

function faultOf(secret: SecretFacts): { readonly text: string; readonly severity: Severity } | undefined {
  const lacking = ['tls.crt', 'tls.key'].filter((key) => !secret.keys.includes(key));
  if (lacking.length > 0) return { text: `has no ${lacking.join(' and no ')}`, severity: 'critical' };
  if (secret.keyMatchesCertificate === false) {
    return { text: 'holds a private key that does not belong to its certificate', severity: 'critical' };
  }
  return secret.type === 'kubernetes.io/tls'
    ? undefined
    : { text: `is of type ${secret.type}, which some controllers refuse`, severity: 'warning' };
}

interface Fault {
  readonly secretName: string;
  readonly path: string;
  readonly hosts: readonly string[];
  readonly text: string;
  readonly severity: Severity;
}

function unavailable(ingress: Ingress, { secretName, path, hosts, text, severity }: Fault): Draft<Code> {
  const { namespace } = ingress.metadata;
  const secret: ObjectRef = {
    apiVersion: 'v1',
    kind: 'Secret',
    ...(namespace === undefined ? {} : { namespace }),
    name: secretName,
  };
  const names =
    hosts.length === 0 ? '' : ` for ${hosts.slice(0, 3).join(', ')}${hosts.length > 3 ? ' and others' : ''}`;
  return {
    code: 'IngressTLSUnavailable',
    object: ref(ingress),
    key: secretName,
    severity,
    message: `its TLS Secret ${secretName}${names} ${text}`,
    evidence: [field(ingress, path, secretName), computed(secret, `Secret ${secretName} ${text}`)],
    causes: [{ object: secret, needs: 'route', via: { field: path, value: secretName }, certainty: 'sure' }],
    values: { secret: secretName },
  };
}
