/** Holds the lifetimes of one environment: QEMU, the forwarder, docker.sock and published ports. */
import type { Duplex } from 'node:stream'
import type { DnsSettings, NetworkSettings, PortMapping } from '../config/desired.ts'
import { engineClient } from '../engine/client.ts'
import { EngineWatch, readEngine } from '../engine/watch.ts'
import { DesktopError, messageOf } from '../errors.ts'
import { bootId } from '../host/identity.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { until } from '../host/until.ts'
import { toolVersion } from '../version.ts'
import { readGuestFile, writeGuestFile } from '../vm/agent/files.ts'
import { Machine, type MachineExit, type MachineOptions } from '../vm/machine.ts'
import { endOrphans } from '../vm/orphans.ts'
import {
  apiVersion,
  type Control,
  type EngineState,
  type ExecOptions,
  type ExecResult,
  type PortState,
  type SupervisorFacts,
  type VmSpec,
  type VmState,
} from './api.ts'
import { Network } from './network.ts'
import { type SupervisorState, stateWriter } from './state.ts'

export interface Log {
  info(what: object, message: string): void
  warn(what: object, message: string): void
}

interface SupervisorOptions {
  paths: EnvironmentPaths
  state: SupervisorState
  log: Log
  /** Ends the process once the reply is on its way. */
  exit: () => void
}

export class Supervisor implements Control {
  readonly #paths: EnvironmentPaths
  readonly #log: Log
  readonly #exit: () => void
  readonly #startedAt = new Date().toISOString()
  readonly #save: (state: SupervisorState) => Promise<void>
  readonly #network: Network
  #state: SupervisorState
  #machine: Machine | undefined
  #lastExit: MachineExit | undefined
  #watch: EngineWatch | undefined
  /** Calls that change something run one after the other. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: SupervisorOptions) {
    this.#paths = options.paths
    this.#state = options.state
    this.#log = options.log
    this.#exit = options.exit
    this.#save = stateWriter(options.paths.supervisorState)
    this.#network = new Network(options.log)
  }

  /** Goes on where an earlier supervisor stopped: same network, same ports, same QEMU. */
  async resume(): Promise<void> {
    await this.#network.restore(this.#state)
    const { vm } = this.#state
    if (vm === undefined) return
    const machine = await Machine.adopt(vm.spec, vm.identity, vm.startedAt, this.#machineOptions()).catch(
      (error: unknown) => {
        this.#log.warn({ error: String(error) }, 'the running QEMU could not be adopted')
        return undefined
      },
    )
    this.#log.info({ pid: vm.identity.pid, adopted: machine !== undefined }, 'found a recorded QEMU')
    if (machine === undefined) return await this.#remember({ vm: undefined })
    this.#machine = machine
    this.#network.follow(this.#state)
    this.#watchEngine()
  }

  async facts(): Promise<SupervisorFacts> {
    const [vm, engine] = await Promise.all([this.#vmState(), this.#engineState()])
    return {
      apiVersion,
      toolVersion,
      pid: process.pid,
      startedAt: this.#startedAt,
      bootId: bootId(),
      rssBytes: process.memoryUsage.rss(),
      vm,
      network: this.#state.network,
      dns: this.#state.dns,
      ports: this.#network.ports(),
      publish: this.#state.publish,
      engineSocket: this.#state.engineSocket,
      engine,
    }
  }

  setNetwork(network: NetworkSettings): Promise<void> {
    return this.#inTurn(async () => {
      await this.#remember({ network })
      await this.#network.restore(this.#state)
    })
  }

