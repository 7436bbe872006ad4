import { existsSync, realpathSync } from 'node:fs';
import { callEngine, openDocker } from '../../kit/docker.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { PROJECT } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';

/**
 * An engine runs one stack, and its hosts mount files of the checkout that started it. Another checkout must not take them over silently.
 * Throws `wrong-checkout`.
 */
export async function checkStackOwner(): Promise<void> {
  const filters = { label: [`com.docker.compose.project=${PROJECT}`] };
  const found = await callEngine('find the checkout of the stack', () =>
    openDocker().listContainers({ all: true, filters }),
  );
  const folders = found.flatMap(({ Labels }) => Labels['com.docker.compose.project.working_dir'] ?? []);
  const other = otherCheckout(folders, ROOT);
  if (other === undefined) return;
  throw new HoldfastError('wrong-checkout', `The stack on this machine was started from ${other}.`, {
    fix: 'Work there, or remove the stack and its data with `./holdfast down --volumes`. The data needs the passwords of that checkout.',
  });
}

/** The first of the folders that is another checkout than `root`. Removed checkouts do not count. */
export function otherCheckout(folders: readonly string[], root: string): string | undefined {
  return folders.find((folder) => existsSync(folder) && realpathSync(folder) !== realpathSync(root));
}
