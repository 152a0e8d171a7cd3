import { eventEvidence, field, type ObjectEvent } from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, values } from './case.ts';
import type { Code } from './codes.ts';
import { called, type ContainerView, isAbout } from './containers.ts';
import { classifyPull, registryOf } from './image-text.ts';
import { nodeLinks, nodeOf } from './links.ts';
import { pullSecrets } from './pull-secrets.ts';
import { after } from './text.ts';

/** Reasons of pkg/kubelet/images/types.go. */
const reasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** Codes whose cause may be in the pull Secrets. */
const aboutSecrets = new Set<Code>([
  'PodImagePullDenied',
  'PodImageNotFound',
  'PodImageRateLimited',
  'PodImagePullFailed',
]);

/** A container that waits for an image which cannot be had. */
export function imageFault(one: PodCase, container: ContainerView): PodDraft | undefined {
  const waiting = container.status?.state?.waiting;
  const reason = waiting?.reason ?? '';
  if (!reasons.has(reason)) return undefined;
  const { image, path, what, volume } = wantedImage(one, container, waiting?.message ?? '');
  const registry = registryOf(image);
  const event = pullEvent(one.events, container, image);
  const text = saysWhy(waiting?.message) ? (waiting?.message ?? '') : (event?.message ?? waiting?.message ?? '');
  const fault = classifyPull(reason, text, image);
  const code = fault?.code ?? 'PodImagePullFailed';
  const secrets = aboutSecrets.has(code) ? pullSecrets(one, registry) : undefined;
  // Without credentials some registries say that an image does not exist.
  const certainty = code === 'PodImagePullDenied' ? ('sure' as const) : ('likely' as const);
  const links = (secrets?.links ?? []).map((link) => ({ ...link, certainty }));
  const architecture = code === 'PodImagePlatform' ? nodeOf(one)?.status?.nodeInfo?.architecture : undefined;
  return draft(one, code, {
    key: container.name,
    message: messageOf(code, {
      what: `image ${image} of ${what}`,
      registry,
      fault: fault?.reason,
      text,
      secrets: secrets?.fault,
    }),
    evidence: [
      field(one.pod, `${container.statusPath}.state.waiting.reason`, reason),
      ...(waiting?.message === undefined
        ? []
        : [field(one.pod, `${container.statusPath}.state.waiting.message`, waiting.message)]),
      field(one.pod, path, image),
      ...(event === undefined ? [] : [eventEvidence(one.pod, event)]),
      ...(secrets?.evidence ?? []),
    ],
    // A full disk is the node's; what the registry says is not.
    causes: [...links, ...(code === 'PodImageNoSpace' ? nodeLinks(one) : [])],
    since: notReadySince(one),
    values: values({
      // `kubectl set image` sets that of a container.
      container: volume === undefined ? container.name : undefined,
      volume,
      image,
      registry,
      node: one.pod.spec.nodeName,
      secret: secrets?.secret,
      architecture,
    }),
  });
}

/**
 * The image that a container waits for: its own, or that of a volume which is an image (1.31), whose failures the kubelet reports as the
 * container's. Source: pkg/kubelet/kuberuntime, toKubeContainerImageVolumes.
 */
function wantedImage({ pod }: PodCase, container: ContainerView, text: string) {
  const named = /(?:Back-off pulling|Failed to pull) image "([^"]{1,1000})"/.exec(text)?.[1];
  const volumes = pod.spec.volumes ?? [];
  const index = volumes.findIndex(({ image }) => image?.reference !== undefined && image.reference === named);
  const volume = named === container.spec.image ? undefined : volumes[index];
  if (volume === undefined || named === undefined) {
    const image = container.spec.image ?? container.status?.image ?? '';
    return { image, path: `${container.specPath}.image`, what: called(container), volume: undefined };
  }
  const path = `spec.volumes[${index}].image.reference`;
  return { image: named, path, what: `volume ${volume.name}, which ${called(container)} mounts`, volume: volume.name };
}

interface Words {
  readonly what: string;
  readonly registry: string;
  readonly fault: string | undefined;
  readonly text: string;
  readonly secrets: string | undefined;
}

function messageOf(code: Code, { what, registry, fault, text, secrets }: Words): string {
  switch (code) {
    case 'PodImagePullDenied':
      return `registry ${registry} refuses ${what} (${fault})${secrets === undefined ? '' : `; ${secrets}`}`;
    case 'PodImageNotFound':
      return `registry ${registry} does not have ${what} (${fault})`;
    case 'PodImageRateLimited':
      return `registry ${registry} limits the pull of ${what}: ${fault}`;
    case 'PodRegistryUnreachable':
      return `registry ${registry} cannot be used to pull ${what}: ${fault}`;
    case 'PodImagePullFailed':
      return `${what} cannot be pulled from ${registry}${fault === undefined ? after(bare(text)) : `: ${fault}`}`;
    default:
      return `${what} cannot be used (registry ${registry}): ${fault}`;
  }
}

/** What the runtime said, without what the kubelet put before it. */
function bare(text: string): string {
  return text.replace(/^(?:Back-off pulling|Failed to pull) image "[^"]*": (?:ErrImagePull: )?/, '');
}

/** Kubelets before 1.32 say no more than `Back-off pulling image "x"`: the reason is in an event then. */
function saysWhy(message: string | undefined): boolean {
  return message !== undefined && !/^Back-off pulling image "[^"]*"$/.test(message.trim());
}

/** The newest event that tells why this container's image could not be pulled. */
function pullEvent(events: readonly ObjectEvent[], container: ContainerView, image: string): ObjectEvent | undefined {
  return events.find(
    (event) =>
      (event.reason === 'Failed' || event.reason === 'InspectFailed' || event.reason === 'ErrImageNeverPull') &&
      /^Failed to (?:pull|apply|inspect)|present with pull policy of Never/.test(event.message) &&
      isAbout(event, container) &&
      (event.fieldPath !== undefined || image === '' || event.message.includes(image)),
  );
}
