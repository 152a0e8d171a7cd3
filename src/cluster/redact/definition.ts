import { isRecord } from '../shape.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A CustomResourceDefinition without the schemas of its versions, which are larger than all that is read of it. */
export function definitionFacts(raw: Raw): Raw {
  const { apiVersion, kind, metadata } = raw;
  const spec = isRecord(raw['spec']) ? raw['spec'] : {};
  const status = isRecord(raw['status']) ? raw['status'] : {};
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isRecord) : [];
  return {
    apiVersion,
    kind,
    metadata,
    spec: {
      group: spec['group'],
      names: isRecord(spec['names']) ? { kind: spec['names']['kind'], plural: spec['names']['plural'] } : undefined,
      versions: versions.map(({ name, served, storage }) => ({ name, served, storage })),
      conversion: spec['conversion'],
    },
    status: { conditions: status['conditions'] },
  };
}
