import type { Report } from '../../model/report.ts';
import { most } from './bounds.ts';
import { distinct, type Gauge, type Sample } from './exposition.ts';

type Row = NonNullable<Report['certificates']>[number];

const states = ['ok', 'expiring', 'expired', 'not yet valid'] as const;
const longestSubject = 200;

/**
 * When certificates end. Each is one series, however many copies there are, at the place where a person would renew it. In large clusters
 * those whose end is nearest to now have one, before it or after it: what ended years ago does not hide what ends next week.
 */
export function certificateGauges({ certificates, takenAt }: Report): {
  readonly gauges: readonly Gauge[];
  readonly certificatesLeftOut: number;
} {
  if (certificates === undefined) return { gauges: [], certificatesLeftOut: 0 };
  const now = Date.parse(takenAt);
  const away = ({ notAfter }: Row) => Math.abs(Date.parse(notAfter) - now);
  const nearest = [...certificates].sort((one, next) => away(one) - away(next)).slice(0, most.certificates);
  return {
    gauges: [
      {
        name: 'mekhanikube_certificates',
        help: 'Certificates that could be seen, by how their dates stand',
        samples: states.map((state) => ({
          labels: { state: state.replaceAll(' ', '_') },
          value: certificates.filter((row) => row.state === state).length,
        })),
      },
      {
        name: 'mekhanikube_certificate_not_after_timestamp_seconds',
        help: 'When a certificate ends; managed: somebody is known to renew it; the first to end of those that look alike',
        samples: distinct(nearest.map(sampleOf), Math.min),
      },
    ],
    certificatesLeftOut: certificates.length - nearest.length,
  };
}

function sampleOf({ places: [place], subject, names, authority, renewal, notAfter }: Row): Sample {
  return {
    labels: {
      namespace: place?.object.namespace ?? '',
      kind: place?.object.kind ?? '',
      name: place?.object.name ?? '',
      field: place?.field ?? '',
      subject: short(subject === '' ? (names[0] ?? '') : subject),
      authority: String(authority),
      managed: String(renewal !== undefined),
    },
    value: Date.parse(notAfter) / 1_000,
  };
}

/** A subject is the word of whoever made the certificate, and may be megabytes. */
function short(text: string): string {
  return text.length <= longestSubject ? text : `${text.slice(0, longestSubject - 1)}…`;
}
