import type { Code } from './codes.ts';
import { namedIn } from './config-error.ts';

/** What is wrong with a mount: the code, and the reason in a few words where the text is known. */
export interface MountKind {
  readonly code: Code;
  readonly what?: string;
}

const kinds: readonly (readonly [RegExp, MountKind])[] = [
  [/not found in the list of registered CSI drivers/, { code: 'PodCSIDriverNotRegistered' }],
  [/references non-existent \w+ key/, { code: 'PodConfigKeyMissing' }],
  [/access denied|permission denied/i, { code: 'PodMountFailed', what: 'access denied' }],
  [
    /connection (?:timed out|refused)|no route to host|host is down/i,
    { code: 'PodMountFailed', what: 'the storage server cannot be reached' },
  ],
  [
    /bad option; .{0,200}helper program|executable file not found/,
    { code: 'PodMountFailed', what: 'the node lacks the mount helper (nfs-common, cifs-utils)' },
  ],
  [/wrong fs type|superblock|fsck/i, { code: 'PodMountFailed', what: 'the filesystem is damaged or of another type' }],
  [
    /is not a directory|does not exist|hostPath type check failed/,
    { code: 'PodMountFailed', what: 'the path on the node is not what the volume says' },
  ],
];

/**
 * Classifies a mount that failed by the kubelet's text.
 * @param absent what is proven not to be there: it decides before the text.
 */
export function mountKind(text: string, absent: { readonly key: boolean } | undefined): MountKind {
  if (absent?.key === true) return { code: 'PodConfigKeyMissing' };
  if (absent !== undefined || namedIn(text, undefined) !== undefined) return { code: 'PodMountFailed' };
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? { code: 'PodMountFailed' };
}
