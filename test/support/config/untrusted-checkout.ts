/** Fresh checkouts of files from someone else, and the mistakes that a runner finds in them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'

export const host: string = realpathSync(mkdtempSync(join(tmpdir(), 'untrusted-')))
afterAll(() => rmSync(host, { recursive: true, force: true }))

export const secret = 'hunter2-TOKEN-of-the-runner'
export const outside: string = join(host, 'home', '.env')
mkdirSync(dirname(outside), { recursive: true })
writeFileSync(outside, `AWS_SECRET=${secret}\n`)
export const env: Readonly<Record<string, string>> = {
  TOKEN: secret,
  PIN: '123456789',
  LIST: `["${secret}"]`,
  RED: 'http://\u001b[31m.test:1',
  BIG: 'x'.repeat(100_000),
}

export type Files = Readonly<Record<string, string | { link: string } | { fifo: true }>>
let checkouts = 0

/** Every mistake of `desktop.yaml` in a fresh checkout, as `code message hint frame`. */
export async function mistakes(files: Files): Promise<{ codes: string[]; said: string }> {
  checkouts += 1
  const root = join(host, 'work', String(checkouts))
  mkdirSync(join(root, '.git'), { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    if (typeof content === 'string') writeFileSync(path, content)
    else if ('link' in content) symlinkSync(content.link, path)
    else execFileSync('mkfifo', [path])
  }
  try {
    await loadConfig({ files: [join(root, 'desktop.yaml')], env })
    return { codes: [], said: '' }
  } catch (error) {
    if (!(error instanceof DesktopError)) throw error
    const all = [error, ...error.others]
    return {
      codes: [...new Set(all.map(({ code }) => code))],
      said: all.map(({ message, hint, at }) => [message, hint, at?.frame].join(' ')).join('\n'),
    }
  }
}

export const file = (text: string): Files => ({ 'desktop.yaml': `apiVersion: desktop/v1\n${text}` })
