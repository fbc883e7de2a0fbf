/**
 * What a QEMU does with the accelerator probe's machine, in the ways that broken accelerators were seen to behave. Under
 * `tcg` it boots after a while. `DESKTOP_FAKE_VM/kvm` says how kvm is.
 */
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'

export type KvmKind = 'works' | 'aborts' | 'hangs' | 'stops' | 'panics' | 'slow' | 'miscounts'

const bootMs = { works: 20, tcg: 300, slow: 30_000 }

export function probe(argv: readonly string[], control: string): void {
  const accelerator = argv[argv.indexOf('-accel') + 1] ?? ''
  process.on('SIGTERM', () => process.exit(0))
  process.stdout.write('SeaBIOS\r\nBooting from ROM..')
  const qmp = new Socket({ fd: 3 })
  const send = (value: object): void => void qmp.write(`${JSON.stringify(value)}\n`)
  send({ QMP: { version: {}, capabilities: [] } })
  qmp.on('data', (data) => {
    for (const line of String(data).trim().split('\n'))
      send({ return: {}, id: (JSON.parse(line) as { id: number }).id })
  })
  const kind = accelerator.startsWith('tcg') ? 'tcg' : kvmKind(control)
  switch (kind) {
    case 'tcg':
    case 'works':
    case 'slow':
      setTimeout(say, bootMs[kind], 'desktop-probe: ok\r\n')
      break
    case 'aborts':
      process.stderr.write('qemu-system-x86_64: error: failed to set MSR 0x48f to 0x7fefff00036dfb\n')
      process.kill(process.pid, 'SIGABRT')
      break
    case 'stops':
      process.stderr.write('KVM internal error. Suberror: 1\nEAX=00000000 EBX=00000000\n')
      send({ event: 'STOP', data: {} })
      break
    case 'panics':
      say('[    0.1] Kernel panic - not syncing: Attempted to kill the idle task!\r\n')
      break
    case 'miscounts':
      say('desktop-probe: the second CPU does not start\r\n')
      break
    case 'hangs':
      // Firmware ran, and the kernel says nothing for ever.
      setInterval(() => {}, 60_000)
  }
}

/** How kvm fails a machine after the probe: `DESKTOP_FAKE_VM/kvm-run` says so. */
export type RunKind = 'never' | 'aborts' | 'dies' | 'stops' | 'hangs' | 'stops-at-resume'

const kvmKind = (control: string): KvmKind => kindIn(join(control, 'kvm'), 'works')
export const runKind = (control: string): RunKind => kindIn(join(control, 'kvm-run'), 'never')

function kindIn<T extends string>(file: string, otherwise: T): T {
  try {
    return readFileSync(file, 'utf8').trim() as T
  } catch {
    return otherwise
  }
}

const say = (text: string): void => void process.stdout.write(text)
