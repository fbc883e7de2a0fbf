/** Plays our own scripts, one for each rule of docs/tcp.md that a script can show, against the forwarder's stack. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LabSubject } from './lab-subject.ts'
import { play } from './play.ts'
import { readScript } from './read-script.ts'

const scripts = join(import.meta.dirname, 'scripts')
const names = globSync('**/*.pkt', { cwd: scripts }).sort()

test('there are scripts for each part of docs/tcp.md', () => {
  expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(
    new Set(['opening', 'states', 'receiving', 'sending', 'path-mtu', 'loss', 'closing']),
  )
})

test.each(names)('the stack does what %s says', async (name) => {
  const script = readScript(readFileSync(join(scripts, name), 'utf8'))
  expect(await play(script, new LabSubject(script.family, script.mtu))).toEqual({ isPassed: true })
})
