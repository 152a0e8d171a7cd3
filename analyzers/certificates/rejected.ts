import {
  caBundles,
  type CauseLink,
  type Draft,
  failedCreations,
  groupBy,
  matchesLabels,
  ref,
  refKey,
  referencesOf,
  brief,
} from '../../src/kit.ts';
import { injectorLinks, sourceLinks } from './bundle-links.ts';
import { bundleKey, isOver } from './bundles.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';

/**
 * Webhooks whose certificate the API server refuses, as its words about pods that it did not create say:
 * `failed calling webhook "w": ... tls: failed to verify certificate: x509: certificate signed by unknown authority`.
 */
export function* rejected(snapshot: View): Iterable<Draft<Code>> {
  const failures = failedCreations(snapshot).flatMap((failure) => {
    const at = failure.text.indexOf('x509: ');
    return failure.denial.kind !== 'webhookFailure' || at === -1
      ? []
      : [{ failure, webhook: failure.denial.webhook, words: brief(failure.text.slice(at + 'x509: '.length), 250) }];
  });
  const pairs = failures.flatMap((failure) =>
    caBundles(snapshot)
      .filter(({ name, service }) => name === failure.webhook && calls(failure.failure.text, service))
      .map((bundle) => ({ ...failure, bundle })),
  );
  for (const group of groupBy(pairs, ({ bundle }) => `${refKey(ref(bundle.object))} ${bundleKey(bundle)}`).values()) {
    const [one] = group;
    if (one === undefined) continue;
    const { bundle, failure, words, webhook } = one;
    // A bundle that has expired as a whole is told of by itself, with its date.
    if (isOver(snapshot, bundle)) continue;
    const { service } = bundle;
    yield {
      code: 'WebhookCertificateRejected',
      object: ref(bundle.object),
      key: bundleKey(bundle),
      severity: bundle.strict ? 'critical' : 'warning',
      message: `the API server does not accept the certificate of webhook ${webhook}: ${words}`,
      evidence: group.slice(0, 3).map((each) => each.failure.evidence),
      causes: [...sourceLinks(snapshot, bundle), ...injectorLinks(snapshot), ...servingLinks(snapshot, service)],
      values: {
        webhook,
        bundle: bundle.field,
        ...(service === undefined ? {} : { service: service.name, service_namespace: service.namespace }),
      },
      ...(failure.since === undefined ? {} : { since: failure.since }),
    };
  }
}

/** The call names its Service: `Post "https://hook.system.svc:443/validate": ...`. */
function calls(text: string, service: { readonly namespace: string; readonly name: string } | undefined): boolean {
  return (
    service === undefined || !text.includes('.svc:') || text.includes(`//${service.name}.${service.namespace}.svc:`)
  );
}

/** The Secrets that the pods behind a Service mount: one of them is the certificate that they show. */
function servingLinks(
  snapshot: View,
  service: { readonly namespace: string; readonly name: string } | undefined,
): CauseLink[] {
  if (service === undefined) return [];
  const found = snapshot.lookup('services', service.name, service.namespace);
  const selector = found.state === 'found' ? (found.object.spec.selector ?? {}) : {};
  if (Object.keys(selector).length === 0) return [];
  const pods = snapshot
    .list('pods', service.namespace)
    .items.filter(({ metadata }) => matchesLabels(selector, metadata.labels));
  const links = new Map<string, CauseLink>();
  for (const pod of pods) {
    for (const { resource, object, path } of referencesOf(pod.spec, { namespace: service.namespace })) {
      if (resource !== 'secrets') continue;
      const via = { field: path, value: object.name };
      links.set(refKey(object), { object, needs: 'admit', via, certainty: 'likely' });
    }
  }
  return [...links.values()];
}
