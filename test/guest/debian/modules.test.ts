import { expect, test } from 'vitest'
import { moduleIndexes, parseModule } from '../../../src/guest/debian/modules.ts'

/** The least ELF file that has a section header table: null, .modinfo and .shstrtab. */
function elf(modinfo: string): Buffer {
  const names = Buffer.from('\0.modinfo\0.shstrtab\0')
  const info = Buffer.from(modinfo)
  const tableAt = 64 + info.length + names.length
  const bytes = Buffer.alloc(tableAt + 3 * 64)
  bytes.write('\x7fELF\x02\x01\x01', 0, 'latin1')
  bytes.writeBigUInt64LE(BigInt(tableAt), 0x28)
  bytes.writeUInt16LE(64, 0x3a)
  bytes.writeUInt16LE(3, 0x3c)
  bytes.writeUInt16LE(2, 0x3e)
  info.copy(bytes, 64)
  names.copy(bytes, 64 + info.length)
  const section = (index: number, name: number, offset: number, size: number) => {
    const at = tableAt + index * 64
    bytes.writeUInt32LE(name, at)
    bytes.writeBigUInt64LE(BigInt(offset), at + 0x18)
    bytes.writeBigUInt64LE(BigInt(size), at + 0x20)
  }
  section(1, 1, 64, info.length)
  section(2, 10, 64 + info.length, names.length)
  return bytes
}

const module = (path: string, depends = '', extra: string[] = []) =>
  parseModule({ path, content: elf([`depends=${depends}`, ...extra, 'license=GPL', ''].join('\0')) })

test('a module says its name, needs, soft needs and aliases', () => {
  const parsed = module('kernel/net/nf-nat.ko', 'nf-conntrack,libcrc32c', [
    'alias=nf-nat-ipv4',
    'softdep=pre: crypto-aes post: late',
  ])
  expect(parsed).toEqual({
    path: 'kernel/net/nf-nat.ko',
    name: 'nf_nat',
    depends: ['nf_conntrack', 'libcrc32c'],
    softdeps: ['crypto_aes'],
    aliases: ['nf-nat-ipv4'],
  })
})

test('modules.dep lists what a module needs so that the reverse order can be loaded', () => {
  const files = [
    module('kernel/a.ko', 'b,c'),
    module('kernel/b.ko', 'd'),
    module('kernel/c.ko', 'd'),
    module('kernel/d.ko'),
  ]
  const lines = moduleIndexes(files)['modules.dep']?.trim().split('\n') ?? []
  const needs = new Map(files.map((one) => [one.path, one.depends.map((name) => `kernel/${name}.ko`)]))
  for (const line of lines) {
    const [path = '', ...dependencies] = line.split(/:? /).map((one) => one.replace(/:$/, ''))
    const loaded = new Set<string>()
    for (const one of [...dependencies.reverse(), path]) {
      for (const needed of needs.get(one) ?? []) expect(loaded, `${one} before ${needed}`).toContain(needed)
      loaded.add(one)
    }
  }
  expect(lines).toHaveLength(4)
})

test('aliases and soft needs become lines that modprobe reads', () => {
  const files = [module('kernel/x.ko', '', ['alias=pci:v1af4*', 'softdep=pre: y z'])]
  expect(moduleIndexes(files)).toMatchObject({
    'modules.alias': 'alias pci:v1af4* x\n',
    'modules.softdep': 'softdep x pre: y z\n',
  })
})

test('a file that is not ELF is refused', () => {
  expect(() => parseModule({ path: 'kernel/x.ko', content: Buffer.from('xz compressed') })).toThrow('ELF')
})

test('modules.devname lists the device nodes whose opening loads a module', () => {
  const tun = module('kernel/drivers/net/tun.ko', '', ['alias=devname:net/tun', 'alias=char-major-10-200'])
  const plain = module('kernel/drivers/block/nbd.ko', '', ['alias=block-major-43-*'])
  expect(moduleIndexes([tun, plain])['modules.devname']).toBe('tun net/tun c10:200\n')
})
