import type { DaemonSet } from './daemon-set-view.ts';

/** Directories of a node through which the kubelet meets its plugins: networks, storage drivers, devices. */
const pluginDirectories =
  /^\/(etc\/cni|opt\/cni|var\/lib\/kubelet\/(plugins|plugins_registry|device-plugins|pod-resources))(\/|$)/;

/** Whether a node does not work properly without a DaemonSet's pod: the network, storage drivers, kube-proxy, device plugins. */
export function isInfrastructure({ metadata, spec }: DaemonSet): boolean {
  const template = spec.template.spec;
  return (
    metadata.namespace === 'kube-system' ||
    template?.priorityClassName === 'system-node-critical' ||
    (template?.volumes ?? []).some(({ hostPath }) => hostPath !== undefined && pluginDirectories.test(hostPath.path))
  );
}
