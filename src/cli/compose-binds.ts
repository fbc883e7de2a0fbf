/** Host folders and files that `docker compose up` binds, as reported by compose itself. */
import { run } from '../host/run.ts'

/** Compose commands that create containers. */
const creates: readonly string[] = ['up', 'create', 'run', 'watch']
/** Options of compose itself that take a value, which may equal a command name. */
const valued =
  /^(-f|--file|-p|--project-name|--profile|--env-file|--project-directory|--ansi|--parallel|--progress)$/
const configMs = 10_000

/** Arguments that print the project of this command line; undefined if it creates no container. */
export function configArguments(args: readonly string[]): string[] | undefined {
  if (args[0] !== 'compose') return undefined
  let at = 1
  while (args[at]?.startsWith('-') === true) at += valued.test(args[at] ?? '') ? 2 : 1
  if (!creates.includes(args[at] ?? '')) return undefined
  return [...args.slice(0, at), 'config', '--format', 'json']
}

/** Empty if compose cannot read its files, which it then reports itself. */
export async function composeBinds(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const config = configArguments(args)
  if (config === undefined) return []
  try {
    const { code, stdout } = await run([program, ...config], { env, signal: AbortSignal.timeout(configMs) })
    return code === 0 ? bindsOf(JSON.parse(stdout)) : []
  } catch {
    return []
  }
}

interface Project {
  services?: Record<string, { volumes?: { type?: string; source?: string }[] } | null>
  configs?: Record<string, { file?: string } | null>
  secrets?: Record<string, { file?: string } | null>
}

/** Sources of the project's bind mounts, including files of configs and secrets. */
export function bindsOf({ services, configs, secrets }: Project): string[] {
  const volumes = Object.values(services ?? {}).flatMap((service) => service?.volumes ?? [])
  const files = [...Object.values(configs ?? {}), ...Object.values(secrets ?? {})]
  return [
    ...volumes.flatMap(({ type, source }) => (type === 'bind' && source !== undefined ? [source] : [])),
    ...files.flatMap((one) => (one?.file === undefined ? [] : [one.file])),
  ]
}
