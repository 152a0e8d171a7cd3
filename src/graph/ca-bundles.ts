import type { KubeObject } from '../model/object.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { once } from './memo.ts';
import { type Certificate, certificatesOfBase64 } from './x509.ts';

/** A place that says by which authority the API server checks somebody it calls. */
export interface CaBundle {
  readonly object: KubeObject;
  readonly field: string;
  /** Undefined where none is given; empty never. */
  readonly certificates: readonly Certificate[] | undefined;
  /** The Service that is called. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  /** The webhook's name; undefined where the object has one only. */
  readonly name: string | undefined;
  /** Whether requests fail while it cannot be called. */
  readonly strict: boolean;
}

/** What is read to find them. */
type BundleReads =
  | 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
  | 'validatingwebhookconfigurations.admissionregistration.k8s.io'
  | 'apiservices.apiregistration.k8s.io'
  | 'customresourcedefinitions.apiextensions.k8s.io';

/** The `caBundle`s of admission webhooks, aggregated APIs and conversion webhooks. */
export const caBundles = once((snapshot: Snapshot<BundleReads>): readonly CaBundle[] => [
  ...[
    ...snapshot.list('mutatingwebhookconfigurations.admissionregistration.k8s.io').items,
    ...snapshot.list('validatingwebhookconfigurations.admissionregistration.k8s.io').items,
  ].flatMap((object) =>
    (object.webhooks ?? []).flatMap((hook, index) =>
      (hook.rules ?? []).length === 0
        ? []
        : [
            {
              object,
              field: `webhooks[${index}].clientConfig.caBundle`,
              certificates: bundle(hook.clientConfig?.caBundle),
              service: serviceOf(hook.clientConfig?.service),
              name: hook.name,
              strict: hook.failurePolicy !== 'Ignore',
            },
          ],
    ),
  ),
  ...snapshot.list('apiservices.apiregistration.k8s.io').items.flatMap((object) =>
    object.spec.service === undefined || object.spec.insecureSkipTLSVerify === true
      ? []
      : [
          {
            object,
            field: 'spec.caBundle',
            certificates: bundle(object.spec.caBundle),
            service: serviceOf(object.spec.service),
            name: undefined,
            strict: true,
          },
        ],
  ),
  ...snapshot.list('customresourcedefinitions.apiextensions.k8s.io').items.flatMap((object) => {
    const client = object.spec.conversion?.webhook?.clientConfig;
    return client === undefined || object.spec.conversion?.strategy !== 'Webhook'
      ? []
      : [
          {
            object,
            field: 'spec.conversion.webhook.clientConfig.caBundle',
            certificates: bundle(client.caBundle),
            service: serviceOf(client.service),
            name: undefined,
            strict: (object.spec.versions ?? []).filter(({ served }) => served === true).length > 1,
          },
        ];
  }),
]);

function bundle(base64: string | undefined): readonly Certificate[] | undefined {
  const certificates = certificatesOfBase64(base64 ?? '');
  return certificates.length === 0 ? undefined : certificates;
}

function serviceOf(service: { readonly name?: string; readonly namespace?: string } | undefined) {
  const { name, namespace } = service ?? {};
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}
