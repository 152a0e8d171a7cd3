import { type CaBundle, type CauseLink, certificatesOf, ref, seenCertificates, type Snapshot } from '../../src/kit.ts';
import type { View } from './reads.ts';

/** How the annotations begin by which cert-manager is asked to write a bundle. */
export const injectPrefix = 'cert-manager.io/inject-';

/** The Certificate or Secret that cert-manager's injector copies from, as the annotation names it. */
export function sourceLinks(snapshot: Snapshot<'certificates.cert-manager.io'>, { object }: CaBundle): CauseLink[] {
  const annotations = object.metadata.annotations ?? {};
  return [
    ['ca-from', 'cert-manager.io/v1', 'Certificate'] as const,
    ['ca-from-secret', 'v1', 'Secret'] as const,
  ].flatMap(([suffix, apiVersion, kind]) => {
    const value = annotations[`${injectPrefix}${suffix}`] ?? '';
    const [namespace = '', name = '', ...rest] = value.split('/');
    if (namespace === '' || name === '' || rest.length > 0) return [];
    const via = { field: `metadata.annotations[${injectPrefix}${suffix}]`, value };
    const link = (target: CauseLink['object']): CauseLink => ({
      object: target,
      needs: 'issue',
      via,
      certainty: 'sure',
    });
    const links = [
      { ...link({ apiVersion, kind, namespace, name }), ...(kind === 'Secret' ? { needs: 'admit' as const } : {}) },
    ];
    const certificate = snapshot.lookup('certificates.cert-manager.io', name, namespace);
    const secret = certificate.state === 'found' ? certificate.object.spec.secretName : undefined;
    return kind === 'Certificate' && secret !== undefined
      ? [...links, { ...link({ apiVersion: 'v1', kind: 'Secret', namespace, name: secret }), needs: 'admit' as const }]
      : links;
  });
}

/** The Certificate that cert-manager's injector copies from, with its Secret and the authorities in it, where all of it was seen. */
export function injectedFrom(snapshot: View, { object }: CaBundle) {
  const value = object.metadata.annotations?.[`${injectPrefix}ca-from`] ?? '';
  const [namespace = '', name = ''] = value.split('/');
  const found = snapshot.lookup('certificates.cert-manager.io', name, namespace);
  const certificate = found.state === 'found' ? found.object : undefined;
  const secret = snapshot.lookup('secrets', certificate?.spec.secretName ?? '', namespace);
  if (certificate === undefined || secret.state !== 'found') return undefined;
  const authorities = certificatesOf(secret.object.certificates?.['ca.crt'] ?? '');
  return { certificate, secret: secret.object, authorities };
}

/** Where the authorities of a bundle lie beside it. */
export function holderLinks(snapshot: View, one: CaBundle): CauseLink[] {
  const own = new Set(one.certificates);
  const holders = seenCertificates(snapshot)
    .filter(({ certificate }) => own.has(certificate))
    .flatMap((seen) => seen.holders)
    .filter(({ object }) => object.kind === 'Secret' || object.kind === 'ConfigMap');
  return holders.map((holder) => ({
    object: ref(holder.object),
    needs: 'issue',
    via: { field: one.field, value: `the same certificate is in ${holder.field}` },
    certainty: 'sure',
  }));
}

/** cert-manager's injector: where it does not run, nobody fills the bundles in. */
export function injectorLinks(snapshot: Snapshot<'deployments.apps'>): CauseLink[] {
  return snapshot
    .list('deployments.apps')
    .items.filter(
      ({ metadata }) =>
        metadata.labels?.['app.kubernetes.io/name'] === 'cainjector' || metadata.name === 'cert-manager-cainjector',
    )
    .map((deployment) => ({
      object: ref(deployment),
      needs: 'ready',
      via: { field: 'metadata.annotations', value: `${injectPrefix}ca-from` },
      certainty: 'likely',
    }));
}
