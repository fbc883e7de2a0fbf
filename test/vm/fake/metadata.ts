/** What the metadata disk has for the fake guest. */
import { readFileSync } from 'node:fs'

export interface Metadata {
  /** This machine is to become a golden snapshot. */
  golden?: unknown
  hostname: { content: string }
  network: { entries: Record<string, { content: string }> }
  docker: { entries: { 'daemon.json': { content: string } } }
  sysctl: { entries: { 'desktop.conf': { content: string } } }
  shares?: { content: string }
}

/** From the metadata disk, whose only file is one JSON object at the start of a sector. */
export function readMetadata(path: string): Metadata | undefined {
  const iso = readFileSync(path)
  for (let at = 0; at < iso.length; at += 2048) {
    if (iso[at] !== 0x7b) continue
    const end = iso.indexOf(0, at)
    return JSON.parse(iso.toString('utf8', at, end < 0 ? iso.length : end)) as Metadata
  }
  return undefined
}
