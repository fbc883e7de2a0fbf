/** A copy of this checkout, with its npm packages as an installation leaves them. */
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const parts =
  '.npmrc LICENSE README.md bin src schemas scripts templates package.json package-lock.json rolldown.config.ts'

/** @param checkout a folder that does not exist yet, or is empty. */
export async function copyCheckout(checkout: string): Promise<void> {
  const at = (path: string): string => join(checkout, path)
  for (const part of parts.split(' '))
    if (existsSync(join(root, part))) await cp(join(root, part), at(part), { recursive: true })
  await mkdir(at('node_modules'))
  for (const name of await readdir(join(root, 'node_modules')))
    if (!name.startsWith('.')) await symlink(join(root, 'node_modules', name), at(`node_modules/${name}`))
  await cp(at('package-lock.json'), at('node_modules/.desktop-lock'))
}
