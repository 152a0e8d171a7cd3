import {
  type CaBundle,
  caBundles,
  type Draft,
  field,
  groupBy,
  millis,
  olderThan,
  ref,
  refKey,
  refText,
  renewedExpiryOf,
  type Snapshot,
  timeText,
} from '../../src/kit.ts';
import { holderLinks, injectedFrom, injectPrefix, injectorLinks, sourceLinks } from './bundle-links.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';
import { certificateText, endText } from './words.ts';

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
        ? (dated(snapshot, worst, group) ?? stale(snapshot, worst, graceSeconds))
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
  const injected = Object.keys(metadata.annotations ?? {}).find((key) => key.startsWith(injectPrefix));
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

/** cert-manager's injector copies `ca.crt` of the Certificate's Secret; anything else was written before, and by whom does not matter. */
function stale(snapshot: View, one: CaBundle, graceSeconds: number): Draft<Code> | undefined {
  const source = injectedFrom(snapshot, one);
  if (source === undefined || !olderThan(snapshot, source.certificate.status?.notBefore, graceSeconds))
    return undefined;
  const own = one.certificates ?? [];
  const [current] = source.authorities;
  if (current === undefined || own.some((each) => source.authorities.includes(each))) return undefined;
  const name = refText(ref(source.certificate));
  return {
    code: 'CABundleMissing',
    object: ref(one.object),
    key: bundleKey(one),
    ...(one.strict ? {} : { severity: 'warning' as const }),
    message: `the authority given to check ${whatText(one)} with (${own[0]?.subject ?? ''}) is not that of ${name} (${current.subject}), from which cert-manager is to write it`,
    evidence: [
      field(one.object, one.field, own.map(certificateText).join(' | ')),
      field(source.secret, 'data[ca.crt]', certificateText(current)),
    ],
    causes: [...sourceLinks(snapshot, one), ...injectorLinks(snapshot)],
    values: serviceValues(one),
  };
}

function whatText({ name, service, object }: CaBundle): string {
  const where = service === undefined ? '' : ` (Service ${service.namespace}/${service.name})`;
  if (name !== undefined) return `webhook ${name}${where}`;
  return `${object.kind === 'APIService' ? 'the API' : 'its conversion webhook'}${where}`;
}

function serviceValues({ service, name, field: bundle }: CaBundle): Readonly<Record<string, string>> {
  return {
    bundle,
    ...(name === undefined ? {} : { webhook: name }),
    ...(service === undefined ? {} : { service: service.name, service_namespace: service.namespace }),
  };
}
