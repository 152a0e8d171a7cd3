import type { Snapshot } from '../../src/kit.ts';

/** `metrics.k8s.io/v1beta1` in the text of a failed discovery is served by the APIService `v1beta1.metrics.k8s.io`. */
export function apiServicesIn(text: string): readonly string[] {
  const matches = text.matchAll(
    /(?<![\w./-])([a-z0-9][a-z0-9.-]{0,252})\/(v\d{1,3}(?:(?:alpha|beta)\d{1,3})?)(?![\w./-])/g,
  );
  return [...new Set([...matches].map(([, group, version]) => `${version}.${group}`))];
}

/** `conversion webhook for acme.io/v1beta1, Kind=Widget failed`: the words of the API server (apiextensions, webhook converter). */
export function definitionsIn(snapshot: Snapshot<'customresourcedefinitions.apiextensions.k8s.io'>, text: string) {
  const [, group, kind] =
    /conversion webhook for ([^\s/,]{1,253})\/[^\s,]{1,63}, Kind=(\w{1,63}) failed/.exec(text) ?? [];
  if (group === undefined) return [];
  return snapshot
    .list('customresourcedefinitions.apiextensions.k8s.io')
    .items.filter(({ spec }) => spec.group === group && spec.names?.kind === kind);
}

/** Definitions that are being deleted themselves, of kinds that remain: `widgets.acme.io has 1 resource instances`. */
export function leavingDefinitions(snapshot: Snapshot<'customresourcedefinitions.apiextensions.k8s.io'>, text: string) {
  const named = new Set([...text.matchAll(/(?:^|[\s,])(\S{1,300}?) has \d/g)].map(([, name]) => name));
  return snapshot
    .list('customresourcedefinitions.apiextensions.k8s.io')
    .items.filter(
      ({ metadata, spec }) =>
        metadata.deletionTimestamp !== undefined && named.has(`${spec.names?.plural ?? ''}.${spec.group ?? ''}`),
    );
}

/** The configurations of the webhook that a text says could not be called. */
export function webhooksIn(
  snapshot: Snapshot<
    | 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
    | 'validatingwebhookconfigurations.admissionregistration.k8s.io'
  >,
  text: string,
) {
  const name = /failed calling webhook "([^"]+)"/.exec(text)?.[1];
  if (name === undefined) return [];
  return [
    ...snapshot.list('mutatingwebhookconfigurations.admissionregistration.k8s.io').items,
    ...snapshot.list('validatingwebhookconfigurations.admissionregistration.k8s.io').items,
  ].filter(({ webhooks }) => (webhooks ?? []).some((one) => one.name === name));
}
