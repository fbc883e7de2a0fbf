/** A program with the interface of `linuxkit`, over our own assembler: imports the layout into a cache, builds a tar from it. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const source = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../../src/guest', path))

export const faithful: string = `
import { createReadStream, createWriteStream, readFileSync, appendFileSync } from 'node:fs'
import { join } from 'node:path'
const { openStore } = await import(${source('oci/layout-store.ts')})
const { assemble } = await import(${source('linuxkit/assemble.ts')})
const { writeTar } = await import(${source('archive/tar-write.ts')})
const [flag, cache, command, ...rest] = process.argv.slice(2)
if (flag !== '--cache') throw new Error('no cache')
appendFileSync(join(cache, '..', 'calls'), [command, ...rest].join(' ') + '\\n')
const store = openStore(cache)
if (command === 'cache') await store.importTar(createReadStream(rest[1]))
else {
  const option = (name) => rest[rest.indexOf(name) + 1]
  const { entries } = await assemble({ yaml: readFileSync(rest.at(-1), 'utf8'), store })
  await writeTar(entries, createWriteStream(join(option('--dir'), option('--name') + '.tar')))
}
`

export async function writeProgram(path: string, body: string): Promise<string> {
  await writeFile(path, `#!${process.execPath}\n${body}`)
  await chmod(path, 0o755)
  return path
}
