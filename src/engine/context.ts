/**
 * The docker CLI's context store (~/.docker/contexts/meta/SHA256(name)/meta.json), written directly: the CLI
 * may not be installed, and the current context is never changed.
 */
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'

interface ContextMeta {
  Name: string
  Metadata: { Description?: string }
  Endpoints: { docker?: { Host?: string; SkipTLSVerify?: boolean } }
}

function metaDirectory(name: string): string {
  const root = process.env.DOCKER_CONFIG ?? join(process.env.HOME ?? homedir(), '.docker')
  return join(root, 'contexts', 'meta', createHash('sha256').update(name).digest('hex'))
}

/** The endpoint of the context; undefined if there is no such context. */
export async function readContext(name: string): Promise<string | undefined> {
  const text = await readIfExists(join(metaDirectory(name), 'meta.json'))
  if (text === undefined) return undefined
  return (JSON.parse(text) as ContextMeta).Endpoints.docker?.Host ?? ''
}

export async function setContext(name: string, dockerHost: string): Promise<void> {
  const meta: ContextMeta = {
    Name: name,
    Metadata: { Description: 'desktop' },
    Endpoints: { docker: { Host: dockerHost, SkipTLSVerify: false } },
  }
  await writeAtomic(join(metaDirectory(name), 'meta.json'), JSON.stringify(meta))
}

export async function removeContext(name: string): Promise<void> {
  await rm(metaDirectory(name), { recursive: true, force: true })
}
