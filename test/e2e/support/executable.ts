import path from 'node:path';
import { goProgram } from './go-program.ts';

const kubernetes = 'v1.36.3';

/**
 * The executable that is a whole control plane and kubectl, built unless a build of the same sources is in the cache.
 * @param say is told when a build begins, for that takes minutes where Go's own cache is empty.
 * @throws CannotBuild where Go is missing or too old, or where the build fails.
 */
export async function controlPlaneExecutable(say?: (line: string) => void): Promise<string> {
  const version = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map(
    (name) => `-X ${name}.gitVersion=${kubernetes}`,
  );
  const folder = path.resolve(import.meta.dirname, '../../control-plane');
  return goProgram({ name: 'control-plane', folder, ldflags: version }, say);
}
