import { findingId } from '../../src/engine/roll-up.ts';
import type { Capability, CauseLink, Finding, Severity } from '../../src/model/finding.ts';
import { type ObjectRef, refText } from '../../src/model/object.ts';

/** A reference as tests write it: `Node n1`, `Pod shop/web`, `Deployment shop/web`. */
function aRef(text: string): ObjectRef {
  const [kind = '', path = ''] = text.split(' ');
  const [namespace, name = ''] = path.includes('/') ? path.split('/') : [undefined, path];
  const apiVersion = /^(Deployment|ReplicaSet)$/.test(kind) ? 'apps/v1' : 'v1';
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

export interface FindingOptions {
  readonly severity?: Severity;
  readonly key?: string;
  readonly breaks?: readonly Capability[];
  readonly unlocks?: boolean;
  readonly since?: string;
  readonly members?: readonly string[];
  readonly causes?: readonly CauseLink[];
}

/** A finding as the engine's tests need it: `aFinding('NodeNotReady', 'Node n1', { breaks: ['run'] })`. */
export function aFinding(code: string, object: string, options: FindingOptions = {}): Finding {
  const about = aRef(object);
  return {
    id: findingId(code, about, options.key ?? ''),
    analyzer: 'test',
    code,
    key: options.key ?? '',
    severity: options.severity ?? 'critical',
    object: about,
    message: code,
    evidence: [],
    members: (options.members ?? []).map(aRef),
    origins: [about],
    causes: options.causes ?? [],
    breaks: options.breaks ?? [],
    unlocks: options.unlocks ?? false,
    ...(options.since === undefined ? {} : { since: options.since }),
  };
}

/** A cause link: `needs('run', 'Node n1')`. */
export function needs(capability: Capability, object: string, certainty: CauseLink['certainty'] = 'sure'): CauseLink {
  return { object: aRef(object), needs: capability, via: { field: 'spec.x', value: object }, certainty };
}

/** Incidents in short: `NodeNotReady Node n1 > PodNotReady Pod shop/web, ...`. */
export function short(one: { root: Finding; symptoms: readonly Finding[] }): string {
  const name = (finding: Finding) => `${finding.code} ${refText(finding.object)}`;
  return [name(one.root), one.symptoms.map(name).join(', ')].filter((text) => text !== '').join(' > ');
}
