/** What the message of a Ready condition is about. */
export interface Trouble {
  readonly kind: 'network' | 'runtime' | 'pleg' | 'shutdown' | 'storage' | 'other';
  readonly text: string;
}

const longest = 200;

/** Tokens that kubelets write into the message of Ready=False, and what they mean. Source: pkg/kubelet/runtime.go and setters.go. */
const tokens: readonly (readonly [Trouble['kind'], readonly string[], string])[] = [
  ['shutdown', ['node is shutting down'], 'the node is shutting down'],
  [
    'network',
    [
      'cni config uninitialized',
      'cni plugin not initialized',
      'networkpluginnotready',
      'networkready=false',
      'network plugin is not ready',
    ],
    'its pod network (CNI) is not set up',
  ],
  [
    'runtime',
    [
      'container runtime is down',
      'runtime is down',
      'container runtime not ready',
      'runtimeready=false',
      'failed to get runtime',
    ],
    'the container runtime is down',
  ],
  ['pleg', ['pleg is not healthy'], 'the container runtime does not answer in time (PLEG is not healthy)'],
  ['storage', ['csinode is not yet initialized'], 'its CSINode is not initialised'],
];

/**
 * Classifies the message of a Ready condition. A network that is not ready is said together with the runtime, so it comes first; a
 * runtime that is down makes PLEG unhealthy, too.
 */
export function troubleOf(message: string | undefined): Trouble {
  const text = (message ?? '').toLowerCase();
  const known = tokens.find(([, words]) => words.some((word) => text.includes(word)));
  if (known !== undefined) return { kind: known[0], text: known[2] };
  return { kind: 'other', text: short(message) };
}

/** A condition as evidence. */
export function clue({ status, reason, message }: { status: string; reason?: string; message?: string }): string {
  return [`${status}${reason === undefined ? '' : ` ${reason}`}`, message]
    .filter((one) => one !== undefined && one !== '')
    .join(': ');
}

/** The first line of a text, cut, without a full stop. */
export function short(text: string | undefined): string {
  const line =
    (text ?? '')
      .split(/[\r\n]/)
      .find((one) => one.trim() !== '')
      ?.trim() ?? '';
  const cut = line.length > longest ? `${line.slice(0, longest).trimEnd()}…` : line;
  return cut.replace(/[. ]{1,20}$/, '');
}
