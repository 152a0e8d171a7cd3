import { type Draft, field, nearest, ref, type Service, type Snapshot } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type ReferrerReads, referrersOf } from './referrers.ts';
import { settledServices } from './settled.ts';

type Snap = Snapshot<ReferrerReads | 'services' | 'namespaces'>;

/** Services of type ExternalName that stand for another Service of the cluster, which does not exist: the name is not resolved. */
export function* externalNames(snapshot: Snap, settle: number): Generator<Draft<Code>> {
  for (const service of settledServices(snapshot, settle)) {
    const target = targetOf(service);
    if (target === undefined || snapshot.lookup('services', target.name, target.namespace).state !== 'absent') continue;
    const there = snapshot.list('services', target.namespace).items.map(({ metadata }) => metadata.name);
    const near = nearest(target.name, there);
    const referrers = referrersOf(snapshot, service);
    yield {
      code: 'ServiceExternalNameMissing',
      object: ref(service),
      ...(referrers.length > 0 ? { severity: 'critical' as const } : {}),
      message: `it stands for Service ${target.namespace}/${target.name}, which does not exist${near === undefined ? '' : ` (did you mean ${near}?)`}`,
      evidence: [
        field(service, 'spec.externalName', service.spec.externalName ?? ''),
        ...referrers.slice(0, 3).map(({ object, path }) => field(object, path, service.metadata.name)),
      ],
      causes: [
        {
          object: { apiVersion: 'v1', kind: 'Service', ...target },
          needs: 'route',
          via: { field: 'spec.externalName', value: service.spec.externalName ?? '' },
          certainty: 'sure',
        },
      ],
      values: { target: target.name, target_namespace: target.namespace },
    };
  }
}

/** `db.prod.svc`, with or without the cluster's domain; `clusterset` is the domain of the other clusters (KEP-1645). */
function targetOf({ spec }: Service): { readonly name: string; readonly namespace: string } | undefined {
  if (spec.type !== 'ExternalName') return undefined;
  const [name, namespace, svc, ...domain] = (spec.externalName ?? '').toLowerCase().replace(/\.$/, '').split('.');
  if (name === undefined || namespace === undefined || svc !== 'svc' || domain[0] === 'clusterset') return undefined;
  return { name, namespace };
}
