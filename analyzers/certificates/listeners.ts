import { certificatesOf, type Draft, field, ref } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { isStandIn } from './hosts.ts';
import type { View } from './reads.ts';
import { certificateText, listText } from './words.ts';

/** Listeners of Gateways for a host that none of their certificates is for. One that could not be seen may be. */
export function* listeners(snapshot: View): Iterable<Draft<Code>> {
  for (const gateway of snapshot.list('gateways.gateway.networking.k8s.io').items) {
    if (gateway.metadata.deletionTimestamp !== undefined) continue;
    for (const [index, { name = '', hostname = '', tls }] of (gateway.spec.listeners ?? []).entries()) {
      const refs = tls?.certificateRefs ?? [];
      if (hostname === '' || refs.length === 0 || tls?.mode === 'Passthrough') continue;
      const seen = refs.map(({ kind = 'Secret', name: secret = '', namespace = gateway.metadata.namespace }) =>
        kind === 'Secret' ? snapshot.lookup('secrets', secret, namespace) : undefined,
      );
      const secrets = seen.flatMap((one) => (one?.state === 'found' ? [one.object] : []));
      const own = secrets.flatMap((one) => certificatesOf(one.certificates?.['tls.crt'] ?? '').slice(0, 1));
      if (own.length < refs.length || own.some((one) => one.covers(hostname) || isStandIn(one))) continue;
      const names = own.flatMap((one) => one.names);
      const [secret] = secrets;
      yield {
        code: 'GatewayCertificateMismatch',
        object: ref(gateway),
        key: name,
        message:
          `the certificate of listener ${name} is not for ${hostname}: ` +
          `it is for ${names.length === 0 ? 'no name at all' : listText(names)}`,
        evidence: [
          field(gateway, `spec.listeners[${index}].hostname`, hostname),
          ...secrets
            .slice(0, 3)
            .map((one, at) => field(one, 'data[tls.crt]', own[at] === undefined ? '' : certificateText(own[at]))),
        ],
        causes: secrets.map((one) => ({
          object: ref(one),
          needs: 'route' as const,
          via: { field: `spec.listeners[${index}].tls.certificateRefs[].name`, value: one.metadata.name },
          certainty: 'sure' as const,
        })),
        values: {
          listener: name,
          host: hostname,
          ...(secret === undefined
            ? {}
            : { secret: secret.metadata.name, secret_namespace: secret.metadata.namespace ?? '' }),
        },
      };
    }
  }
}
