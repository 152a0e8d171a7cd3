import {
  type CauseLink,
  type Draft,
  type Evidence,
  type FailedCreation,
  field,
  ref,
  resources,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { limitRangesOf, namespaceRef } from './limits.ts';
import { quotaOf } from './quotas.ts';
import type { Reads } from './reads.ts';
import { serviceInUrl, webhooksNamed } from './webhook-list.ts';

/** Workloads whose pods the API server refuses to create, with links to what refuses. */
export function* denied(snapshot: Snapshot<Reads>, denials: readonly FailedCreation[]): Iterable<Draft<Code>> {
  for (const failure of denials) {
    const { object, text, evidence, since } = failure;
    const { code, key, causes = [], more = [], severity, note = '', values } = classify(snapshot, failure);
    yield {
      code,
      object: ref(object),
      message: `its pods are not created: ${brief(text, 400)}${note}`,
      evidence: [evidence, ...more],
      ...(key === undefined ? {} : { key }),
      ...(severity === undefined ? {} : { severity }),
      ...(causes.length === 0 ? {} : { causes }),
      ...(since === undefined ? {} : { since }),
      ...(values === undefined ? {} : { values }),
    };
  }
}

interface Class {
  readonly code: Code;
  readonly key?: string;
  readonly causes?: readonly CauseLink[];
  readonly more?: readonly Evidence[];
  readonly severity?: 'warning';
  readonly note?: string;
  readonly values?: Readonly<Record<string, string>>;
}

function classify(snapshot: Snapshot<Reads>, failure: FailedCreation): Class {
  const { denial, object } = failure;
  const link = (to: CauseLink['object'], needs: CauseLink['needs'] = 'admit'): CauseLink => ({
    object: to,
    needs,
    via: { field: failure.field, value: brief(failure.text, 200) },
    certainty: 'sure',
  });
  switch (denial.kind) {
    case 'quota': {
      const quota = quotaOf(failure);
      if (quota === undefined) return { code: 'PodDeniedByQuota' };
      const needs = denial.needsRequests ? 'start' : 'scale';
      return {
        code: 'PodDeniedByQuota',
        key: quota.name,
        causes: [link(quota, needs)],
        values: { quota: quota.name },
      };
    }
    case 'limitRange':
      return {
        code: 'PodDeniedByLimitRange',
        causes: limitRangesOf(snapshot, failure).map((range) => link(ref(range))),
      };
    case 'podSecurity':
      return {
        code: 'PodDeniedByPodSecurity',
        causes: object.metadata.namespace === undefined ? [] : [link(namespaceRef(object.metadata.namespace))],
        values: { level: denial.level.split(':')[0] ?? denial.level },
      };
    case 'webhookFailure': {
      const service = serviceInUrl(failure.text);
      const holders = webhooksNamed(snapshot, denial.webhook, service);
      return {
        code: 'PodBlockedByWebhookFailure',
        key: denial.webhook,
        causes: [
          ...holders.map(({ config }) => link(ref(config))),
          ...(service === undefined ? [] : [link(service, 'route')]),
        ],
        values: { webhook: denial.webhook },
      };
    }
    case 'webhook':
      return {
        code: 'PodDeniedByWebhook',
        key: denial.webhook,
        more: webhooksNamed(snapshot, denial.webhook, undefined).map(({ config, path }) =>
          field(config, `${path}.name`, denial.webhook),
        ),
        values: { webhook: denial.webhook },
      };
    case 'policy':
      return { code: 'PodDeniedByPolicy', key: denial.policy, values: { policy: denial.policy } };
    case 'missing': {
      const { apiVersion, kind, namespaced, plural } = resources[denial.resource];
      const namespace = namespaced ? object.metadata.namespace : undefined;
      const target = { apiVersion, kind, name: denial.name, ...(namespace === undefined ? {} : { namespace }) };
      const back = snapshot.lookup(denial.resource, denial.name, namespace).state === 'found';
      return {
        code: 'PodDeniedReferenceMissing',
        key: `${kind} ${denial.name}`,
        causes: [link(target)],
        values: { missing: denial.name, missing_resource: plural },
        ...(back ? { severity: 'warning', note: `; ${kind} ${denial.name} exists now, the next try is due` } : {}),
      };
    }
    default:
      return { code: 'PodCreationFailed' };
  }
}
