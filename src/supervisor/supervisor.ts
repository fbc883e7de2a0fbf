/** Holds the lifetimes of one environment and answers the control API: what is told is done, then kept. */
import type { DnsSettings, EgressSettings, NetworkSettings, PortMapping } from '../config/desired.ts'
import type { EngineState } from '../engine/state.ts'
import { DesktopError } from '../errors.ts'
import { bootId } from '../host/identity.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { renderPrometheus } from '../net/api/prometheus.ts'
import type { EgressRuleView } from '../net/egress/egress.ts'
import type { FlowView } from '../net/flows.ts'
import type { PortState } from '../net/ports/port-state.ts'
import type { Reading } from '../reading.ts'
import { Turns } from '../turns.ts'
import { toolVersion } from '../version.ts'
import type { ExecOptions, ExecResult, GuestAgent } from '../vm/agent/agent.ts'
import { readGuestFile, readGuestFiles, writeGuestFile } from '../vm/agent/files.ts'
import type { VmSpec } from '../vm/spec.ts'
import type { SavedState } from '../vm/suspend/qemu.ts'
import type { SavedGuest } from '../vm/suspend/saved.ts'
import {
  apiVersion,
  type Control,
  type ResumeResult,
  type SupervisorFacts,
  type SuspendResult,
} from './api.ts'
import type { TakeCapture } from './capture.ts'
import { Engine } from './engine.ts'
import { setGuestClock } from './guest-clock.ts'
import type { HeldMachine } from './held-machine.ts'
import type { Log } from './log.ts'
import { Network } from './network.ts'
import { type StateWriter, type SupervisorState, stateWriter } from './state.ts'
import { Terminals } from './terminals.ts'
import { Vm } from './vm.ts'

interface SupervisorOptions {
  paths: EnvironmentPaths
  state: SupervisorState
  log: Log
  /** Ends the process once the reply is on its way. */
  exit: () => void
}

export class Supervisor implements Control {
  readonly #log: Log
  readonly #exit: () => void
  readonly #startedAt = new Date().toISOString()
  readonly #writer: StateWriter
  readonly #network: Network
  readonly #engine: Engine
  readonly #vm: Vm
  readonly #held: HeldMachine
  readonly terminals: Terminals
  #state: SupervisorState
  /** Calls that change something run one after the other. */
  readonly #changes = new Turns()

