import type { Container, ContainerStatus, ObjectEvent, Pod } from '../../src/kit.ts';

export type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** A container of a pod: what was asked for and what the kubelet says of it. */
export interface ContainerView {
  readonly name: string;
  /** A sidecar is an init container with `restartPolicy: Always` (1.29). */
  readonly role: 'init' | 'sidecar' | 'app';
  readonly spec: Container;
  /** `spec.containers[0]` */
  readonly specPath: string;
  readonly status: ContainerStatus | undefined;
  /** `status.containerStatuses[0]` */
  readonly statusPath: string;
  /** When it is started again: `Always`, `OnFailure` or `Never`. */
  readonly restartPolicy: string;
}

/** Init containers in their order, then the others. */
export function containersOf(pod: Pod): readonly ContainerView[] {
  const podPolicy = pod.spec.restartPolicy ?? 'Always';
  const view = (field: 'initContainers' | 'containers', spec: Container, index: number): ContainerView => {
    const statusField = field === 'containers' ? 'containerStatuses' : 'initContainerStatuses';
    const statuses = pod.status?.[statusField] ?? [];
    const at = statuses.findIndex((one) => one.name === spec.name);
    const init = field === 'initContainers';
    // An init container of a pod that is always restarted is run again until it succeeds, never after that.
    const inherited = init && podPolicy === 'Always' ? 'OnFailure' : podPolicy;
    return {
      name: spec.name,
      role: init ? (spec.restartPolicy === 'Always' ? 'sidecar' : 'init') : 'app',
      spec,
      specPath: `spec.${field}[${index}]`,
      status: statuses[at],
      statusPath: `status.${statusField}[${Math.max(at, 0)}]`,
      restartPolicy: spec.restartPolicy ?? inherited,
    };
  };
  return [
    ...(pod.spec.initContainers ?? []).map((spec, index) => view('initContainers', spec, index)),
    ...pod.spec.containers.map((spec, index) => view('containers', spec, index)),
  ];
}

/** How messages call a container: `container app`, `init container migrate`. */
export function called({ role, name }: ContainerView): string {
  return role === 'app' ? `container ${name}` : role === 'init' ? `init container ${name}` : `sidecar ${name}`;
}

/** Whether an event is about a container, by its `fieldPath` (`spec.containers{app}`). One without a path may be about any. */
export function isAbout(event: ObjectEvent, { name, specPath }: ContainerView): boolean {
  const kind = specPath.startsWith('spec.init') ? 'spec.initContainers' : 'spec.containers';
  return event.fieldPath === undefined || event.fieldPath === '' || event.fieldPath === `${kind}{${name}}`;
}

/**
 * Whether a container is started again after such an end: by the first of its rules that fits (`restartPolicyRules`, 1.34, whose actions
 * all restart it), else by its policy.
 */
export function restartsAfter({ restartPolicy, spec }: ContainerView, exitCode: number): boolean {
  const byRule = (spec.restartPolicyRules ?? []).some(({ exitCodes }) => {
    if (exitCodes === undefined) return false;
    return (exitCodes.values ?? []).includes(exitCode) === (exitCodes.operator === 'In');
  });
  return byRule || restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
}
