/** Downloads one file of known size and digest: resumes, retries and verifies. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { MirrorError, type Transport } from './transport.ts'

/** Hex SHA-256 of a file; undefined if it does not exist. */
export async function fileSha256(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
  return hash.digest('hex')
}

export interface Wanted {
  url: string
  sizeBytes: number
  /** Lower-case hex. */
  sha256: string
}

interface DownloadOptions {
  transport: Transport
  /** Called with the number of bytes present, after each change. */
  onBytes?: ((bytes: number) => void) | undefined
  signal?: AbortSignal | undefined
}

/** Delays before the second and later attempts. */
const backOffMs: readonly number[] = [200, 1_000, 3_000]

/**
 * Completes `path` from a partial download. Errors: `MirrorError` if the mirror lacks the file; `guest/no-network`,
 * `guest/bad-signature`, `guest/no-space`; AbortError.
 */
export async function downloadFile(wanted: Wanted, path: string, options: DownloadOptions): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await complete(wanted, path, options)
      if ((await fileSha256(path)) === wanted.sha256) return
      await rm(path, { force: true })
      throw wrongContent(wanted.url)
    } catch (error) {
      options.signal?.throwIfAborted()
      const wait = backOffMs[attempt]
      throwUnlessTransient(error, attempt)
      if (wait === undefined) throw asNetworkError(error)
      await sleep(wait, undefined, options.signal === undefined ? {} : { signal: options.signal })
    }
  }
}

const wrongContent = (url: string): DesktopError =>
  new DesktopError('guest/bad-signature', `${url} does not match its signed index`)

function throwUnlessTransient(error: unknown, attempt: number): void {
  if (['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? ''))
    throw new DesktopError('guest/no-space', messageOf(error), { cause: error })
  if (error instanceof MirrorError && error.gone) throw error
  // Retry wrong content once: the resumed part may have been of another file.
  if (error instanceof DesktopError && (error.code !== 'guest/bad-signature' || attempt > 0)) throw error
}

export function asNetworkError(error: unknown): DesktopError {
  if (error instanceof DesktopError) return error
  return new DesktopError('guest/no-network', messageOf(error), { cause: error })
}

/** Appends the missing bytes to `path`; throws if the connection closes early. */
async function complete(
  { url, sizeBytes }: Wanted,
  path: string,
  { transport, onBytes, signal }: DownloadOptions,
): Promise<void> {
  let have = (await stat(path).catch(() => undefined))?.size ?? 0
  if (have === sizeBytes) return
  if (have > sizeBytes) have = 0
  const answer = await transport.get(url, have > 0 ? { range: `bytes=${have}-` } : {}, signal)
  const resumed = answer.statusCode === 206 && answer.headers['content-range']?.startsWith(`bytes ${have}-`)
  if (!resumed) have = 0
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      have += chunk.length
      // An endless response must not fill the disk.
      if (have > sizeBytes) throw wrongContent(url)
      onBytes?.(have)
      yield chunk
    }
  }
  const file = createWriteStream(path, { flags: resumed ? 'a' : 'w' })
  await pipeline(answer, counted, file, signal === undefined ? {} : { signal })
  if (have < sizeBytes) throw new MirrorError(url, `ended after ${have} of ${sizeBytes} bytes`)
}
