import { type ObjectRef, once, type ResourceTypes, sameRef, type Snapshot } from '../../src/kit.ts';
import type { Reads } from './reads.ts';

type Config =
  | ResourceTypes['mutatingwebhookconfigurations.admissionregistration.k8s.io']
  | ResourceTypes['validatingwebhookconfigurations.admissionregistration.k8s.io'];

/** One webhook with the configuration that holds it. */
export interface Webhook {
  readonly config: Config;
  readonly hook: NonNullable<Config['webhooks']>[number];
  /** Where it is: `webhooks[2]`. */
  readonly path: string;
  /** The Service that is called; undefined where a URL is. */
  readonly service: ObjectRef | undefined;
}

/** All admission webhooks of the snapshot, those without rules left out: they are never called. */
export const webhooks = once((snapshot: Snapshot<Reads>): readonly Webhook[] => {
  const configs: readonly Config[] = [
    ...snapshot.list('mutatingwebhookconfigurations.admissionregistration.k8s.io').items,
    ...snapshot.list('validatingwebhookconfigurations.admissionregistration.k8s.io').items,
  ];
  return configs.flatMap((config) =>
    (config.webhooks ?? []).flatMap((hook, index) => {
      if ((hook.rules ?? []).length === 0) return [];
      const { name, namespace } = hook.clientConfig?.service ?? {};
      const service =
        name === undefined || namespace === undefined
          ? undefined
          : { apiVersion: 'v1', kind: 'Service', namespace, name };
      return [{ config, hook, path: `webhooks[${index}]`, service }];
    }),
  );
});

/** Webhooks of a name; with a Service only those that call it. */
export function webhooksNamed(
  snapshot: Snapshot<Reads>,
  name: string,
  service: ObjectRef | undefined,
): readonly Webhook[] {
  return webhooks(snapshot).filter(
    (one) =>
      one.hook.name === name && (service === undefined || (one.service !== undefined && sameRef(one.service, service))),
  );
}

/** The Service that a failed call went to: `Post "https://policy-webhook.hook.svc:443/validate?timeout=5s": ...`. */
export function serviceInUrl(text: string): ObjectRef | undefined {
  const match = /https:\/\/([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.svc[:/?]/.exec(text);
  const [, name, namespace] = match ?? [];
  return name === undefined || namespace === undefined
    ? undefined
    : { apiVersion: 'v1', kind: 'Service', namespace, name };
}