  setDns(dns: DnsSettings): Promise<void> {
    return this.#inTurn(async () => {
      this.#network.setDns(dns)
      await this.#remember({ dns })
    })
  }

  setPorts(ports: readonly PortMapping[]): Promise<readonly PortState[]> {
    return this.#inTurn(async () => {
      await this.#remember({ ports })
      return await this.#network.setPorts('config', ports)
    })
  }

  setPublish(publish: { containers: boolean; bind: string }): Promise<void> {
    return this.#inTurn(async () => {
      await this.#remember({ publish })
      if (this.#machine !== undefined) this.#network.follow(this.#state)
    })
  }

  setEngineSocket(path: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#network.setEngineSocket(path)
      await this.#remember({ engineSocket: path })
      if (this.#machine !== undefined) this.#network.follow(this.#state)
      this.#watchEngine()
    })
  }

  startVm(spec: VmSpec): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#machine !== undefined) {
        if (this.#machine.spec.hashes.argv === spec.hashes.argv) return
        throw new DesktopError('vm/already-running', `QEMU runs as pid ${this.#machine.identity.pid}`)
      }
      this.#lastExit = undefined
      await this.#endOrphans()
      const machine = await Machine.start(spec, this.#machineOptions())
      this.#log.info({ pid: machine.identity.pid }, 'started QEMU')
      this.#machine = machine
      // A supervisor that dies before this write leaves a QEMU that the next start or stop ends as an orphan.
      await this.#remember({ vm: { spec, identity: machine.identity, startedAt: machine.startedAt } })
      this.#network.follow(this.#state)
      this.#watchEngine()
    })
  }

  stopVm({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    return this.#inTurn(() => this.#stopMachine(deadlineMs))
  }

  async resizeDisk(bytes: number): Promise<void> {
    await this.#running().qmp.execute('block_resize', { device: 'data', size: bytes })
  }

  async guestExec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return await this.#agent().exec(argv, options)
  }

  async guestReadFile(path: string): Promise<string> {
    return await readGuestFile(this.#agent(), path)
  }

  async guestWriteFile(path: string, content: string, mode?: number): Promise<void> {
    await writeGuestFile(this.#agent(), path, content, mode)
  }

  async waitEngine({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    const engine = this.#engine()
    try {
      await until(
        async () => {
          this.#running()
          return await engine.ping()
        },
        { deadlineMs, intervalMs: 100 },
      )
    } catch (error) {
      if (error instanceof DesktopError) throw error
      const said = this.#machine?.console.tail(5) ?? ''
      throw new DesktopError(
        'engine/unreachable',
        `no answer within ${deadlineMs / 1000} s; the VM's console ends with:\n${said}`,
      )
    }
  }

  shutdown({ vm }: { vm: 'stop' | 'keep' }): Promise<void> {
    return this.#inTurn(async () => {
      if (vm === 'stop') await this.#stopMachine(30_000)
      await this.#remember({})
      this.#log.info({ vm }, 'shutting down')
      setImmediate(this.#exit)
    })
  }

  /** The VM's terminal, for the `console` stream. */
  console(): (viewer: Duplex) => void {
    const machine = this.#running()
    return (viewer) => machine.console.attach(viewer)
  }

  /** The host slept: its clock went on, the guest's did not. */
  async correctGuestClock(): Promise<void> {
    if (this.#machine?.agentUp !== true) return
    await this.#machine.agent.setTime(BigInt(Date.now()) * 1_000_000n)
    this.#log.info({}, 'set the clock of the guest')
  }

  #machineOptions(): MachineOptions {
    return {
      qemuLog: this.#paths.qemuLog,
      onLink: (socket) => this.#network.attach(socket),
      onExit: (exit) => void this.#exited(exit),
    }
  }

  async #exited(exit: MachineExit): Promise<void> {
    const machine = this.#machine
    if (machine === undefined) return
    this.#machine = undefined
    if (!machine.stopping) this.#lastExit = exit
    this.#log.info({ ...exit, expected: machine.stopping }, 'QEMU ended')
    this.#watchEngine()
    await this.#network.unfollow()
    await machine[Symbol.asyncDispose]()
    await this.#remember({ vm: undefined })
  }

  async #stopMachine(deadlineMs: number): Promise<void> {
    const machine = this.#machine
    this.#lastExit = undefined
    if (machine === undefined) return await this.#endOrphans()
    await machine.stop(deadlineMs)
    // `exited` has seen it too; waiting for its bookkeeping keeps a following start clear of it.
    await until(async () => this.#machine === undefined, { deadlineMs: 5_000, intervalMs: 10 })
  }

  /** They hold the disk's lock, so that no other QEMU could start. */
  async #endOrphans(): Promise<void> {
    const ended = await endOrphans(this.#paths.sockets.qmp)
    if (ended > 0) this.#log.warn({ ended }, 'ended a QEMU that nobody held')
  }

  #running(): Machine {
    if (this.#machine !== undefined) return this.#machine
    const why =
      this.#lastExit === undefined ? '' : `: QEMU ended with ${this.#lastExit.signal ?? this.#lastExit.code}`
    throw new DesktopError('vm/not-running', `the VM does not run${why}`)
  }

  /** Says at once what a request would say after its time-out. */
  #agent(): Machine['agent'] {
    const machine = this.#running()
    if (machine.agentUp) return machine.agent
    throw new DesktopError('vm/agent', 'the guest agent is not up')
  }

  async #vmState(): Promise<VmState> {
    const machine = this.#machine
    if (machine === undefined) {
      return this.#lastExit === undefined ? { state: 'absent' } : { state: 'exited', ...this.#lastExit }
    }
    const run = await machine.runState().catch(() => 'paused' as const)
    const booted = machine.agentUp ? 'running' : 'starting'
    return {
      state: machine.stopping ? 'stopping' : run === 'paused' ? 'paused' : booted,
      pid: machine.identity.pid,
      startedAt: machine.startedAt,
      accelerator: machine.spec.accelerator,
      hashes: machine.spec.hashes,
      linkUp: machine.linkUp,
      agentUp: machine.agentUp,
    }
  }

  async #engineState(): Promise<EngineState> {
    if (this.#machine === undefined) return { state: 'down', reason: 'the VM does not run' }
    if (this.#state.engineSocket === undefined) return { state: 'down', reason: 'docker.sock is not set up' }
    if (!(await this.#engine().ping())) return { state: 'down', reason: 'dockerd does not answer' }
    try {
      return await (this.#watch?.state() ?? readEngine(this.#engine()))
    } catch (error) {
      return { state: 'down', reason: messageOf(error) }
    }
  }

  /** The engine of the machine that runs now, at the socket that is served now. */
  #watchEngine(): void {
    this.#watch?.[Symbol.dispose]()
    const { engineSocket } = this.#state
    const watched = this.#machine !== undefined && engineSocket !== undefined
    this.#watch = watched ? new EngineWatch(engineSocket) : undefined
  }

  #engine(): ReturnType<typeof engineClient> {
    return engineClient(this.#state.engineSocket ?? this.#paths.sockets.docker)
  }

  async #remember(
    change: { [key in keyof SupervisorState]?: SupervisorState[key] | undefined },
  ): Promise<void> {
    this.#state = { ...this.#state, ...change, leases: this.#network.leases() } as SupervisorState
    await this.#save(this.#state)
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task, task)
    this.#queue = result.catch(() => {})
    return result
  }

  /** Lets go of everything; QEMU runs on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.[Symbol.dispose]()
    await this.#network[Symbol.asyncDispose]()
    await this.#machine?.[Symbol.asyncDispose]()
  }
}
