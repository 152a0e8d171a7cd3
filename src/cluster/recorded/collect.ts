import type { KubeObject } from '../../model/object.ts';
import type { Resource } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';
import { type Claims, createClaims } from './claims.ts';
import { gitVersion, isPage, itemsOf, notStored, type Raw, typed } from './documents.ts';
import type { Place } from './layout.ts';
import { withoutNullTexts } from './null-texts.ts';
import { createShelves, metadataField } from './shelves.ts';
import { resourceByKind, understand } from './versions.ts';

/** What a document turned out to be. */
export type Taken =
  | { readonly what: 'objects' }
  /** A YAML list that ends before it says its kind, which kubectl writes last. */
  | { readonly what: 'cut' }
  | { readonly what: 'nothing'; readonly problem: string };

/** Where a document comes from: the file's name as users know it, and what its place tells. */
export interface Origin {
  readonly label: string;
  readonly place: Place;
  readonly format: 'json' | 'yaml';
}

/** Takes documents of all kinds apart and keeps their objects, the newest of each. */
export interface Collector {
  /** Takes one document of a file: a list, an object, a bare array of objects, or the version of the server. */
  document(document: unknown, origin: Origin): Taken;
  /** Takes one object of a resource, as our own snapshots name it. Gives what is wrong with it, or undefined. */
  add(resource: Resource, raw: unknown): string | undefined;
  readonly claims: Claims;
  readonly objects: ReadonlyMap<Resource, ReadonlyMap<string, KubeObject>>;
  /** How many objects there are of each kind that the tool does not read. */
  readonly unread: ReadonlyMap<string, number>;
  /** What could not be understood, as sentences without a full stop; at most the first twenty. */
  readonly problems: readonly string[];
  /** How many could not be understood. */
  readonly problemCount: number;
  newest(): number | undefined;
  serverVersion: string | undefined;
}

/** An empty collector. */
export function createCollector(): Collector {
  const unread = new Map<string, number>();
  const problems: string[] = [];
  const claims = createClaims();

  const problem = (text: string): string => {
    collector.problemCount += 1;
    if (problems.length < 20) problems.push(text);
    return text;
  };

  const shelves = createShelves();
  const add = (resource: Resource, raw: unknown): string | undefined => {
    const bad = shelves.add(resource, raw);
    return bad === undefined ? undefined : problem(bad);
  };

  /** One object that says itself what it is, or that stands in a list that says it. */
  function one(raw: Raw, apiVersion: string, kind: string): { resource?: Resource; namespace?: string; bad?: string } {
    const understood = understand(apiVersion, kind, raw);
    if (understood === 'unread') {
      unread.set(kind, (unread.get(kind) ?? 0) + 1);
      const space = metadataField(raw, 'namespace');
      return typeof space === 'string' ? { namespace: space } : {};
    }
    if (understood === 'unknown version') {
      const resource = resourceByKind(apiVersion, kind);
      const bad = problem(
        `${kind} ${String(metadataField(raw, 'name'))} is of the version ${apiVersion}, which is not understood`,
      );
      return resource === undefined ? { bad } : { resource, bad };
    }
    const { resource } = understood;
    const bad = add(resource, understood.raw);
    const namespace = metadataField(raw, 'namespace');
    return {
      resource,
      ...(typeof namespace === 'string' ? { namespace } : {}),
      ...(bad === undefined ? {} : { bad }),
    };
  }

  function list(document: Raw, items: readonly unknown[], origin: Origin): Taken {
    if (document['kind'] === undefined && (origin.format === 'yaml' || origin.place.resource === undefined))
      return origin.format === 'yaml'
        ? { what: 'cut' }
        : { what: 'nothing', problem: 'it holds a list without a kind' };
    const own = typed(document, origin.place);
    const claim = claims.list(origin.label);
    if (own !== undefined) {
      const resource = resourceByKind(own.apiVersion, own.kind);
      if (resource !== undefined) claim.holds(resource);
    }
    let accepted = items.length === 0;
    let first: string | undefined;
    for (const item of items) {
      if (!isRecord(item)) {
        first ??= problem(`an item of the list in ${origin.label} is not an object`);
        claim.broken();
        continue;
      }
      const { apiVersion = own?.apiVersion, kind = own?.kind } = item;
      const inner = itemsOf(item);
      if (inner !== undefined) {
        accepted = list(item, inner, origin).what === 'objects' || accepted;
        continue;
      }
      if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
        first ??= problem(`an item of the list in ${origin.label} has no kind`);
        claim.broken();
        continue;
      }
      const { resource, namespace, bad } = one(item, apiVersion, kind);
      claim.holds(resource, namespace);
      if (bad === undefined) accepted = true;
      else {
        first ??= bad;
        if (resource !== undefined) claim.broken(resource);
      }
    }
    claim.end(origin.place.namespace, isPage(document));
    return accepted ? { what: 'objects' } : { what: 'nothing', problem: first ?? 'it holds no object' };
  }

  const collector: Writable = {
    add,
    claims,
    objects: shelves.objects,
    unread,
    problems,
    problemCount: 0,
    serverVersion: undefined,
    newest: () => shelves.newest(),
    document(given, origin) {
      const document = origin.place.kit === true ? withoutNullTexts(given) : given;
      if (Array.isArray(document)) return bare(document, origin);
      if (!isRecord(document)) return { what: 'nothing', problem: 'it holds no object' };
      const items = itemsOf(document);
      if (items !== undefined) return list(document, items, origin);
      const version = gitVersion(document);
      if (version !== undefined) {
        collector.serverVersion ??= version;
        return { what: 'objects' };
      }
      const { apiVersion, kind } = document;
      if (typeof kind !== 'string' || typeof apiVersion !== 'string')
        return {
          what: 'nothing',
          problem: isReport(document) ? reportProblem : 'it holds an object without kind and apiVersion',
        };
      const strange = notStored(document, kind);
      if (strange !== undefined) return { what: 'nothing', problem: strange };
      if (!isRecord(document['metadata'])) return { what: 'nothing', problem: `it holds a ${kind} without metadata` };
      const { bad } = one(document, apiVersion, kind);
      return bad === undefined ? { what: 'objects' } : { what: 'nothing', problem: bad };
    },
  };

  /** Objects that stand in an array without a list around it are single objects: nobody says that they are all. */
  function bare(items: readonly unknown[], origin: Origin): Taken {
    // Old support bundles hold the items of a list alone, which do not say what they are: their place does.
    const untold = items.length > 0 && items.every((item) => isRecord(item) && item['kind'] === undefined);
    if (untold && origin.place.resource !== undefined) return list({ items }, items, origin);
    let result: Taken = { what: 'nothing', problem: 'it holds no object' };
    for (const item of items) {
      const taken: Taken = isRecord(item) ? collector.document(item, origin) : result;
      if (result.what === 'nothing') result = taken;
    }
    return items.length === 0 ? { what: 'objects' } : result;
  }

  return collector;
}

type Writable = { -readonly [Key in keyof Collector]: Collector[Key] };

const reportProblem = 'it is a report of mekhanikube, for mekhanikube diff, push and --baseline';

function isReport({ schemaVersion, tool }: Readonly<Record<string, unknown>>): boolean {
  return typeof schemaVersion === 'string' && isRecord(tool) && tool['name'] === 'mekhanikube';
}
