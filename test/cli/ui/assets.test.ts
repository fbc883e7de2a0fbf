import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAssets } from '../../../src/cli/ui/assets.ts'

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64')
const page =
  '<link rel="stylesheet" href="/page.css"><script type="module" src="/main.js"></script><div id="app"></div>'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assets-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function build(script: string): Promise<void> {
  const files = { 'page.html': page, 'main.js': script, 'page.css': 'p{}', 'icon.svg': '<svg/>' }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
}

test('the page has its code and styles in it, and its policy admits exactly those', async () => {
  // In a replacement string, `$&` would insert the match.
  await build("console.log('$&')")
  const { bytes, policy } = (await readAssets(folder)).get('/') ?? {}
  expect(String(bytes)).toBe(
    `<style>p{}</style><script type="module">console.log('$&')</script><div id="app"></div>`,
  )
  expect(policy).toContain(`script-src 'sha256-${digestOf("console.log('$&')")}'`)
  expect(policy).toContain(`style-src 'sha256-${digestOf('p{}')}'`)
  expect(policy).not.toContain('unsafe')
})

test('code that would end its element is refused', async () => {
  for (const evil of ["'</script>'", "'<!--'", "'</STYLE>'"]) {
    await build(evil)
    await expect(readAssets(folder)).rejects.toThrow('has markup in it')
  }
})