  constructor({ paths, state, log, exit }: SupervisorOptions) {
    this.#state = state
    this.#log = log
    this.#exit = exit
    this.#writer = stateWriter(paths.supervisorState, log)
    this.#network = new Network()
    this.#engine = new Engine(this.#network, log)
    this.#vm = new Vm({
      qemuLog: paths.qemuLog,
      qmpSocket: paths.sockets.qmp,
      dataDisk: paths.dataDisk,
      saved: { manifest: paths.suspendedMachine, state: paths.suspendedState, socket: paths.sockets.state },
      log,
      onLink: (socket) => this.#network.attach(socket),
      onChange: (machine) => this.#follow(machine !== undefined),
      record: (vm) => this.#remember({ vm }),
    })
    this.#held = this.#vm.held
    this.terminals = new Terminals(this.#held, this.#network, log)
  }

  /** Goes on where an earlier supervisor stopped: same network, same ports, same QEMU. */
  async resume(): Promise<void> {
    try {
      await this.#network.restore(this.#state)
    } catch (error) {
      // What cannot be had on this host any more is seen by the next plan; the rest goes on.
      this.#log.warn({ error: String(error) }, 'not all of the network is as it was')
    }
    if (this.#state.vm !== undefined) await this.#held.adopt(this.#state.vm)
  }

  async facts(): Promise<SupervisorFacts> {
    const [vm, engine] = await Promise.all([this.#held.state(), this.#engineState()])
    const { dns, publish } = this.#state
    return {
      apiVersion,
      toolVersion,
      pid: process.pid,
      startedAt: this.#startedAt,
      bootId: bootId(),
      rssBytes: process.memoryUsage.rss(),
      vm,
      network: this.#network.settings,
      dns,
      egress: this.#network.egress,
      ports: this.#network.ports(),
      publish,
      engineSocket: this.#network.engineSocket,
      engine,
    }
  }

  setNetwork(network: NetworkSettings): Promise<void> {
    return this.#change({ network }, () => this.#network.restore({ ...this.#state, network }))
  }

  setDns(dns: DnsSettings): Promise<void> {
    return this.#change({ dns }, async () => this.#network.setDns(dns))
  }

  setEgress(egress: EgressSettings): Promise<void> {
    return this.#change({ egress }, async () => this.#network.setEgress(egress))
  }

  setPorts(ports: readonly PortMapping[]): Promise<readonly PortState[]> {
    return this.#change({ ports }, () => this.#network.setPorts('config', ports))
  }

  setPublish(publish: { containers: boolean; bind: string }): Promise<void> {
    return this.#change({ publish }, async () => {}, true)
  }

  setEngineSocket(engineSocket: string): Promise<void> {
    return this.#change({ engineSocket }, () => this.#network.setEngineSocket(engineSocket), true)
  }

  startVm(spec: VmSpec): Promise<void> {
    return this.#changes.take(() => this.#vm.start(spec))
  }

  resumeVm(spec: VmSpec): Promise<ResumeResult> {
    return this.#changes.take(async () => {
      const result = await this.#vm.resume(spec, this.#network.settings)
      if (result.resumed) await this.correctGuestClock()
      return result
    })
  }

  parkVm(spec: VmSpec, { state }: { state: string }): Promise<SavedState> {
    return this.#changes.take(() => this.#vm.park(spec, state))
  }

  unparkVm(spec: VmSpec, { file, ...parked }: SavedState & { file: string }): Promise<ResumeResult> {
    return this.#changes.take(() => this.#vm.unpark(spec, parked, file))
  }

  suspendVm({ guest }: { guest: SavedGuest }): Promise<SuspendResult> {
    return this.#changes.take(async () => {
      const began = performance.now()
      const engine = await this.#engineState()
      const running = engine.state === 'up' ? engine.running : []
      const network = this.#network.settings
      if (network === undefined) throw new DesktopError('vm/not-running', 'the VM has no network yet')
      const { state } = await this.#vm.suspend({ network, guest, running })
      return { bytes: state.bytes, milliseconds: Math.round(performance.now() - began) }
    })
  }

  stopVm({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    return this.#changes.take(() => this.#held.stop(deadlineMs))
  }

  async resizeDisk(bytes: number): Promise<void> {
    await this.#held.running().qmp.execute('block_resize', { device: 'data', size: bytes })
  }

  async guestExec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return await this.#agent().exec(argv, options)
  }

  async guestReadFile(path: string): Promise<string> {
    return await readGuestFile(this.#agent(), path)
  }

  async guestReadFiles(paths: readonly string[]): Promise<Reading<string>[]> {
    return await readGuestFiles(this.#agent(), paths)
  }

  async guestWriteFile(path: string, content: string, mode?: number): Promise<void> {
    await writeGuestFile(this.#agent(), path, content, mode)
  }

  async waitEngine({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    const { engineSocket } = this.#network
    if (engineSocket === undefined) throw new DesktopError('engine/unreachable', 'docker.sock is not set up')
    await this.#engine.wait(engineSocket, {
      deadlineMs,
      alive: () => void this.#held.running(),
      said: () => this.#held.machine?.console.tail(5) ?? '',
    })
  }

  shutdown({ vm }: { vm: 'stop' | 'keep' }): Promise<void> {
    return this.#changes.take(async () => {
      if (vm === 'stop') await this.#held.stop(30_000)
      await this.#remember({})
      this.#log.info({ vm }, 'shutting down')
      setImmediate(this.#exit)
    })
  }

  async flows(): Promise<readonly FlowView[]> {
    return this.#network.flows()
  }

  async egressRules(): Promise<readonly EgressRuleView[]> {
    return this.#network.egressRules()
  }

  /** In Prometheus' text format. */
  metrics(): string {
    return renderPrometheus(this.#network.metrics())
  }

  capture(...request: Parameters<TakeCapture>): ReturnType<TakeCapture> {
    return this.#network.capture(...request)
  }

  /** The host slept: its clock went on, the guest's did not. */
  correctGuestClock(): Promise<void> {
    return setGuestClock(this.#held.machine, this.#log)
  }

  /** Says at once what a request would say after its time-out. */
  #agent(): GuestAgent {
    const machine = this.#held.running()
    if (machine.agentUp) return machine.agent
    throw new DesktopError('vm/agent', 'the guest agent is not up')
  }

  async #engineState(): Promise<EngineState> {
    if (this.#held.machine === undefined) return { state: 'down', reason: 'the VM does not run' }
    return await this.#engine.state(this.#network.engineSocket)
  }

  async #follow(runs: boolean): Promise<void> {
    if (runs) this.#engine.follow(this.#network.engineSocket, this.#state)
    else await this.#engine.unfollow()
  }

  /** Done first and kept after: what is not done is not told to a successor either. */
  #change<T>(change: Partial<SupervisorState>, work: () => Promise<T>, follows = false): Promise<T> {
    return this.#changes.take(async () => {
      const result = await work()
      this.#state = { ...this.#state, ...change }
      if (follows && this.#held.machine !== undefined) await this.#follow(true)
      await this.#remember({})
      return result
    })
  }

  async #remember(change: { vm?: SupervisorState['vm'] | undefined }): Promise<void> {
    this.#state = { ...this.#state, ...change, leases: this.#network.leases() } as SupervisorState
    await this.#writer.save(this.#state)
  }

  /** Lets go of everything; QEMU runs on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]()
    await this.#network[Symbol.asyncDispose]()
    await this.#vm[Symbol.asyncDispose]()
    this.#writer[Symbol.dispose]()
  }
}
