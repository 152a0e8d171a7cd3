import { amountText, groupBy, portsText, type Reason, taintText, type Verdict } from '../../src/kit.ts';

const shownGroups = 4;

/** Why no node fits, with counts that add up: each node under the first filter that it fails, as the scheduler counts. */
export function countsText(verdicts: readonly Verdict[]): string {
  const groups = [...groupBy(verdicts, groupKey)].sort(
    ([one, left], [other, right]) => right.length - left.length || (one < other ? -1 : 1),
  );
  const [only] = verdicts;
  if (only !== undefined && verdicts.length === 1) {
    return `node ${only.node.metadata.name} does not fit: it ${phrase(only, verdicts)}`;
  }
  const shown = groups.length > shownGroups + 1 ? groups.slice(0, shownGroups) : groups;
  const rest = groups.slice(shown.length).reduce((sum, [, group]) => sum + group.length, 0);
  const parts = shown.flatMap(([, group], index) => {
    const [first] = group;
    if (first === undefined) return [];
    return [`${group.length}${index === 0 ? ` of ${verdicts.length}` : ''} ${phrase(first, group)}`];
  });
  return `no node fits: ${[...parts, ...(rest > 0 ? [`${rest} for other reasons`] : [])].join(', ')}`;
}

/** All that keeps the pod off one node. */
export function reasonsText({ reasons }: Verdict): string {
  return reasons.map((reason) => reasonText(reason, 1)).join('; ');
}

/** A reason as a predicate: `is cordoned` for one node, `are cordoned` for several. */
function reasonText(reason: Reason, count: number): string {
  const [is, has, lacks] = count === 1 ? ['is', 'has', 'lacks'] : ['are', 'have', 'lack'];
  const fails = count === 1 ? 'does not match' : 'do not match';
  switch (reason.kind) {
    case 'cordon':
      return `${is} cordoned`;
    case 'name':
      return `${is} not the node it names, ${reason.wanted}`;
    case 'taint':
      return `${has} taint ${taintText(reason.taint)} that it does not tolerate`;
    case 'affinity':
      return `${fails} its ${reason.field === 'spec.nodeSelector' ? 'nodeSelector' : 'node affinity'} ${reason.rule}`;
    case 'port':
      return `${has} ${portsText(reason.ports)} taken`;
    case 'resource':
      return lackText(reason, count);
    case 'devices':
      return devicesText(reason, count);
    case 'in-use':
      return `cannot have claim ${reason.claim}, which another pod has for itself (ReadWriteOncePod)`;
    case 'volume-limit':
      return `${has} as many volumes as driver ${reason.driver} can attach (${reason.limit})`;
    case 'volume':
      return volumeText(reason, count);
    case 'spread':
      return reason.skew === undefined
        ? `${lacks} the label ${reason.topologyKey} of its topology spread`
        : `${count === 1 ? 'breaks' : 'break'} its topology spread over ${reason.topologyKey} (skew ${reason.skew}, at most ${reason.maxSkew}${domainsText(reason.domains)})`;
    case 'pod-affinity':
      return `${has} no pod ${reason.selector} that its affinity asks for`;
    default:
      return reason.ruleOf === 'pod'
        ? `${has} a pod that its anti-affinity excludes`
        : `${has} a pod whose anti-affinity excludes it`;
  }
}

/** Without enough domains the emptiest one counts as empty. Source: the field minDomains of topologySpreadConstraints. */
function domainsText(domains: Extract<Reason, { kind: 'spread' }>['domains']): string {
  return domains === undefined
    ? ''
    : `, for it asks for ${domains.wanted} domains and there ${domains.found === 1 ? 'is' : 'are'} ${domains.found}`;
}

