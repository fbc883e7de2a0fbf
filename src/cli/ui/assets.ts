/**
 * The page as one document with inlined code and styles: in a browser that has just started, each further
 * request takes as long as the whole page. Only these exact paths are served, so path traversal is
 * impossible.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentPolicy } from './boundary.ts'

export interface Asset {
  type: string
  bytes: Buffer
  /** Overrides the content security policy of other responses. */
  policy?: string
}

/** @param folder `dist/page`, as written by the bundler. */
export async function readAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const [page = '', script = '', style = '', icon = ''] = await Promise.all(
    ['page.html', 'main.js', 'page.css', 'icon.svg'].map((file) => readFile(join(folder, file), 'utf8')),
  )
  const document = page
    .replace('<link rel="stylesheet" href="/page.css">', () => element('style', '', style))
    .replace('<script type="module" src="/main.js"></script>', () =>
      element('script', ' type="module"', script),
    )
  const policy = contentPolicy({ script: digest(script), style: digest(style) })
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', bytes: Buffer.from(document), policy }],
    ['/icon.svg', { type: 'image/svg+xml', bytes: Buffer.from(icon) }],
  ])
}

/** Text in these elements has no escapes, so it must not contain their end tag or affect how it is parsed. */
function element(name: 'script' | 'style', attributes: string, text: string): string {
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`the ${name} of the page has markup in it`)
  return `<${name}${attributes}>${text}</${name}>`
}

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
