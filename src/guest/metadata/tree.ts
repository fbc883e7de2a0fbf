/** LinuxKit's metadata: a tree of files that the guest's `metadata` container lays out below /run/config. */
import { packIso } from './iso9660.ts'

export type MetadataEntry = { perm: string; content: string } | { entries: MetadataTree }

export interface MetadataTree {
  [name: string]: MetadataEntry
}

/** A file of the tree. */
export function metadataFile(content: string, perm = '0644'): MetadataEntry {
  return { perm, content }
}

/** The disk image (serial `config`, label `cidata`) that carries the tree in a file called `config`. */
export function metadataIso(tree: MetadataTree): Uint8Array {
  return packIso('cidata', [{ name: 'config', content: Buffer.from(JSON.stringify(tree)) }])
}
