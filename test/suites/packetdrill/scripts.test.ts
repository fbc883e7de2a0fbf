/** Plays our own scripts, one for each rule of docs/tcp.md that a script can show, against the forwarder's stack. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LabSubject } from './lab-subject.ts'
import { play } from './play.ts'
import { readScript } from './read-script.ts'
import type { Script } from './script.ts'

const scripts = join(import.meta.dirname, 'scripts')
const names = globSync('**/*.pkt', { cwd: scripts }).sort()

test('there are scripts for each part of docs/tcp.md', () => {
  expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(
    new Set(['opening', 'states', 'receiving', 'sending', 'path-mtu', 'loss', 'closing']),
  )
})

const musts = globSync('*.pkt', { cwd: join(import.meta.dirname, 'musts') }).sort()

describe.each([4, 6] as const)('over IPv%i', (family) => {
  test.each(musts)('the stack does what musts/%s says', async (name) => {
    const text = readFileSync(join(import.meta.dirname, 'musts', name), 'utf8')
    const script = readScript(text, family === 6 ? ['STANDARD', 'IPV6'] : ['STANDARD'])
    await playWhole(script, new LabSubject(family))
  })
})

/** The language says nothing about segments after the last event; our scripts end when the stack is silent. */
async function playWhole(script: Script, subject: LabSubject): Promise<void> {
  expect(await play(script, subject)).toEqual({ isPassed: true })
  expect(await subject.next(subject.nowS)).toBeUndefined()
}

test('docs/tcp-suites.md has a result of each peer for each of the fourteen checks of RFC 9293', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/tcp-suites.md'), 'utf8')
  const rows = Array.from(
    page.matchAll(/^\| (\S+) \| ✓ ✓ \| [✓✗] – \| [✓✗] [✓✗] \|$/gm),
    ([, name]) => `${name}.pkt`,
  )
  expect(rows.sort()).toEqual(musts)
  expect(musts).toHaveLength(14)
})

test.each(names)('the stack does what %s says', async (name) => {
  const script = readScript(readFileSync(join(scripts, name), 'utf8'))
  await playWhole(script, new LabSubject(script.family, script.mtu))
})
