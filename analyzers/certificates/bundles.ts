import {
  type CaBundle,
  caBundles,
  type CauseLink,
  type Draft,
  field,
  groupBy,
  millis,
  olderThan,
  ref,
  refKey,
  renewedExpiryOf,
  seenCertificates,
  type Snapshot,
  timeText,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';
import { certificateText, endText } from './words.ts';

const prefix = 'cert-manager.io/inject-';

/**
 * The authorities by which the API server checks webhooks, aggregated APIs and conversion webhooks: expired, about to, or none at all
 * where the Service inside the cluster is called, whose certificate no public authority signs.
 * @param refused objects whose certificate the API server refuses by its own words: those findings say what is missing here.
 */
export function* bundles(snapshot: View, refused: ReadonlySet<string>, graceSeconds: number): Iterable<Draft<Code>> {
  const live = caBundles(snapshot).filter(({ object }) => object.metadata.deletionTimestamp === undefined);
  for (const group of groupBy(live, (one) => `${refKey(ref(one.object))} ${bundleKey(one)}`).values()) {
    const worst = group.find(({ strict }) => strict) ?? group[0];
    if (worst === undefined) continue;
    const draft =
      worst.certificates !== undefined
        ? dated(snapshot, worst, group)
        : refused.has(refKey(ref(worst.object)))
          ? undefined
          : missing(snapshot, worst, graceSeconds);
    if (draft !== undefined) yield draft;
  }
}

/** Webhooks of one configuration that call one Service fail together. */
export function bundleKey({ name, service }: CaBundle): string {
  if (name === undefined) return '';
  return service === undefined ? name : `${service.namespace}/${service.name}`;
}

/** Whether every authority of a bundle has expired, or is not valid yet. */
export function isOver(snapshot: Snapshot<never>, { certificates }: CaBundle): boolean {
  const now = millis(snapshot.takenAt) ?? 0;
  return (
    certificates !== undefined && certificates.every(({ notBefore, notAfter }) => now > notAfter || now < notBefore)
  );
}

function dated(snapshot: View, one: CaBundle, group: readonly CaBundle[]): Draft<Code> | undefined {
  const now = millis(snapshot.takenAt) ?? 0;
  const dates = (one.certificates ?? []).map((certificate) => ({
    certificate,
    expiry: renewedExpiryOf(certificate, now),
  }));
  // One that is valid is enough.
  if (dates.some(({ expiry }) => expiry === undefined)) return undefined;
  const last = dates.toSorted((a, b) => b.certificate.notAfter - a.certificate.notAfter)[0];
  if (last?.expiry === undefined) return undefined;
  const over = isOver(snapshot, one);
  const { certificate } = last;
  const strict = group.some((bundle) => bundle.strict);
  const effect = over ? (strict ? ', so calls to it fail' : ', so it is left out') : '';
  return {
    code: over ? 'CABundleExpired' : 'CABundleExpiring',
    object: ref(one.object),
    key: bundleKey(one),
    severity: over && strict ? 'critical' : 'warning',
    message: `authority ${certificate.subject} of ${whatText(one)} ${endText(certificate, now)}${effect}`,
    evidence: [field(one.object, one.field, certificateText(certificate))],
    causes: [...sourceLinks(snapshot, one), ...holderLinks(snapshot, one)],
    ...(last.expiry.state === 'expired' ? { since: timeText(certificate.notAfter) } : {}),
    values: serviceValues(one),
  };
}

function missing(snapshot: View, one: CaBundle, graceSeconds: number): Draft<Code> | undefined {
  const { metadata } = one.object;
  if (one.service === undefined || !olderThan(snapshot, metadata.creationTimestamp, graceSeconds)) return undefined;
  const injected = Object.keys(metadata.annotations ?? {}).find((key) => key.startsWith(prefix));
  // Who fills it in is not known: OpenShift, OLM, or the program itself when it starts.
  if (injected === undefined && isFilledByOthers(one)) return undefined;
  const why =
    injected === undefined
      ? 'and the authorities of the system know no Service of the cluster'
      : `although ${injected} asks cert-manager to write it`;
  return {
    // Whether calls fail without it is told by the API server's words alone.
    code: injected === undefined ? 'CABundleNotSet' : 'CABundleMissing',
    object: ref(one.object),
    key: bundleKey(one),
    ...(injected !== undefined && !one.strict ? { severity: 'warning' as const } : {}),
    message: `no authority is given to check ${whatText(one)} with, ${why}`,
    evidence: [field(one.object, one.field, 'not set, or no certificate in it')],
    causes: [...sourceLinks(snapshot, one), ...(injected === undefined ? [] : injectorLinks(snapshot))],
    values: serviceValues(one),
  };
}

const fillers = ['service.beta.openshift.io/inject-cabundle', 'olm.owner'];

function isFilledByOthers({ object, strict }: CaBundle): boolean {
  const { annotations = {}, labels = {} } = object.metadata;
  // Aggregated APIs without a bundle are told by their condition, conversion webhooks by theirs.
  return object.kind === 'APIService' || !strict || fillers.some((key) => key in annotations || key in labels);
}

function whatText({ name, service, object }: CaBundle): string {
  const where = service === undefined ? '' : ` (Service ${service.namespace}/${service.name})`;
  if (name !== undefined) return `webhook ${name}${where}`;
  return `${object.kind === 'APIService' ? 'the API' : 'its conversion webhook'}${where}`;
}

function serviceValues({ service, name }: CaBundle): Readonly<Record<string, string>> {
  return {
    ...(name === undefined ? {} : { webhook: name }),
    ...(service === undefined ? {} : { service: service.name, service_namespace: service.namespace }),
  };
}

/** The Certificate or Secret that cert-manager's injector copies from, as the annotation names it. */
export function sourceLinks(snapshot: Snapshot<'certificates.cert-manager.io'>, { object }: CaBundle): CauseLink[] {
  const annotations = object.metadata.annotations ?? {};
  return [
    ['ca-from', 'cert-manager.io/v1', 'Certificate'] as const,
    ['ca-from-secret', 'v1', 'Secret'] as const,
  ].flatMap(([suffix, apiVersion, kind]) => {
    const value = annotations[`${prefix}${suffix}`] ?? '';
    const [namespace = '', name = '', ...rest] = value.split('/');
    if (namespace === '' || name === '' || rest.length > 0) return [];
    const via = { field: `metadata.annotations[${prefix}${suffix}]`, value };
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

/** Where the authorities of a bundle lie beside it. */
function holderLinks(snapshot: View, one: CaBundle): CauseLink[] {
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
      via: { field: 'metadata.annotations', value: `${prefix}ca-from` },
      certainty: 'likely',
    }));
}
