import {
  type Certificate,
  type CertificateHolder,
  duration,
  type ObjectRef,
  refText,
  timeText,
} from '../../src/kit.ts';

/** `expired 3d ago (2026-02-26T12:00:00Z)`, `expires in 10d (...)`, `is valid only in 2h (...)`. */
export function endText({ notBefore, notAfter }: Certificate, now: number): string {
  if (now > notAfter) return `expired ${duration((now - notAfter) / 1000)} ago (${timeText(notAfter)})`;
  if (now < notBefore) return `is valid only in ${duration((notBefore - now) / 1000)} (${timeText(notBefore)})`;
  return `expires in ${duration((notAfter - now) / 1000)} (${timeText(notAfter)})`;
}

/** The dates and names of a certificate, as evidence. */
export function certificateText({ subject, issuer, names, notBefore, notAfter, key }: Certificate): string {
  const hosts = names.length === 0 ? '' : `; names ${listText(names, 5)}`;
  return `subject ${subject}; issuer ${issuer}${hosts}; ${timeText(notBefore)} to ${timeText(notAfter)}; ${key}`;
}

/** The first few of a list, and how many more there are. */
export function listText(values: readonly string[], shown = 3): string {
  const rest = values.length - shown;
  return `${values.slice(0, shown).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** `Ingress web and Deployment api`; the namespace is left out where it is the one given. */
export function objectsText(objects: readonly ObjectRef[], home: string | undefined): string {
  return listText(
    objects.map((one) => (one.namespace === home ? `${one.kind} ${one.name}` : refText(one))),
    2,
  );
}

/** Where a holder's certificates are, for kubectl's jsonpath, by what it is: a Secret's are in base64. */
export function pathValues({ object, field: path }: CertificateHolder): Readonly<Record<string, string>> {
  const key = /^data\[(.*)\]$/s.exec(path)?.[1]?.replaceAll('.', String.raw`\.`);
  if (object.kind === 'CertificateRequest') return { request: object.metadata.name };
  if (object.kind === 'Config') return { kubeconfig: object.metadata.name };
  if (object.kind === 'Kafka') return { kafka: object.metadata.name };
  if (key === undefined) return {};
  return object.kind === 'Secret' ? { data_path: key } : { map_path: key };
}
