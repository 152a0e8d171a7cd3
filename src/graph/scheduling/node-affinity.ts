import type { Node, PodSpec } from '../../model/resources.ts';
import { matchesRequirement } from '../selectors.ts';

type NodeAffinity = NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>;
export type NodeSelector = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>;
export type NodeSelectorTerm = NodeSelector['nodeSelectorTerms'][number];
type Requirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];
type Labels = Readonly<Record<string, string>>;

/** What of a pod's rules about nodes a node breaks. */
export interface AffinityMiss {
  readonly field: 'spec.nodeSelector' | 'spec.affinity.nodeAffinity';
  /** The rules that do not hold, as kubectl writes selectors. */
  readonly rule: string;
  /** The label keys they are about. */
  readonly keys: readonly string[];
}

/**
 * The first rule about nodes that a node breaks: `nodeSelector`, then required node affinity; undefined where both hold.
 * Source: component-helpers/scheduling/corev1/nodeaffinity.
 */
export function nodeAffinityMiss(spec: PodSpec, node: Node): AffinityMiss | undefined {
  const labels = node.metadata.labels ?? {};
  const pairs = Object.entries(spec.nodeSelector ?? {}).filter(
    ([key, value]) => !Object.hasOwn(labels, key) || labels[key] !== value,
  );
  if (pairs.length > 0) {
    return {
      field: 'spec.nodeSelector',
      rule: pairs.map(([key, value]) => `${key}=${value}`).join(','),
      keys: pairs.map(([key]) => key),
    };
  }
  const required = requiredAffinity(spec);
  if (required === undefined || matchesNodeSelector(required, labels, node.metadata.name)) return undefined;
  const broken = required.nodeSelectorTerms.map((term) => brokenIn(term, labels, node.metadata.name));
  return {
    field: 'spec.affinity.nodeAffinity',
    rule: broken.length === 0 ? 'no terms' : broken.map((all) => all.map(requirementText).join(',')).join(' or '),
    keys: [...new Set(broken.flat().map(({ key }) => key))],
  };
}

/** The required node affinity of a pod. */
function requiredAffinity(spec: PodSpec): NodeSelector | undefined {
  return spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
}

/**
 * Whether a node matches a NodeSelector: its terms are ORed, a term's requirements ANDed; an empty term, and no term at all,
 * match nothing. Without a name `matchFields` are not looked at, as the API does for a PersistentVolume's affinity.
 */
export function matchesNodeSelector(
  { nodeSelectorTerms }: NodeSelector,
  labels: Labels,
  name: string | undefined,
): boolean {
  return nodeSelectorTerms.some((term) => !isEmpty(term) && brokenIn(term, labels, name).length === 0);
}

/** The nodes a pod may go to by name: what its DaemonSet wrote into `matchFields`; undefined where every node is eligible. */
export function namedNodes(spec: PodSpec): ReadonlySet<string> | undefined {
  const terms = requiredAffinity(spec)?.nodeSelectorTerms ?? [];
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const byName = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (byName.length === 0) return undefined;
    const [first, ...rest] = byName.map(({ values = [] }) => new Set(values));
    for (const name of first ?? []) if (rest.every((set) => set.has(name))) names.add(name);
  }
  return names;
}

/** A requirement as kubectl writes it. */
function requirementText({ key, operator, values = [] }: Requirement): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Gt':
      return `${key}>${values.join(',')}`;
    case 'Lt':
      return `${key}<${values.join(',')}`;
    default:
      return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`;
  }
}

function isEmpty({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  return matchExpressions.length === 0 && matchFields.length === 0;
}

function brokenIn(term: NodeSelectorTerm, labels: Labels, name: string | undefined): readonly Requirement[] {
  const fields = name === undefined ? [] : (term.matchFields ?? []);
  return [
    ...(term.matchExpressions ?? []).filter((requirement) => !matchesLabel(requirement, labels)),
    ...fields.filter((requirement) => !matchesName(requirement, name ?? '')),
  ];
}

function matchesLabel(requirement: Requirement, labels: Labels): boolean {
  const { key, operator, values = [] } = requirement;
  if (operator !== 'Gt' && operator !== 'Lt') return matchesRequirement(requirement, labels);
  const have = wholeNumber(Object.hasOwn(labels, key) ? labels[key] : undefined);
  const want = values.length === 1 ? wholeNumber(values[0]) : undefined;
  if (have === undefined || want === undefined) return false;
  return operator === 'Gt' ? have > want : have < want;
}

/** Field requirements know In and NotIn with exactly one value, and the field `metadata.name`. */
function matchesName({ key, operator, values = [] }: Requirement, name: string): boolean {
  const value = key === 'metadata.name' ? name : '';
  if (values.length !== 1) return false;
  if (operator === 'In') return value === values[0];
  return operator === 'NotIn' && value !== values[0];
}

/** What Go's ParseInt takes in base 10. */
function wholeNumber(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d{1,40}$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
