/** Commands as root of separate namespaces, with all their directories in one of the test. */
import { join } from 'node:path'
import { type RunResult, run } from '../../../src/host/run.ts'

const entry = join(import.meta.dirname, '../../../src/cli/main.ts')

/**
 * @param kind what else is not shared with the host, as unshare(1) names it.
 * @param before a command of the shell that runs first, in the same namespaces.
 */
export function desktopUnshared(
  dir: string,
  kind: '--mount' | '--net',
  before: string,
  args: string,
): Promise<RunResult> {
  const script = `${before} && exec ${process.execPath} ${entry} ${args}`
  return run(['unshare', '--user', '--map-root-user', kind, 'sh', '-c', script], {
    cwd: dir,
    env: {
      ...process.env,
      HOME: dir,
      XDG_CONFIG_HOME: join(dir, 'config'),
      XDG_STATE_HOME: join(dir, 'state'),
      XDG_CACHE_HOME: join(dir, 'cache'),
      XDG_RUNTIME_DIR: dir,
      NO_COLOR: '1',
    },
  })
}
