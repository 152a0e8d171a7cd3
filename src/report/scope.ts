import { UserError } from '../errors.ts';
import { controllersOf, find } from '../graph/owners.ts';
import { type LabelSelector, matchesSelector } from '../graph/selectors.ts';
import type { Analyzer, Finding } from '../model/finding.ts';
import { type ObjectRef, refKey } from '../model/object.ts';
import type { ReportScope } from '../model/report.ts';
import { resources } from '../model/resources.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';
import { checkNamespaces, checkTarget } from './existence.ts';
import { parseFilters } from './filters.ts';
import { parseLabelSelector } from './label-selector.ts';
import { parseTargets, type Target, targetText } from './targets.ts';

/** What the user wants to see, as given. */
export interface ScopeRequest {
  readonly namespaces?: readonly string[];
  /** Look for targets in every namespace. */
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly filters?: readonly string[];
  readonly targets?: readonly string[];
}

/** A scope that was checked against the cluster. */
export interface Scope {
  /** Whether a finding is in scope; an incident is shown when one of its findings is. */
  readonly shows: (finding: Finding) => boolean;
  readonly stated: ReportScope;
  /** What could not be checked: whether a namespace or a target exists. */
  readonly gaps: readonly Gap[];
}

export interface ScopeContext {
  readonly snapshot: Snapshot;
  readonly analyzers: readonly Analyzer[];
  readonly findings: readonly Finding[];
  /** The namespace of targets where none was asked for. */
  readonly defaultNamespace: string | undefined;
}

/** What is wrong in the words alone, whatever the cluster. Called before the cluster is read. @throws UserError */
export function checkWords(request: ScopeRequest, analyzers: readonly Analyzer[]): void {
  parseTargets(request.targets ?? []);
  parseFilters(request.filters ?? [], analyzers);
  if (request.selector !== undefined) parseLabelSelector(request.selector);
  const both = request.allNamespaces === true && (request.namespaces ?? []).length > 0;
  if (both) throw new UserError('bad-scope', '--namespace and --all-namespaces exclude each other');
}

/**
 * Makes a test of what the user wants to see. A finding is in scope when its analyzer or kinds pass the filters, and one object that
 * it is about is in a namespace asked for, has the labels, and is a target or owned by one.
 * @throws UserError for a namespace or target that does not exist, and for words that cannot be read.
 */
export function resolveScope(request: ScopeRequest, context: ScopeContext): Scope {
  const { snapshot, analyzers } = context;
  const { namespaces = [], filters = [], selector } = request;
  const targets = parseTargets(request.targets ?? []);
  const passes = parseFilters(filters, analyzers);
  const labels = selector === undefined ? undefined : parseLabelSelector(selector);
  const places = targetPlaces(request, context);
  const gaps = [
    ...checkNamespaces(namespaces, snapshot),
    ...targets.flatMap((target) => checkTarget(target, places, context)),
  ];
  const covers = (object: ObjectRef) =>
    inNamespaces(object, namespaces) &&
    (labels === undefined || hasLabels(snapshot, object, labels)) &&
    (targets.length === 0 || targets.some((target) => isOrBelongsTo(snapshot, object, target, places)));
  return {
    shows: (finding) => passes(finding) && objectsOf(finding).some(covers),
    stated: {
      namespaces: [...namespaces],
      ...(selector === undefined ? {} : { selector }),
      filters: [...filters],
      targets: targets.map(targetText),
    },
    gaps,
  };
}

/** The objects a finding is about, each once. */
function objectsOf({ object, members, origins }: Finding): readonly ObjectRef[] {
  return [...new Map([object, ...members, ...origins].map((one) => [refKey(one), one])).values()];
}

/** Where namespaced targets are looked for; undefined for everywhere. */
function targetPlaces(request: ScopeRequest, context: ScopeContext): readonly string[] | undefined {
  const { namespaces = [] } = request;
  if (namespaces.length > 0) return namespaces;
  const fallback = request.allNamespaces === true ? undefined : context.defaultNamespace;
  return fallback === undefined ? undefined : [fallback];
}

function inNamespaces(object: ObjectRef, namespaces: readonly string[]): boolean {
  if (namespaces.length === 0) return true;
  const namespace = object.kind === 'Namespace' ? object.name : object.namespace;
  return namespace !== undefined && namespaces.includes(namespace);
}

/** A missing object has no labels that could match: not even `!app` does. */
function hasLabels(snapshot: Snapshot, object: ObjectRef, selector: LabelSelector): boolean {
  const found = find(snapshot, object);
  return found !== undefined && matchesSelector(selector, found.metadata.labels);
}

function isOrBelongsTo(
  snapshot: Snapshot,
  object: ObjectRef,
  target: Target,
  places: readonly string[] | undefined,
): boolean {
  const { apiVersion, kind, namespaced } = resources[target.resource];
  const found = find(snapshot, object);
  const chain = found === undefined ? [object] : [object, ...controllersOf(snapshot, found)];
  return chain.some((one) => {
    if (namespaced && target.name !== undefined && places !== undefined && !places.includes(one.namespace ?? ''))
      return false;
    const wanted = { ...one, apiVersion, kind, name: target.name ?? one.name };
    return refKey(one) === refKey(wanted);
  });
}
