/** LinuxKit's metadata: a tree of files that the guest's `metadata` container writes below /run/config. */
import { packIso } from './iso9660.ts'

export type MetadataEntry = { perm: string; content: string } | { entries: MetadataTree }

export interface MetadataTree {
  [name: string]: MetadataEntry
}

/** A file of the tree. */
export function metadataFile(content: string, perm = '0644'): MetadataEntry {
  return { perm, content }
}

/** Rounded to few sizes: a guest caches disk sizes, and resumes a golden snapshot only with the same ones. */
const stepBytes = 64 * 1024

/** The disk image (serial `config`, label `cidata`) with the tree in a file called `config`. */
export function metadataIso(tree: MetadataTree): Uint8Array {
  const iso = packIso('cidata', [{ name: 'config', content: Buffer.from(JSON.stringify(tree)) }])
  const disk = new Uint8Array(Math.ceil(iso.length / stepBytes) * stepBytes)
  disk.set(iso)
  return disk
}
