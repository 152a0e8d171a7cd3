import type { ObjectRef } from '../model/object.ts';
import type { Report } from '../model/report.ts';

type Brief = NonNullable<Report['baseline']>['resolved'][number];

/** A problem in short, as the public forms tell it. */
export function briefOf({ id, code, severity, object, message }: Brief): Brief {
  const { apiVersion, kind, namespace, name } = object;
  const about: ObjectRef = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
  return { id, code, severity, object: about, message };
}
