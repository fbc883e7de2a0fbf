/** Reads the end of a file of any size, e.g. the last lines of a log. */
import { open } from 'node:fs/promises'

/** @returns the text, and its offset in the file */
export async function readEnd(path: string, maxBytes: number): Promise<{ text: string; from: number }> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const from = Math.max(0, size - maxBytes)
  const bytes = Buffer.alloc(size - from)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  return { text: bytes.toString('utf8', 0, bytesRead), from }
}
