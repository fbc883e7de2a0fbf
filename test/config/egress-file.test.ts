/**
 * The file of `desktop forward --egress`: the same as network.egress of desktop.yaml, with its checks and
 * error locations.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readEgressFile } from '../../src/config/egress-file.ts'
import { configOf } from '../../src/config/load.ts'
import type { DesktopError } from '../../src/errors/desktop-error.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'egress-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function read(text: string, env: Record<string, string> = {}) {
  const file = join(dir, 'egress.yaml')
  writeFileSync(file, text)
  return readEgressFile(file, env)
}

function refused(text: string, env: Record<string, string> = {}): DesktopError {
  try {
    read(text, env)
  } catch (error) {
    return error as DesktopError
  }
  throw new Error('it was accepted')
}

test.each([
  '',
  'default: deny',
  'preset: open',
  'preset: lockdown',
  'preset: lockdown\nrules: [{ allow: "*.Example.com.:443" }, { deny: "[fd00::/8]:22/tcp" }]',
  'rules: [{ deny: 10.0.0.0/8 }, { allow: "*" }]',
])('the file means what it would mean in desktop.yaml: %s', (text) => {
  const indented = text.replace(/^/gm, '    ')
  const whole = `apiVersion: desktop/v1\nname: a\nnetwork:\n  egress:${text === '' ? ' {}' : `\n${indented}`}\n`
  const { egress } = configOf({ file: 'desktop.yaml', path: join(dir, 'desktop.yaml'), text: whole, env: {} })
  expect(read(text)).toEqual(egress)
})

test.each([
  ['default: maybe', 'config/bad-value', 1, 10],
  ['default: deny\nrulez: []', 'config/unknown-key', 2, 1],
  ['rules:\n  - allow: 10.0.0.1/8', 'config/bad-value', 2, 12],
  ['preset: lockdown\nrules:\n  - allow: "*"', 'config/bad-value', 3, 12],
  ['rules: 7', 'config/wrong-type', 1, 8],
  ['rules: [', 'config/yaml', 1, 9],
  ['- deny: a.test', 'config/yaml', 1, 1],
  ['apiVersion: desktop/v1\nname: a', 'config/unknown-key', 1, 1],
  ['egress: { default: deny }', 'config/unknown-key', 1, 1],
  ['default: ${NOWHERE}', 'config/variable', 1, 10],
])('a wrong file is refused by code, line and column: %s', (text, code, line, column) => {
  expect(refused(text)).toMatchObject({ code, at: { line, column } })
})

test('all mistakes of a file are reported at once', () => {
  const { others } = refused('default: maybe\nrules: [{ allow: "a b" }, { drop: c }]')
  expect(others.length).toBeGreaterThanOrEqual(2)
})

test('the value of a variable is not quoted', () => {
  const error = refused('rules: [{ allow: "${SECRET}" }]', { SECRET: 'hunter2 hunter2' })
  expect(JSON.stringify([error.message, error.hint, error.at])).not.toContain('hunter2')
})

test.each([
  ['nothing.yaml', 'config/unreadable'],
  ['/dev/zero', 'file/not-regular'],
  ['.', 'file/not-regular'],
])('%s is not a readable file', (name, code) => {
  expect(() => readEgressFile(name.startsWith('/') ? name : join(dir, name), {})).toThrow(
    expect.objectContaining({ code }),
  )
})

test('a file of 1.1 MiB is refused unread', () => {
  expect(refused(`# ${'x'.repeat(1100 * 1024)}`)).toMatchObject({ code: 'file/too-large' })
})
