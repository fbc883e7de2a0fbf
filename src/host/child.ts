/**
 * Programs run by a command. Each has its own process group: Ctrl-C signals the whole foreground group, and would end
 * them before the command can let them finish. None outlives the command.
 */
import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process'

const alive = new Set<ChildProcessWithoutNullStreams>()

/** `signal` kills the program and its children; its `error` is then an AbortError. */
export function startChild(
  file: string,
  args: readonly string[],
  { signal, ...options }: Pick<SpawnOptions, 'cwd' | 'env' | 'signal'>,
): ChildProcessWithoutNullStreams {
  const child = spawn(file, args, {
    ...options,
    ...(signal === undefined ? {} : { signal }),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  if (alive.size === 0) process.on('exit', endAll)
  alive.add(child)
  const onAbort = (): void => endGroup(child, 'SIGTERM')
  signal?.addEventListener('abort', onAbort)
  const over = (): void => {
    signal?.removeEventListener('abort', onAbort)
    alive.delete(child)
    if (alive.size === 0) process.off('exit', endAll)
  }
  child.once('close', over)
  child.once('error', () => {
    // A program that failed to start emits no `close`.
    if (child.pid === undefined) over()
  })
  return child
}

function endAll(): void {
  for (const child of alive) endGroup(child, 'SIGKILL')
}

function endGroup({ pid }: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // Already exited.
  }
}
