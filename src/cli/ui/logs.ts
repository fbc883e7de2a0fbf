/** Server-sent events of a log: its end, then new lines. Event ids are offsets at which a client resumes. */
import { open } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCode } from '../../errors/system.ts'

const pollMs = 500
const pieceBytes = 64 * 1024
/** Amount sent to a new client. */
const tailBytes = 256 * 1024

/**
 * Reads new text since an offset, and the next offset; without an offset, the end of the log; undefined for
 * nothing new.
 */
export type LogReader = (at: number | undefined) => Promise<{ at: number; text: string } | undefined>

/** Runs until the client disconnects, and pauses while it does not read. */
export async function sendLog(
  read: LogReader,
  response: ServerResponse,
  lastId: string,
  text: (document: unknown) => string,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.write('retry: 1000\n\n')
  let at = /^\d+$/.test(lastId) ? Number(lastId) : undefined
  while (!gone.signal.aborted) {
    const piece = await read(at)
    at = piece?.at ?? at
    if (piece === undefined || piece.text === '') {
      await sleep(pollMs, undefined, { signal: gone.signal }).catch(() => {})
      continue
    }
    const event = `id: ${at}\nevent: text\ndata: ${text(piece.text)}\n\n`
    if (!response.write(event)) await drained(response)
  }
}

/** Offsets are file offsets; a truncated file is read from its start. */
export function fileLog(path: string): LogReader {
  let decoder = new StringDecoder('utf8')
  return async (at) => {
    const piece = await readPiece(path, at)
    if (piece === undefined || piece.bytes.length === 0) return undefined
    if (piece.from !== at) decoder = new StringDecoder('utf8')
    return { at: piece.from + piece.bytes.length, text: decoder.write(piece.bytes) }
  }
}

/** undefined if the file does not exist. */
async function readPiece(
  path: string,
  at: number | undefined,
): Promise<{ from: number; bytes: Buffer } | undefined> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    const from = at === undefined ? Math.max(0, size - tailBytes) : at > size ? 0 : at
    const buffer = Buffer.alloc(Math.min(pieceBytes, size - from))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
    return { from, bytes: buffer.subarray(0, bytesRead) }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
