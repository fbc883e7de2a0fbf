/** The files of the page, read once: a path is served when it is one of these, so that none leads elsewhere. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Asset {
  type: string
  bytes: Buffer
}

const files: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/', 'page.html', 'text/html; charset=utf-8'],
  ['/main.js', 'main.js', 'text/javascript; charset=utf-8'],
  ['/page.css', 'page.css', 'text/css; charset=utf-8'],
  ['/icon.svg', 'icon.svg', 'image/svg+xml'],
]

/** @param folder `dist/page`, as the bundler writes it. */
export async function readAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  return new Map(
    await Promise.all(
      files.map(
        async ([path, file, type]) => [path, { type, bytes: await readFile(join(folder, file)) }] as const,
      ),
    ),
  )
}
