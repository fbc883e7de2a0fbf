import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

const root = join(import.meta.dirname, '../../examples')

const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())

test.each(folders.map(({ name }) => name))('examples/%s is valid and named as its folder', async (name) => {
  const { desired } = await loadConfig({ files: [join(root, name, 'desktop.yaml')], env: {} })
  expect(desired.name).toBe(name)
})
