import {
  computed,
  type Draft,
  type Evidence,
  type FailedCreation,
  field,
  groupBy,
  olderThan,
  ref,
  refKey,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { Reads } from './reads.ts';
import { backend } from './webhook-backend.ts';
import { serviceInUrl, type Webhook, webhooks, webhooksNamed } from './webhook-list.ts';
import { interceptsItself } from './webhook-scope.ts';

/**
 * Webhook configurations whose webhooks cannot be called: the Service is missing, lacks the port or has no ready endpoint, or the
 * API server says that calls fail. With failurePolicy Fail (the default in v1) every matching request is refused meanwhile.
 */
export function* webhookConfigurations(
  snapshot: Snapshot<Reads>,
  denials: readonly FailedCreation[],
  graceSeconds: number,
): Iterable<Draft<Code>> {
  const failing = failingCalls(snapshot, denials);
  const groups = groupBy(webhooks(snapshot), (one) => `${refKey(ref(one.config))} ${keyOf(one)}`);
  for (const group of groups.values()) {
    const [one] = group;
    if (one === undefined || one.config.metadata.deletionTimestamp !== undefined) continue;
    const draft = unavailable(snapshot, one, group, failing, graceSeconds);
    if (draft !== undefined) yield draft;
  }
}

function unavailable(
  snapshot: Snapshot<Reads>,
  one: Webhook,
  group: readonly Webhook[],
  failing: ReadonlyMap<Webhook, readonly FailedCreation[]>,
  graceSeconds: number,
): Draft<Code> | undefined {
  const { config, path, service } = one;
  const proofs = group.flatMap((hook) => failing.get(hook) ?? []);
  const seen = group.map((hook) => ({ hook, state: backend(snapshot, hook, graceSeconds) }));
  const broken = seen.filter(({ state }) => state.fault !== undefined);
  const created = config.metadata.creationTimestamp;
  const fresh = created !== undefined && !olderThan(snapshot, created, graceSeconds);
  const [proof] = proofs;
  if (proof === undefined && (broken.length === 0 || fresh)) return undefined;
  // Texts about the Service are of the past once the Service is seen to be well; the controller has not tried again yet.
  const past = proofs.every(({ text }) => /no endpoints available for service|service "[^"]+" not found/.test(text));
  if (broken.length === 0 && past && seen.every(({ state }) => state.known)) return undefined;
  const affected = broken.length > 0 ? broken.map(({ hook }) => hook) : group;
  const strict = affected.filter(({ hook }) => hook.failurePolicy !== 'Ignore');
  const fault = broken[0]?.state.fault ?? brief(proof?.text ?? '', 250);
  const names = affected.map(({ hook }) => hook.name);
  const effect = strict.length > 0 ? 'requests that match are refused' : 'requests pass without it';
  const since = proof?.since;
  return {
    code: 'WebhookUnavailable',
    severity: strict.length > 0 ? 'critical' : 'info',
    object: ref(config),
    key: keyOf(one),
    message: `cannot call ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}, so ${effect}: ${fault}`,
    evidence: [
      ...(broken[0]?.state.evidence ?? []),
      ...proofs.slice(0, 3).map(({ evidence }) => evidence),
      ...policyEvidence(strict[0] ?? one),
      ...strict
        .filter((hook) => interceptsItself(snapshot, hook))
        .slice(0, 1)
        .map(lockedOut),
    ],
    values: {
      webhook: names[0] ?? '',
      ...(service === undefined ? {} : { service: service.name, service_namespace: service.namespace }),
      ...(broken.length === 0 && isUnanswered(proof?.text ?? '')
        ? { called_port: String(one.hook.clientConfig?.service?.port ?? 443) }
        : {}),
    },
    causes: [
      // Its certificates are looked at elsewhere.
      {
        object: ref(config),
        needs: 'issue',
        via: { field: `${path}.clientConfig.caBundle`, value: names[0] ?? '' },
        certainty: 'sure',
      },
      ...(service === undefined
        ? []
        : [
            {
              object: service,
              needs: 'route' as const,
              via: { field: `${path}.clientConfig.service.name`, value: `${service.namespace}/${service.name}` },
              certainty: 'sure' as const,
            },
          ]),
    ],
    ...(since === undefined ? {} : { since }),
  };
}

/** Words of calls that did not get through, or got no answer in time; those about certificates are told by themselves. */
const unanswered =
  /deadline exceeded|timed? ?out|connection refused|connection reset|no route to host|unreachable|EOF/i;

/** The URL that is quoted holds the word `timeout` always. */
function isUnanswered(text: string): boolean {
  return unanswered.test(text.replaceAll(/"https:[^"]*"/g, ''));
}

/** Webhooks of one configuration that share a Service fail together. */
function keyOf({ hook, service }: Webhook): string {
  return service === undefined ? hook.name : `${service.namespace}/${service.name}`;
}

function failingCalls(
  snapshot: Snapshot<Reads>,
  denials: readonly FailedCreation[],
): ReadonlyMap<Webhook, readonly FailedCreation[]> {
  const pairs = denials.flatMap((failure) =>
    failure.denial.kind === 'webhookFailure'
      ? webhooksNamed(snapshot, failure.denial.webhook, serviceInUrl(failure.text)).map((hook) => ({ hook, failure }))
      : [],
  );
  return new Map(
    [...groupBy(pairs, ({ hook }) => hook)].map(([hook, group]) => [hook, group.map(({ failure }) => failure)]),
  );
}

function policyEvidence({ config, hook, path }: Webhook): readonly Evidence[] {
  return [field(config, `${path}.failurePolicy`, hook.failurePolicy ?? 'Fail (not set)')];
}

function lockedOut({ config, hook }: Webhook): Evidence {
  return computed(config, `${hook.name} also intercepts the pods behind it: while it is down, they cannot be created`);
}
