import { isRecord } from '../shape.ts';
import { certificatesIn } from './certificates.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A Kafka of Strimzi with the certificates of its listeners, and nothing else of it. */
export function kafkaFacts({ apiVersion, kind, metadata, status }: Raw): Raw {
  const listeners = isRecord(status) && Array.isArray(status['listeners']) ? status['listeners'].filter(isRecord) : [];
  const told = listeners.flatMap(({ name, certificates }) => {
    const pems = (Array.isArray(certificates) ? certificates : []).flatMap((one) =>
      typeof one === 'string' ? (certificatesIn(one) ?? []) : [],
    );
    return pems.length === 0 ? [] : [{ name, certificates: pems }];
  });
  return { apiVersion, kind, metadata, spec: {}, status: { listeners: told } };
}

/** A Cluster of CloudNativePG with the dates of its certificates and whose they are, and nothing else of it. */
export function postgresFacts({ apiVersion, kind, metadata, spec, status }: Raw): Raw {
  const given = isRecord(spec) && isRecord(spec['certificates']) ? spec['certificates'] : {};
  const known = isRecord(status) && isRecord(status['certificates']) ? status['certificates']['expirations'] : {};
  return {
    apiVersion,
    kind,
    metadata,
    spec: { certificates: texts(given) },
    status: { certificates: { expirations: texts(known) } },
  };
}

function texts(value: unknown): Raw {
  return Object.fromEntries(Object.entries(isRecord(value) ? value : {}).filter(([, one]) => typeof one === 'string'));
}
