import { type CauseLink, computed, type Evidence, field, pullSecretsOf, type SecretFacts } from '../../src/kit.ts';
import type { PodCase } from './case.ts';
import { podReferences, referenceLinks } from './links.ts';
import { listed } from './text.ts';

/** What is known of the credentials a pull was tried with. */
export interface PullSecrets {
  readonly links: readonly CauseLink[];
  readonly evidence: readonly Evidence[];
  /** What is wrong with them in a few words, where it can be told. */
  readonly fault?: string;
  /** The Secret that is meant, where there is one. */
  readonly secret?: string;
}

const types = new Set(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg']);

/**
 * Looks at the pull Secrets of a pod. Admission copies those of the ServiceAccount into pods that name none, at their creation: what
 * the account names now helps only pods made later.
 */
export function pullSecrets(one: PodCase, registry: string): PullSecrets {
  const { pod, snapshot } = one;
  const own = podReferences(pod).filter(({ needs }) => needs === 'pull');
  if (own.length === 0) return withoutSecrets(one);
  const states = own.map(({ object, path }) => {
    const found = snapshot.lookup('secrets', object.name, object.namespace);
    const fault =
      found.state === 'unknown' ? undefined : secretFault(found.state === 'found' ? found.object : undefined, registry);
    return { object, path, seen: found.state !== 'unknown', fault };
  });
  const links = referenceLinks(own);
  const evidence = states.map(({ path, object }) => field(pod, path, object.name));
  const secret = own[0]?.object.name ?? '';
  // One Secret that fits is enough; one that cannot be seen may fit.
  if (states.some(({ seen, fault }) => !seen || fault === undefined)) return { links, evidence, secret };
  const faults = states.map(({ object, fault }) => computed(object, `Secret ${object.name} ${fault}`));
  const fault = listed(states.map((state) => `pull Secret ${state.object.name} ${state.fault}`));
  return { links, evidence: [...evidence, ...faults], fault, secret };
}

function withoutSecrets({ pod, snapshot }: PodCase): PullSecrets {
  const name = pod.spec.serviceAccountName ?? 'default';
  const account = snapshot.lookup('serviceaccounts', name, pod.metadata.namespace);
  const given = account.state === 'found' ? pullSecretsOf(account.object) : [];
  if (account.state !== 'found' || given.length === 0) {
    return {
      links: [],
      evidence: [computed(pod, 'the pod names no pull Secret')],
      fault: 'the pod names no pull Secret',
    };
  }
  const names = given.map(({ object }) => object.name);
  const said = `ServiceAccount ${name} names pull Secret ${listed(names)} now, the pod was made without it`;
  return { links: referenceLinks(given), evidence: [computed(pod, said)], fault: said, secret: names[0] ?? '' };
}

/** Why a Secret does not let the kubelet pull from a registry; undefined where it does, or where that cannot be told. */
function secretFault(secret: SecretFacts | undefined, registry: string): string | undefined {
  if (secret === undefined) return 'does not exist';
  if (!types.has(secret.type)) return `has type ${secret.type}, which the kubelet does not read credentials from`;
  if (secret.registries === undefined) return undefined;
  if (secret.registries.some((pattern) => serves(pattern, registry))) return undefined;
  const known = secret.registries.length === 0 ? 'no registry' : `${listed(secret.registries)} only`;
  return `holds credentials for ${known}`;
}

const dockerHub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/**
 * Whether credentials for a host are used for a registry. A `*` stands for any text inside one label of the name; ports must be
 * equal. Source: pkg/credentialprovider, URLsMatch.
 */
function serves(pattern: string, registry: string): boolean {
  if (dockerHub.has(registry)) return dockerHub.has(pattern);
  const [host = '', port = ''] = registry.split(':');
  const [wanted = '', wantedPort = ''] = pattern.split(':');
  const labels = host.split('.');
  const patterns = wanted.split('.');
  return port === wantedPort && labels.length === patterns.length && patterns.every((p, i) => glob(p, labels[i] ?? ''));
}

function glob(pattern: string, label: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === label;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return label.length >= head.length + tail.length && label.startsWith(head) && label.endsWith(tail);
}
