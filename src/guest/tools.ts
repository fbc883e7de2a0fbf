/** Host programs that the guest builder starts, and the Debian package that brings each. */
import type { Readable, Writable } from 'node:stream'
import { DesktopError, systemCode } from '../errors.ts'
import { startChild } from '../host/child.ts'
import { type RunOptions, type RunResult, run } from '../host/run.ts'

const packageOf = {
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  sqfstar: 'squashfs-tools',
  xz: 'xz-utils',
} as const

export type Tool = keyof typeof packageOf

function missing(tool: Tool, cause: unknown): DesktopError {
  return new DesktopError(
    'guest/missing-tool',
    `${tool} is needed to build the guest image and was not found`,
    {
      hint:
        tool === 'apt-get' || tool === 'dpkg-deb'
          ? 'Build the image on a Debian host (desktop image export) and import it here (desktop image import).'
          : `As root: apt-get install ${packageOf[tool]}`,
      cause,
    },
  )
}

/** Runs a tool to its end; a failure to start it names the package to install. */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  try {
    // Messages are matched when a failure is explained, so they must be in one language.
    return await run([tool, ...args], { ...options, env: { ...options.env, LC_ALL: 'C' } })
  } catch (error) {
    throw systemCode(error) === 'ENOENT' ? missing(tool, error) : error
  }
}

/** A tool whose standard output is a stream, e.g. `dpkg-deb --fsys-tarfile`. `done` rejects unless it exits 0. */
export function streamTool(
  tool: Tool,
  args: readonly string[],
  signal?: AbortSignal,
): { stdin: Writable; stdout: Readable; done: Promise<void> } {
  const child = startChild(tool, args, { env: { ...process.env, LC_ALL: 'C' }, signal })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {}) // EPIPE: the exit code says more.
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(systemCode(error) === 'ENOENT' ? missing(tool, error) : error))
    child.on('close', (code, killed) => {
      if (code === 0) resolve()
      else reject(toolFailure(tool, `exit ${code ?? killed}`, stderr))
    })
  })
  return { stdin: child.stdin, stdout: child.stdout, done }
}

/** What a failed tool said, as one of our errors. */
export function toolFailure(tool: Tool, how: string, stderr: string): DesktopError {
  const said = stderr.trim().split('\n').slice(-5).join('\n')
  const message = `${tool} failed (${how}): ${said === '' ? 'it said nothing' : said}`
  if (/no space left|(not|n't) have enough free space|disk quota/i.test(stderr)) {
    return new DesktopError('guest/no-space', message)
  }
  if (
    /NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG|is not signed|signatures? (were|was|could)|Hash Sum mismatch/i.test(
      stderr,
    )
  ) {
    return new DesktopError('guest/bad-signature', message)
  }
  if (
    /could not resolve|temporary failure|unable to connect|could not connect|connection (failed|refused|timed out)|network is unreachable|failed to fetch|unable to fetch|some files failed to download/i.test(
      stderr,
    )
  ) {
    return new DesktopError('guest/no-network', message)
  }
  return new DesktopError('guest/build-failed', message)
}
