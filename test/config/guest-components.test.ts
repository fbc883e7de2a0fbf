/** The table of guest components matches the guest template. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { guestComponents, guestImages } from '../../src/config/guest-components.ts'
import { recipes } from '../../src/guest/debian/components.ts'

const template = readFileSync(join(import.meta.dirname, '../../templates/linuxkit.yml.njk'), 'utf8')

function named(section: 'onboot' | 'services'): string[] {
  const [, text = ''] =
    new RegExp(`^${section}:\\n([\\s\\S]*?)(?=^\\w|$(?![\\s\\S]))`, 'm').exec(template) ?? []
  return [...text.matchAll(/^ {2}- name: (.+)$/gm)].map(([, name = '']) => name)
}

const rows = (runs: string): string[] =>
  guestComponents.filter((component) => component.runs === runs).map(({ name }) => name)

test('every service of the template has a row, and every row of a service is in the template', () => {
  expect(named('services').toSorted()).toEqual(rows('service').toSorted())
})

test('what the template runs at boot has a row, in its order; dhcpcd runs then and as a service', () => {
  expect(named('onboot').filter((name) => name !== 'dhcpcd')).toEqual(rows('onboot'))
})

test('every image of the table has a recipe, and the template names no other', () => {
  expect(recipes.map(({ name }) => name).toSorted()).toEqual(Object.values(guestImages).toSorted())
  const used = [...template.matchAll(/\{\{ image\.(\w+) \}\}/g)].map(([, key]) => key)
  expect(Object.keys(guestImages)).toEqual(expect.arrayContaining(used))
})
