/** Maps differences in QEMU's command line to keys of desktop.yaml. */
import { formatBytes } from '../../config/units.ts'
import type { Observation } from '../../observation.ts'
import type { Cause } from '../plan.ts'
import type { Target } from '../target.ts'

/** QEMU options → the keys that set them. Other options are set by desktop itself. */
const keyOf: Readonly<Record<string, string>> = {
  '-smp': 'vm.cpus',
  '-m': 'vm.memory',
  '-accel': 'vm.accelerator',
  '-cpu': 'vm.accelerator',
}

/** `-m` is in MiB; everything else is shown as in QEMU. */
function shown(option: string, values: readonly string[]): string | undefined {
  const text = values.join(' ')
  const [, mebibytes] = /^(\d+)M$/.exec(text) ?? []
  if (option === '-m' && mebibytes !== undefined) return formatBytes(Number(mebibytes) * 2 ** 20)
  return text === '' ? undefined : text
}

/** Option → its values in order; an option may occur several times. */
function optionsOf(argv: readonly string[]): Map<string, string[]> {
  const options = new Map<string, string[]>()
  for (let i = commandOf(argv).length; i < argv.length; i += 1) {
    const name = argv[i] ?? ''
    const next = argv[i + 1]
    const value = next === undefined || /^-[a-z]/.test(next) ? 'on' : next
    if (value === next) i += 1
    options.set(name, [...(options.get(name) ?? []), value])
  }
  return options
}

/** The words that start QEMU. */
const commandOf = (argv: readonly string[]): readonly string[] =>
  argv.slice(0, Math.max(1, argv.indexOf('-name')))

/** Debian's QEMU is started by its own loader. */
function programOf(argv: readonly string[]): { qemu: 'host' | 'debian'; file: string | undefined } {
  const command = commandOf(argv)
  const at = command.indexOf('--library-path')
  return at < 0 ? { qemu: 'host', file: command[0] } : { qemu: 'debian', file: command[at + 2] }
}

function programCauses(from: ReturnType<typeof programOf>, to: ReturnType<typeof programOf>): Cause[] {
  if (from.qemu !== to.qemu) return [{ path: 'vm.qemu', from: from.qemu, to: to.qemu }]
  if (from.file === to.file) return []
  return [{ path: to.qemu === 'host' ? 'qemu binary' : 'vm.qemu', from: from.file, to: to.file }]
}

const noAslr = 'norandmaps'
const wordsOf = (cmdlines: readonly string[]): string[] => cmdlines.join(' ').split(' ')

const aslrOf = (cmdlines: readonly string[]): string =>
  wordsOf(cmdlines).includes(noAslr) ? 'auto' : 'always'

/** Whether two kernel command lines differ only in address randomization. */
const sameButAslr = (from: readonly string[], to: readonly string[]): boolean =>
  [from, to]
    .map((one) =>
      wordsOf(one)
        .filter((word) => word !== noAslr)
        .join(' '),
    )
    .every((one, _i, all) => one === all[0])

/** One cause per option, with only the values that differ. */
export function argvCauses(
  running: Observation<readonly string[]> | undefined,
  { argv, desired }: Target,
): Cause[] {
  if (running?.state !== 'present') return []
  const program = programOf(running.value)
  // A QEMU that must be installed first is another one. Generations of earlier versions have no `vm.qemu`.
  const wanted = desired.vm.qemu === 'debian' ? 'debian' : 'host'
  if (argv === undefined) return programCauses(program, { ...program, qemu: wanted })
  const before = optionsOf(running.value)
  const after = optionsOf(argv)
  const options = [...new Set([...after.keys(), ...before.keys()])].flatMap((name): Cause[] => {
    const is = before.get(name) ?? []
    const should = after.get(name) ?? []
    const from = is.filter((value) => !should.includes(value))
    const to = should.filter((value) => !is.includes(value))
    if (from.length === 0 && to.length === 0) return []
    if (name === '-append' && sameButAslr(from, to))
      return [{ path: 'vm.aslr', from: aslrOf(from), to: aslrOf(to) }]
    return [{ path: keyOf[name] ?? `qemu ${name}`, from: shown(name, from), to: shown(name, to) }]
  })
  return [...programCauses(program, programOf(argv)), ...options]
}
