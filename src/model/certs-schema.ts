import { z } from 'zod';
import type { Frozen } from './frozen.ts';
import { clusterSchema, gapSchema, objectSchema, toolSchema } from './object-schema.ts';

/** The certificates of a cluster as data: the one source of its types and of schema/certs.json. Only tests and scripts import it at run time. */

/** Raised when a field goes or changes its meaning; a new optional field does not raise it. */
export const certsSchemaVersion = '1';

const text = z.string().min(1);
const time = text.meta({ description: 'RFC 3339' });

/** One certificate. */
export const certificateRowSchema = z
  .strictObject({
    fingerprint: z
      .exactOptional(text)
      .meta({ description: 'SHA-256; left out where only the status of its Certificate tells of it' }),
    subject: text.meta({ description: 'The distinguished name: CN=web, O=shop' }),
    names: z.array(z.string()).meta({ description: 'DNS names and addresses that it is valid for' }),
    issuer: text,
    issuedBy: z.array(text).meta({ description: 'Fingerprints of the authorities that were seen to have signed it' }),
    authority: z.boolean().meta({ description: 'It may sign others' }),
    selfSigned: z.boolean(),
    key: z.exactOptional(text).meta({ description: 'RSA 2048, EC P-256, Ed25519' }),
    notBefore: z.exactOptional(time).meta({ description: 'Left out where only its end is told' }),
    notAfter: time,
    daysLeft: z.int().meta({ description: 'Whole days to its end, negative after it' }),
    state: z.enum(['ok', 'expiring', 'expired', 'not yet valid']),
    severity: z
      .exactOptional(z.enum(['critical', 'warning', 'info']))
      .meta({ description: 'How bad its dates are; left out where they are good' }),
    places: z
      .array(z.strictObject({ object: objectSchema, field: text }))
      .meta({ description: 'Where it lies: where a person would renew it first' }),
    users: z.array(objectSchema).meta({ description: 'What is known to use it' }),
    renewal: z
      .exactOptional(
        z.strictObject({
          by: text.meta({ description: 'Certificate shop/web, Strimzi' }),
          at: z.exactOptional(time).meta({ description: 'When the next renewal is due' }),
        }),
      )
      .meta({ description: 'Left out where nobody is known to renew it' }),
  })
  .meta({ description: 'One certificate, however many copies there are' });

export const certsSchema = z
  .strictObject({
    schemaVersion: z.literal(certsSchemaVersion),
    tool: toolSchema,
    cluster: clusterSchema,
    takenAt: time.meta({ description: 'The moment that days are counted from, RFC 3339' }),
    complete: z
      .boolean()
      .meta({ description: 'False when certificates, or who uses them, could not be seen: see gaps' }),
    certificates: z.array(certificateRowSchema).meta({ description: 'Worst first' }),
    bundled: z.int().min(0).meta({
      description: 'How many authorities lie only in large bundles, as distributions ship them; they are not listed',
    }),
    gaps: z.array(gapSchema),
  })
  .meta({ title: 'Certificates of a cluster, by mekhanikube' });

export type CertificateRow = Frozen<z.infer<typeof certificateRowSchema>>;
export type CertificateReport = Frozen<z.infer<typeof certsSchema>>;
