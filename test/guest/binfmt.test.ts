/** Registrations of emulators, matched as in the kernel. */
import { expect, test } from 'vitest'
import { type Platform, platforms } from '../../src/config/platforms.ts'
import { listedPlatforms, registration } from '../../src/guest/binfmt.ts'

const names = Object.keys(platforms) as Platform[]

/** As fs/binfmt_misc.c reads a line, and compares the start of a program with it. */
function matcher(line: string): (program: Buffer) => boolean {
  const [, , kind, offset, magic = '', mask = ''] = line.split(':')
  expect([kind, offset]).toEqual(['M', ''])
  const bytes = (text: string) =>
    text.match(/\\x[0-9a-f]{2}/g)!.map((one) => Number.parseInt(one.slice(2), 16))
  const [wanted, counted] = [bytes(magic), bytes(mask)]
  expect(wanted).toHaveLength(counted.length)
  return (program) => wanted.every((byte, i) => ((byte ^ program[i]!) & counted[i]!) === 0)
}

function elf(platform: Platform, { type = 2, osAbi = 0 } = {}): Buffer {
  const { bits, order, machine } = platforms[platform]
  const start = Buffer.alloc(64)
  start.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, order === 'little' ? 1 : 2, 1, osAbi])
  if (order === 'little') start.writeUInt16LE(type, 16)
  else start.writeUInt16BE(type, 16)
  if (order === 'little') start.writeUInt16LE(machine, 18)
  else start.writeUInt16BE(machine, 18)
  return start
}

test.each(names)('%s: its programs and shared objects match, whatever OS/ABI they name', (platform) => {
  const matches = matcher(registration(platform, '/emulator'))
  for (const type of [2, 3])
    for (const osAbi of [0, 3]) expect(matches(elf(platform, { type, osAbi }))).toBe(true)
  expect(matches(elf(platform, { type: 1 }))).toBe(false)
})

test.each(names)('%s: no program of another CPU matches, nor one of the VM itself', (platform) => {
  const matches = matcher(registration(platform, '/emulator'))
  for (const other of names) expect(matches(elf(other))).toBe(other === platform)
  const own = elf('arm64')
  own.writeUInt16LE(62, 18)
  expect(matches(own)).toBe(false)
})

test('a registration fits into what the kernel reads of one', () => {
  for (const name of names) expect(registration(name, `/var/${'x'.repeat(100)}`).length).toBeLessThan(1920)
})

test('a list names its platforms', () => {
  const list = names.map((name) => `${registration(name, '/e')}\n`).join('')
  expect(listedPlatforms(list)).toEqual(names)
  expect(listedPlatforms('')).toEqual([])
})
