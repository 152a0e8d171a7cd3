import { computed, type Draft, field, groupBy, ref, refText, type Snapshot } from '../../src/kit.ts';
import { type ClassReads, defaultClasses, type Ingress, lookupClass, wantedClass } from './classes.ts';
import type { Code } from './codes.ts';

interface Route {
  readonly ingress: Ingress;
  readonly key: string;
  readonly text: string;
  readonly backend: string;
  readonly field: string;
}

/** The same host and path in two Ingresses that one controller serves: which backend answers is up to the controller. */
export function* pathConflicts(snapshot: Snapshot<ClassReads>): Generator<Draft<Code>> {
  const routes = snapshot.list('ingresses.networking.k8s.io').items.flatMap((ingress) => routesOf(snapshot, ingress));
  for (const group of groupBy(routes, ({ key }) => key).values()) {
    const [first, ...later] = [...group].sort(byAge);
    if (first === undefined) continue;
    const told = new Set([first.ingress]);
    for (const { ingress, text, backend, field: path } of later) {
      if (told.has(ingress) || backend === first.backend) continue;
      told.add(ingress);
      const other = refText(ref(first.ingress));
      yield {
        code: 'IngressPathConflict',
        object: ref(ingress),
        key: text,
        message: `${other} sends ${text} to ${first.backend} already, this one to ${backend}`,
        evidence: [field(ingress, path, text), computed(first.ingress, `${first.field}: ${text} to ${first.backend}`)],
        values: { route: text, other },
      };
    }
  }
}

function routesOf(snapshot: Snapshot<ClassReads>, ingress: Ingress): readonly Route[] {
  const { metadata, spec } = ingress;
  if (metadata.deletionTimestamp !== undefined || isCanary(ingress)) return [];
  const name = wantedClass(ingress).name ?? defaultClasses(snapshot)[0]?.metadata.name ?? '';
  if (ownBalancers(snapshot, name)) return [];
  return (spec.rules ?? []).flatMap(({ host = '', http }, rule) =>
    (http?.paths ?? []).flatMap(({ path = '/', pathType, backend }, position): readonly Route[] => {
      if (path.startsWith('/.well-known/acme-challenge/')) return [];
      const { name: service, port } = backend?.service ?? {};
      return [
        {
          ingress,
          key: JSON.stringify([name, host, path, pathType]),
          text: `${host === '' ? '*' : host}${path}`,
          backend:
            service === undefined
              ? 'a resource'
              : [`${metadata.namespace}/${service}`, port?.number ?? port?.name]
                  .filter((part) => part !== undefined)
                  .join(':'),
          field: `spec.rules[${rule}].http.paths[${position}]`,
        },
      ];
    }),
  );
}

/** Canaries share a host and path with the main Ingress on purpose. */
function isCanary({ metadata }: Ingress): boolean {
  return Object.entries(metadata.annotations ?? {}).some(
    ([name, value]) => name.endsWith('/canary') && value === 'true',
  );
}

/** AWS and Google give every Ingress a load balancer of its own: nothing is shared. */
function ownBalancers(snapshot: Snapshot<ClassReads>, name: string): boolean {
  const found = lookupClass(snapshot, name);
  const controller = found.state === 'found' ? (found.object.spec?.controller ?? '') : name;
  return (
    /^(?:ingress\.k8s\.aws|eks\.amazonaws\.com)\/alb$/.test(controller) ||
    controller === 'alb' ||
    controller.startsWith('gce')
  );
}

function byAge(one: Route, other: Route): number {
  const text = ({ ingress, field: path }: Route) =>
    `${ingress.metadata.creationTimestamp ?? ''} ${refText(ref(ingress))} ${path}`;
  return text(one) < text(other) ? -1 : 1;
}
