import type { Comparable, ComparableProblem } from '../model/comparable-schema.ts';
import type { Analyzer, Finding } from '../model/finding.ts';
import { type ObjectRef, refText } from '../model/object.ts';
import { type Resource, resourceOf, resources } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Says why a run could not have seen a problem; undefined where it would have. */
export type BlindTo = (problem: ComparableProblem) => string | undefined;

/** What is known of a run beside its report, where the run is our own. */
export interface RunFacts {
  readonly snapshot: Snapshot;
  /** Everything that was found, in scope or not. */
  readonly findings: readonly Pick<Finding, 'id'>[];
}

const outside = 'it is outside the scope of this run';

/**
 * What a later run was blind to. A problem that is gone counts as seen where its objects could be read, and whatever else its
 * analyzer reads was read as well as it was before: a list that the earlier run lacked, too, cannot be why it is gone.
 * @param facts exact knowledge of the later run; without it the gaps of its report have to do, and where a report shows only what some
 * words select, nobody can tell what else is gone.
 */
export function sightOf(
  earlier: Comparable,
  later: Comparable,
  { analyzers, facts }: { readonly analyzers: readonly Analyzer[]; readonly facts?: RunFacts | undefined },
): BlindTo {
  const reads = new Map(analyzers.map(({ id, reads: own }) => [id, own]));
  const found = new Set(facts?.findings.map(({ id }) => id));
  const lackedBefore = new Set(lacking(earlier).keys());
  const unread = facts === undefined ? unreadByGaps(earlier, later) : unreadBySnapshot(facts.snapshot);
  const { namespaces, selector, filters, targets } = later.scope;
  const isSelected = selector !== undefined || filters.length > 0 || targets.length > 0;

  return (problem) => {
    const { object, members, analyzer } = problem;
    const objects = [object, ...members];
    if (found.has(problem.id)) return outside;
    if (namespaces.length > 0 && !objects.some((one) => isIn(one, namespaces))) return outside;
    if (facts === undefined && isSelected) return 'the later report shows only a part of the cluster';
    const own = later.gaps.find(
      ({ what, name }) =>
        (what === 'analyzer' && name === analyzer) ||
        (what === 'namespace' && objects.some((one) => isIn(one, [name]))),
    );
    if (own !== undefined) return `${own.what} ${own.name}: ${own.reason}`;
    if (facts !== undefined && !reads.has(analyzer)) return `the analyzer ${analyzer} did not run`;
    for (const one of objects) {
      const resource = resourceOf(one.apiVersion, one.kind);
      const why = resource === undefined ? undefined : unread(resource, one.namespace);
      if (why !== undefined) return `${refText(one)}: ${why}`;
    }
    const others = reads.get(analyzer) ?? lacking(later).keys();
    for (const name of others) {
      const why = lackedBefore.has(name) ? undefined : unread(name, object.namespace);
      if (why !== undefined) return `${name}: ${why}`;
    }
    return undefined;
  };
}

type Unread = (resource: string, namespace: string | undefined) => string | undefined;

function unreadBySnapshot(snapshot: Snapshot): Unread {
  return (name, namespace) => {
    if (!isResource(name)) return undefined;
    const { complete, reason = 'not collected' } = snapshot.list(
      name,
      resources[name].namespaced ? namespace : undefined,
    );
    return complete ? undefined : reason;
  };
}

/** By the gaps of a report: what was read as far as before, and no farther, shows what it showed. */
function unreadByGaps(earlier: Comparable, later: Comparable): Unread {
  const gaps = lacking(later);
  const before = lacking(earlier);
  return (name) => {
    const reason = gaps.get(name);
    return reason !== undefined && reason.startsWith('may be listed only in ') && before.get(name) === reason
      ? undefined
      : reason;
  };
}

/** The resources that a report lacks, and why. */
function lacking({ gaps }: Comparable): ReadonlyMap<string, string> {
  return new Map(gaps.filter(({ what }) => what === 'resource').map(({ name, reason }) => [name, reason]));
}

function isResource(name: string): name is Resource {
  return name in resources;
}

function isIn(object: ObjectRef, namespaces: readonly string[]): boolean {
  const namespace = object.kind === 'Namespace' ? object.name : object.namespace;
  return namespace !== undefined && namespaces.includes(namespace);
}
