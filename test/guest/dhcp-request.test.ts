import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const requested = (commandLine: string): string[] =>
  [...commandLine.matchAll(/-O,? (\w+)/g)].map(([, name = '']) => name)

const commands = read('templates/linuxkit.yml.njk')
  .split('\n')
  .filter((line) => line.includes('[udhcpc,'))

test('the lease at boot and its renewals request the same DHCP options', () => {
  expect(commands).toHaveLength(2)
  const [atBoot = '', renewal = ''] = commands
  expect(requested(atBoot).length).toBeGreaterThan(0)
  expect(requested(renewal)).toEqual(requested(atBoot))
})

test('each requested DHCP option is used by the script that udhcpc calls', () => {
  const script = read('templates/guest/tools/usr/bin/dhcp-event')
  expect(
    requested(commands[0] ?? '').filter((name) => !new RegExp(`\\$\\{?${name}\\b`).test(script)),
  ).toEqual([])
})

test('the tour shows the options that the guest requests', () => {
  const shown = read('docs/tour.md')
    .split('\n')
    .filter((line) => line.includes('udhcpc -i'))
  expect(shown.map(requested)).toEqual(shown.map(() => requested(commands[1] ?? '')))
  expect(shown.length).toBeGreaterThan(0)
})
