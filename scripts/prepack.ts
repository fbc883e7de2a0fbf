/**
 * Prepares dist/ for `npm pack` after scripts/node.sh has built it: removes chunks of former builds, adds
 * koffi for every platform, and writes dist/release.json with the commit. npm runs it before packing.
 *
 *   npm pack
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { releaseOf } from './release/commit.ts'
import { writeNatives } from './release/natives.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const { outputs } = JSON.parse(await readFile(join(dist, 'built.json'), 'utf8')) as { outputs: string[] }
for (const file of await readdir(dist))
  if (/\.js$/.test(file) && !outputs.includes(file)) await rm(join(dist, file))
await writeNatives(root, dist)
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
await writeFile(join(dist, 'release.json'), `${JSON.stringify(await releaseOf(root, version), null, 2)}\n`)