/** What one node lacks; of several nodes, whose figures differ, what they have in common, with the most that one has free, and of devices all that is free where that would do. */
function lackText({ resource, asked, free, allocatable }: Lack, count: number, most = free, sum?: number): string {
  const one = count === 1;
  const [has, lacks] = one ? ['has', 'lacks'] : ['have', 'lack'];
  if (resource === 'pods')
    return `${has} no room for another pod${one ? ` (${(allocatable ?? 0) - free} of ${allocatable ?? 0})` : ''}`;
  if (allocatable === undefined) return `${lacks} ${resource}, which ${one ? 'it does' : 'they do'} not offer`;
  const left = amountText(resource, Math.max(0, most));
  const room = one
    ? `${left} of ${amountText(resource, allocatable)} free`
    : most <= 0
      ? 'none free'
      : `at most ${left} free${sum === undefined || sum < asked ? '' : ` on one, ${amountText(resource, sum)} in all`}`;
  return `${has} too little ${resource} (${amountText(resource, asked)} asked, ${room})`;
}

/** What a node lacks of the devices of a claim. */
function devicesText({ why, source, deviceClass, asked, total, free, tainted }: Devices, count: number): string {
  const [is, has, lists] = count === 1 ? ['is', 'has', 'lists'] : ['are', 'have', 'list'];
  const many = asked === 1 ? 'one' : String(asked);
  switch (why) {
    case 'missing':
      return `cannot have the devices of ${source}, which does not exist`;
    case 'not-made':
      return `cannot have the devices of ${source}, of which no claim is made yet`;
    case 'no-class':
      return `cannot have the devices of ${source}, whose DeviceClass ${deviceClass} does not exist`;
    case 'not-listed':
      return `${lists} no device of class ${deviceClass}, which ${source} asks for`;
    case 'unfit':
      return `${has} ${total === 0 ? 'no device' : `${total} of ${asked} devices`} of class ${deviceClass} that ${source} admits${tainted > 0 && count === 1 ? `, and ${tainted} out of service` : ''}`;
    case 'held':
      return `${has} too few free devices for ${source} (${many} of class ${deviceClass} asked${count === 1 ? `, ${free} of ${total} free` : ''})`;
    default:
      return `${is} not where the devices of ${source} are`;
  }
}

type Devices = Extract<Reason, { kind: 'devices' }>;

function volumeText({ why, claim, name }: Extract<Reason, { kind: 'volume' }>, count: number): string {
  const [is, has] = count === 1 ? ['is', 'has'] : ['are', 'have'];
  switch (why) {
    case 'node-affinity':
      return `cannot reach volume ${name} of claim ${claim}`;
    case 'zone':
      return `${is} in another zone than volume ${name} of claim ${claim}`;
    case 'selected-elsewhere':
      return `${is} not ${name}, where the volume of claim ${claim} is being made`;
    case 'no-volume':
      return `${has} no free volume for claim ${claim} (StorageClass ${name} makes none)`;
    default:
      return `${is} outside the topologies in which StorageClass ${name} makes volumes`;
  }
}

type Lack = Extract<Reason, { kind: 'resource' }>;

function lacksOf({ reasons }: Verdict): readonly Lack[] {
  return reasons.filter((reason) => reason.kind === 'resource');
}

/** The first filter that a node fails, without the figures that differ from node to node; of resources all that it lacks. */
function groupKey(verdict: Verdict): string {
  const [first] = verdict.reasons;
  if (first === undefined) return '';
  if (first.kind !== 'resource') return reasonText(first, 1);
  return `lacks ${lacksOf(verdict)
    .map(({ resource, allocatable }) => `${resource} ${allocatable === undefined}`)
    .join(' ')}`;
}

/** What the nodes of one group have in common. */
function phrase(first: Verdict, group: readonly Verdict[]): string {
  const [reason] = first.reasons;
  if (reason === undefined) return 'fits';
  if (reason.kind !== 'resource') return reasonText(reason, group.length);
  const lacks = lacksOf(first).map((lack) => {
    const same = group.flatMap(lacksOf).filter(({ resource }) => resource === lack.resource);
    const frees = same.map(({ free }) => Math.max(0, free));
    const all = lack.resource.includes('/') ? frees.reduce((sum, free) => sum + free, 0) : undefined;
    return lackText(lack, group.length, Math.max(...frees), all);
  });
  return lacks.join(' and ');
}
