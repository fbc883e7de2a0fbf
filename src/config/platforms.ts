/** CPU architectures that can be emulated, by Docker's name, with the ELF header fields that identify their programs. */

interface Emulated {
  /** Name of QEMU's program: `qemu-NAME`. */
  qemu: string
  bits: 32 | 64
  order: 'little' | 'big'
  /** e_machine of the ELF header. */
  machine: number
}

export type Platform = 'arm' | 'arm64' | 'loong64' | 'mips64le' | 'ppc64le' | 'riscv64' | 's390x'

export const platforms: Readonly<Record<Platform, Emulated>> = {
  arm: { qemu: 'arm', bits: 32, order: 'little', machine: 40 },
  arm64: { qemu: 'aarch64', bits: 64, order: 'little', machine: 183 },
  loong64: { qemu: 'loongarch64', bits: 64, order: 'little', machine: 258 },
  mips64le: { qemu: 'mips64el', bits: 64, order: 'little', machine: 8 },
  ppc64le: { qemu: 'ppc64le', bits: 64, order: 'little', machine: 21 },
  riscv64: { qemu: 'riscv64', bits: 64, order: 'little', machine: 243 },
  s390x: { qemu: 's390x', bits: 64, order: 'big', machine: 22 },
}
