import { UserError } from '../../errors.ts';
import { type Environment, findKubeconfig } from './files.ts';
import { outside, type Surroundings } from './surroundings.ts';

/**
 * The names of all contexts of the kubeconfig, in its order.
 * @throws UserError where there is none, and as `findKubeconfig`.
 */
export async function contextNames(options: {
  readonly kubeconfig?: string;
  readonly env: Environment;
  readonly around?: Surroundings;
}): Promise<readonly string[]> {
  const { config } = await findKubeconfig(options.kubeconfig, options.env, options.around ?? outside);
  const names = [...(config?.contexts.keys() ?? [])];
  if (names.length === 0)
    throw new UserError('no-context', 'the kubeconfig has no contexts', {
      hint: 'Name a kubeconfig with --kubeconfig FILE or KUBECONFIG.',
    });
  return names;
}
