/** A real VM as guest: one QEMU with a network card per peer, one of them up at a time. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Accelerator } from '../../src/config/desired.ts'
import type { GuestImage } from '../../src/guest/image.ts'
import { tcgCmdline } from '../../src/guest/render.ts'
import { dial } from '../../src/host/dial.ts'
import { GuestAgent } from '../../src/vm/agent/agent.ts'
import { accelArgs, agentPort } from '../../src/vm/qemu/argv.ts'
import { cpuSeconds, firstThreadSeconds, until } from './measure.ts'
import { endAll } from './testbed.ts'
import { started, workspace } from './workspace.ts'

/** Connection of a card, and the addresses behind it. */
export interface Card {
  /** Returns QEMU's -netdev argument with this id. */
  netdev: (id: string) => string
  /** Further arguments of QEMU, for its netdev. */
  more?: readonly string[]
  /** Further properties of the device. */
  properties?: string
  guest: string
  gateway: string
}

export interface VmOptions {
  image: GuestImage
  cards: readonly Card[]
  cpus: number
  mtu: number
  accelerator: Accelerator
  /** The guest's memory is a file that QEMU passes to another process. */
  isMemoryShared?: boolean
  /** QEMU's namespace, in which it can open a tap device. */
  namespace: string
}

const bootDeadlineMs = 180_000
const runDeadlineMs = 60_000

export class Vm implements AsyncDisposable {
  readonly #qemu: ChildProcess
  readonly #agent: GuestAgent
  readonly #options: VmOptions

  private constructor(qemu: ChildProcess, agent: GuestAgent, options: VmOptions) {
    this.#qemu = qemu
    this.#agent = agent
    this.#options = options
  }

  static async boot(options: VmOptions): Promise<Vm> {
    const [agentSocket, consoleLog] = ['agent.sock', 'console.log'].map((name) => join(workspace(), name))
    writeFileSync(consoleLog!, '')
    const args = qemuArgs(options, agentSocket!, consoleLog!)
    const command = ['netns', 'exec', options.namespace, 'qemu-system-x86_64', ...args]
    const qemu = started(spawn('ip', command, { stdio: ['ignore', 'ignore', 'inherit'] }))
    try {
      const agent = new GuestAgent(await dial(agentSocket!, { deadlineMs: 5_000 }))
      const vm = new Vm(qemu, agent, options)
      const isUp = (): Promise<boolean> => {
        const { exitCode, signalCode } = qemu
        if (exitCode !== null || signalCode !== null) throw new Error(`QEMU ended: ${signalCode ?? exitCode}`)
        return agent.ping(1_000)
      }
      await until(isUp, 'the guest to boot', bootDeadlineMs)
      return vm
    } catch (error) {
      await endAll([qemu])
      throw new Error((await readFile(consoleLog!, 'utf8')).slice(-2000), { cause: error })
    }
  }

  /** CPU seconds so far: of QEMU's main thread, which moves the frames, and of the guest's CPUs. */
  cpu(): { io: number; guest: number } {
    const pid = this.#qemu.pid!
    const io = firstThreadSeconds(pid)
    return { io, guest: cpuSeconds(pid) - io }
  }

  /** Brings this card up and all others down. */
  async use(index: number): Promise<void> {
    const { cards, mtu } = this.#options
    const { guest, gateway } = cards[index]!
    const lines = [
      ...cards.map((_, other) => `ip link set eth${other} down; ip addr flush dev eth${other}`),
      `ip link set eth${index} mtu ${mtu} up; ip addr add ${guest}/24 dev eth${index}`,
      `ip route add default via ${gateway}`,
      // Triggers ARP; not every peer replies.
      `ping -c1 -W1 ${gateway} || true`,
    ]
    await this.inside('sh', '-ec', lines.join('\n'))
  }

  /** Runs a program in the guest and returns its output. */
  async inside(...command: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#agent.exec(command, { timeoutMs: runDeadlineMs })
    if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}${stdout.slice(-500)}`)
    return stdout
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent[Symbol.asyncDispose]()
    // Safe, because the VM has no disk.
    this.#qemu.kill('SIGKILL')
    await endAll([this.#qemu])
  }
}

const sharedMemory = ['-object', 'memory-backend-memfd,id=memory,size=1024M,share=on']

function qemuArgs(options: VmOptions, agent: string, log: string): string[] {
  const { image, cards, cpus, accelerator, isMemoryShared = false } = options
  const cmdline = accelerator === 'tcg' ? `${image.cmdline} ${tcgCmdline}` : image.cmdline
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine'],
    `q35,graphics=off${isMemoryShared ? ',memory-backend=memory' : ''}`,
    ...(isMemoryShared ? sharedMemory : []),
    ...accelArgs(accelerator, 'multi'),
    ...['-smp', `${cpus}`, '-m', '1024M'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', cmdline],
    ...['-drive', `if=none,id=root,file=${image.root},format=raw,readonly=on`],
    ...['-device', 'virtio-blk-pci,drive=root,serial=root'],
    ...cards.flatMap(({ netdev, more = [], properties = '' }, index) => [
      ...more,
      ...['-netdev', netdev(`net${index}`)],
      ...['-device', `virtio-net-pci,netdev=net${index},mac=02:50:00:00:00:1${index},romfile=${properties}`],
    ]),
    ...['-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
    ...['-chardev', `socket,id=agent,path=${agent},server=on,wait=off`],
    ...['-device', `virtserialport,chardev=agent,name=${agentPort}`],
    ...['-chardev', `file,id=console,path=${log}`, '-serial', 'chardev:console'],
  ]
}
