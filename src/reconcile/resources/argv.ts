/** Says in words of desktop.yaml why QEMU's command line differs from the one it should have. */
import type { Reading } from '../../reading.ts'
import { formatBytes } from '../bytes.ts'
import type { Cause } from '../plan.ts'
import type { Target } from '../target.ts'

/** QEMU's options → the key that decides them. Others are decided by this tool itself. */
const keyOf: Readonly<Record<string, string>> = {
  '-smp': 'vm.cpus',
  '-m': 'vm.memory',
  '-accel': 'vm.accelerator',
  '-cpu': 'vm.accelerator',
}

/** `-m` counts in MiB; everything else is shown as QEMU has it. */
function shown(option: string, value: string | undefined): string | undefined {
  const [, mebibytes] = /^(\d+)M$/.exec(value ?? '') ?? []
  return option === '-m' && mebibytes !== undefined ? formatBytes(Number(mebibytes) * 2 ** 20) : value
}

/** Option → its values in order; an option may occur many times. */
function optionsOf(argv: readonly string[]): Map<string, string> {
  const options = new Map<string, string>([['binary', argv[0] ?? '']])
  for (let i = 1; i < argv.length; i += 1) {
    const name = argv[i] ?? ''
    const next = argv[i + 1]
    const value = next === undefined || /^-[a-z]/.test(next) ? '' : next
    if (value !== '') i += 1
    const before = options.get(name)
    options.set(name, before === undefined ? value : `${before} ${value}`)
  }
  return options
}

export function argvCauses(running: Reading<readonly string[]> | undefined, { argv }: Target): Cause[] {
  if (running?.state !== 'present' || argv === undefined) return []
  const before = optionsOf(running.value)
  const after = optionsOf(argv)
  return [...new Set([...after.keys(), ...before.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({
      path: keyOf[name] ?? `qemu ${name}`,
      from: shown(name, before.get(name)),
      to: shown(name, after.get(name)),
    }))
}
