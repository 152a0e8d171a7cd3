import {
  type CauseLink,
  groupBy,
  matchesLabels,
  type ObjectRef,
  once,
  ref,
  refKey,
  type ResourceTypes,
} from '../../src/kit.ts';
import type { PodCase, PodSnapshot } from './case.ts';
import type { ContainerView } from './containers.ts';

type Service = ResourceTypes['services'];

/** Whether a text complains that something could not be reached. */
const unreached =
  /refused|timed? ?out|deadline exceeded|no route to host|unreachable|no such host|ENOTFOUND|EAI_AGAIN|UnknownHost|name resolution|server misbehaving|translate host name|not known|(?:cannot|can't|could not|failed to|unable to) connect/i;
/** Whether names could not be resolved, though not for want of the name. */
const unresolved = /name resolution|EAI_AGAIN|server misbehaving/i;

/** `postgres:5432`, `10.96.0.10:53`, also within a URL. */
const withPort = /(?<![\w.-])([a-z0-9][a-z0-9.-]{0,252}):(\d{2,5})(?!\d)/gi;
/** The ways of Go, libpq, Node.js, Java and MySQL's clients. */
const named = [
  /\blookup ([a-z0-9][a-z0-9.-]{0,252})/gi,
  /host name "([a-z0-9][a-z0-9.-]{0,252})"/gi,
  /getaddrinfo \w{1,20} ([a-z0-9][a-z0-9.-]{0,252})/gi,
  /UnknownHostException: ([a-z0-9][a-z0-9.-]{0,252})/gi,
  /server on '([a-z0-9][a-z0-9.-]{0,252})'/gi,
];
/** `connection to server at "postgres" (10.96.4.4), port 5432 failed`. */
const libpq = /server at "([a-z0-9][a-z0-9.-]{0,252})"[^,\n]{0,80}, port (\d{2,5})/gi;

interface Address {
  readonly host: string;
  readonly port?: number;
}

const longest = 4_000;

/**
 * Links to the Services that a container says it cannot reach, by name or address: a fault of theirs is likely to be why it ends. Of
 * the Services that select the pod itself none is meant: members of a group look for each other.
 */
export function reachedLinks(one: PodCase, text: string | undefined, path: string): readonly CauseLink[] {
  const said = (text ?? '').slice(-longest);
  if (!unreached.test(said)) return [];
  const found = addressesIn(said).flatMap((address) =>
    servicesAt(one, address).map((service) => ({ service, value: textOf(address) })),
  );
  const resolvers = unresolved.test(said) ? resolversOf(one.snapshot) : [];
  return linksTo(one, [...found, ...resolvers.map((service) => ({ service, value: 'name resolution' }))], path);
}

/** Links to the Services that the command of an init container names together with one of their ports: it is there to wait for them. */
export function awaitedLinks(one: PodCase, { spec, specPath }: ContainerView): readonly CauseLink[] {
  const words = [...(spec.command ?? []), ...(spec.args ?? [])].join(' ').slice(0, longest);
  const tokens = new Set(words.split(/[^A-Za-z0-9.-]+/));
  const found = [...tokens].flatMap((host) =>
    servicesNamed(one, host)
      .filter((service) => (service.spec.ports ?? []).some(({ port }) => tokens.has(String(port))))
      .map((service) => ({ service, value: host })),
  );
  return linksTo(one, found, `${specPath}.${spec.command === undefined ? 'args' : 'command'}`);
}

function linksTo(
  { pod }: PodCase,
  found: readonly { readonly service: Service; readonly value: string }[],
  field: string,
): readonly CauseLink[] {
  const others = found.filter(({ service }) => !selects(service, pod.metadata.namespace, pod.metadata.labels));
  const distinct = [...new Map(others.map((other) => [refKey(ref(other.service)), other])).values()];
  return distinct.map(({ service, value }) => ({
    object: ref(service),
    needs: 'route',
    via: { field, value },
    certainty: 'likely',
  }));
}

function selects({ metadata, spec }: Service, namespace: string | undefined, labels: Record<string, string> = {}) {
  const { selector = {} } = spec;
  return metadata.namespace === namespace && Object.keys(selector).length > 0 && matchesLabels(selector, labels);
}

function addressesIn(text: string): readonly Address[] {
  const withPorts = [...text.matchAll(withPort), ...text.matchAll(libpq)].map(([, host = '', port]) => ({
    host,
    port: Number(port),
  }));
  const names = named.flatMap((pattern) => [...text.matchAll(pattern)].map(([, host = '']) => ({ host })));
  return [...withPorts, ...names];
}

function textOf({ host, port }: Address): string {
  return port === undefined ? host : `${host}:${port}`;
}

function servicesAt(one: PodCase, { host, port }: Address): readonly Service[] {
  const services = /^\d+(?:\.\d+){3}$/.test(host)
    ? (byAddress(one.snapshot).get(host) ?? [])
    : servicesNamed(one, host);
  return port === undefined ? services : services.filter(({ spec }) => spec.ports?.some((own) => own.port === port));
}

/** The Services that a name may mean inside the cluster: `db`, `db.shop`, `db.shop.svc.cluster.local`, `db-0.db.shop.svc`. */
function servicesNamed({ snapshot, pod }: PodCase, host: string): readonly Service[] {
  const { namespace } = pod.metadata;
  const parts = host.replace(/\.$/, '').split('.');
  const end = parts.indexOf('svc');
  const [first = '', second, third] = end === -1 ? parts : parts.slice(0, end);
  const candidates: readonly (readonly [string, string | undefined])[] =
    second === undefined
      ? [[first, namespace]]
      : third === undefined
        ? [[first, second], ...(end === -1 ? [[second, namespace] as const] : [])]
        : [[second, third]];
  return candidates.flatMap(([name, place]) => {
    const found = snapshot.lookup('services', name, place);
    return found.state === 'found' ? [found.object] : [];
  });
}

const byAddress = once((snapshot: PodSnapshot) =>
  groupBy(
    snapshot.list('services').items.filter(({ spec }) => (spec.clusterIP ?? 'None') !== 'None'),
    ({ spec }) => spec.clusterIP,
  ),
);

/** Names of the Services of DNS: upstream, RKE2, OpenShift. */
const resolverNames = /^(?:kube-dns|coredns|rke2-coredns-rke2-coredns|dns-default)$/;
const resolverNamespaces: readonly ObjectRef['namespace'][] = ['kube-system', 'openshift-dns'];

function resolversOf(snapshot: PodSnapshot): readonly Service[] {
  return resolverNamespaces
    .flatMap((namespace) => snapshot.list('services', namespace).items)
    .filter(({ metadata }) => resolverNames.test(metadata.name));
}
