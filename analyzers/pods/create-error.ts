import { type CauseLink, field } from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, values } from './case.ts';
import type { Code } from './codes.ts';
import { called, type ContainerView, type Terminated } from './containers.ts';
import { memoryLimit } from './endings.ts';
import { gpuRefusal } from './gpu-runtime.ts';
import { deviceLinks, nodeLinks, nodeOf } from './links.ts';
import { after } from './text.ts';

/** Reasons of pkg/kubelet/container and kuberuntime. */
const waitingReasons =
  /^(?:CreateContainerError|RunContainerError|PreCreateHookError|PreStartHookError|PostStartHookError)\b/;

/** How containerd and CRI-O call the end of a container whose process never began. */
const neverBegan = new Set(['StartError', 'ContainerCannotRun', 'CreateContainerError']);

/** A container that the runtime cannot create or start. */
export function createFault(one: PodCase, container: ContainerView): PodDraft | undefined {
  const said = failureOf(container);
  if (said === undefined) return undefined;
  const kind = said.reason.startsWith('PostStartHookError') ? hook : classify(said.text);
  const architecture = kind.code === 'PodImagePlatform' ? nodeOf(one)?.status?.nodeInfo?.architecture : undefined;
  const refusal = kind.code === 'PodGPURuntimeFailed' ? gpuRefusal(said.text, nodeOf(one)) : undefined;
  const where = architecture === undefined ? '' : ` (node ${one.pod.spec.nodeName ?? ''} is ${architecture})`;
  const memory = kind.code === 'PodOOMKilled' ? memoryLimit(one, container) : undefined;
  return draft(one, kind.code, {
    key: container.name,
    message: `${called(container)} cannot be started: ${refusal?.what ?? kind.what}${where}${after(said.text.replaceAll(/\s+/g, ' '))}`,
    evidence: [
      field(one.pod, `${said.path}.reason`, said.reason),
      ...(said.text === '' ? [] : [field(one.pod, `${said.path}.message`, said.text)]),
      ...(container.spec.command === undefined
        ? []
        : [field(one.pod, `${container.specPath}.command`, container.spec.command)]),
      field(one.pod, `${container.specPath}.image`, container.spec.image ?? ''),
      ...(refusal?.evidence ?? []),
      ...(memory === undefined ? [] : [memory.evidence]),
    ],
    causes: [
      ...(kind.node === undefined ? [] : nodeLinks(one, kind.node)),
      ...(kind.code === 'PodGPURuntimeFailed' ? deviceLinks(one) : []),
    ],
    since: notReadySince(one),
    values: values({
      container: container.name,
      image: container.spec.image,
      command: container.spec.command?.[0],
      node: one.pod.spec.nodeName,
      architecture,
      limit: memory?.limit,
    }),
  });
}

interface Failure {
  readonly path: string;
  readonly reason: string;
  readonly text: string;
}

function failureOf({ status, statusPath, role }: ContainerView): Failure | undefined {
  const waiting = status?.state?.waiting;
  if (waiting !== undefined && waitingReasons.test(waiting.reason ?? ''))
    return { path: `${statusPath}.state.waiting`, reason: waiting.reason ?? '', text: waiting.message ?? '' };
  const now = status?.state?.terminated;
  const before = waiting?.reason === 'CrashLoopBackOff' ? status?.lastState?.terminated : undefined;
  const ended = now ?? before;
  if (
    ended === undefined ||
    !(neverBegan.has(ended.reason ?? '') || isForeign(ended)) ||
    (role === 'init' && ended.exitCode === 0)
  )
    return undefined;
  const path = `${statusPath}.${now === undefined ? 'lastState' : 'state'}.terminated`;
  return { path, reason: ended.reason ?? '', text: ended.message ?? '' };
}

/** What the kernel makes of a program for another CPU, where the container's log is in its message. */
function isForeign({ message }: Terminated): boolean {
  return message !== undefined && /exec format error/.test(message.slice(0, 2_000));
}

interface Kind {
  readonly code: Code;
  readonly what: string;
  /** How sure it is that a fault of the node would explain it. */
  readonly node?: CauseLink['certainty'];
}

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [
    /nvidia-container-cli|nvidia-container-runtime|\bnvml\b|libcuda|unresolvable CDI devices nvidia/i,
    { code: 'PodGPURuntimeFailed', what: 'the NVIDIA runtime refuses it', node: 'sure' },
  ],
  [
    /container init was OOM-killed|memory limit too low/i,
    { code: 'PodOOMKilled', what: 'its memory limit is too low even for its start' },
  ],
  [
    /exec format error/i,
    { code: 'PodImagePlatform', what: 'its program is built for another CPU architecture, or is a script without #!' },
  ],
  [
    /exec: "[^"]*": |executable file .{0,300}not found|open executable/i,
    { code: 'PodCommandNotFound', what: 'its command is not in the image or is not executable' },
  ],
  [/no command specified/i, { code: 'PodCommandNotFound', what: 'neither the image nor the pod names a command' }],
  [
    /not a directory/i,
    {
      code: 'PodContainerCreateFailed',
      what: 'a file is mounted where the image has a directory, or the reverse (subPath)',
    },
  ],
  [/subpath/i, { code: 'PodContainerCreateFailed', what: 'a subPath cannot be mounted' }],
  [/no space left on device/i, { code: 'PodContainerCreateFailed', what: 'no space left on the node', node: 'sure' }],
  [
    /deadline exceeded|name .{0,300}is reserved|already in use by container/i,
    {
      code: 'PodContainerCreateFailed',
      what: 'the runtime of the node is too slow or holds an earlier container',
      node: 'likely',
    },
  ],
];

/** What its text complains of is the hook's command, not the container's. */
const hook: Kind = { code: 'PodPostStartHookFailed', what: 'its postStart hook fails' };

const other: Kind = { code: 'PodContainerCreateFailed', what: 'the runtime refuses it' };

function classify(text: string): Kind {
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? other;
}
