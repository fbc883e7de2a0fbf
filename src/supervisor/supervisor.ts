/** Holds the lifetimes of one environment and answers the control API: requests are carried out, then recorded. */

import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import type {
  DnsSettings,
  EgressSettings,
  NameSettings,
  NetworkSettings,
  PeerPlace,
  PortMapping,
} from '../config/desired.ts'
import { crashLoop, readEnds } from '../engine/crash-loop.ts'
import type { EngineInfo } from '../engine/engine-info.ts'
import { hasIpv6Loopback } from '../engine/published.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { privateDirectory } from '../host/directories.ts'
import { bootId } from '../host/identity.ts'
import { authorityDir, type EnvironmentPaths } from '../host/paths.ts'
import { sshAgentState } from '../host/ssh-agent.ts'
import { Mutex } from '../mutex.ts'
import { HostNames } from '../names/host-names.ts'
import { renderPrometheus } from '../net/api/prometheus.ts'
import type { Metric } from '../net/core/metric.ts'
import type { PortStatus } from '../net/core/port-status.ts'
import type { EgressRuleView } from '../net/egress/egress.ts'
import type { EgressSends } from '../net/egress/sends.ts'
import type { FlowView } from '../net/flows.ts'
import type { EgressDenials } from '../net/forwarder.ts'
import { portOwner } from '../net/host/ports/owner.ts'
import type { QueryView } from '../net/services/dns/query-log.ts'
import type { Observation } from '../observation.ts'
import { toolVersion } from '../version.ts'
import type { ExecOptions, ExecResult, GuestAgent } from '../vm/agent/agent.ts'
import { readGuestFile, readGuestFiles, writeGuestFile } from '../vm/agent/files.ts'
import type { VmSpec } from '../vm/spec.ts'
import type { SavedState } from '../vm/suspend/qemu.ts'
import type { SavedGuest } from '../vm/suspend/saved.ts'
import {
  apiVersion,
  type Control,
  type FlowOptions,
  type ResumeResult,
  type SupervisorFacts,
  type SuspendResult,
} from './api/api.ts'
import type { TakeCapture } from './api/capture.ts'
import { Engine, publishRules } from './engine.ts'
import { setGuestClock } from './machine/guest-clock.ts'
import type { MachineSlot } from './machine/machine-slot.ts'
import { joinStream } from './machine/shell.ts'
import { Terminals } from './machine/terminals.ts'
import { VmTransitions } from './machine/vm-transitions.ts'
import { Channel } from './network/channel.ts'
import { denialLog } from './network/denial-log.ts'
import { DenialSenders } from './network/denial-senders.ts'
import { Network } from './network/network.ts'
import { Published } from './network/published.ts'
import type { Log } from './process/log.ts'
import { LogLimits } from './process/log-limits.ts'
import type { Findable } from './process/presence.ts'
import { type StateWriter, type SupervisorState, stateWriter } from './process/recorded-requests.ts'

/** The relay in the VM starts with the engine. */
const publishReadyMs = 5_000

interface SupervisorOptions {
  paths: EnvironmentPaths
  state: SupervisorState
  log: Log
  /** Ends the process once the reply is on its way. */
  exit: () => void
  /** Keeps what others find this supervisor and its VM by. */
  show: (about: Findable) => Promise<void>
  /** False when the state directory was removed: nothing is kept then, or it would be made again. */
  keeps: () => boolean
}

/** Of QMP's query-block; 0 when it does not say. */
function diskBytes(blocks: unknown): number {
  type Block = { device?: unknown; inserted?: { image?: { 'virtual-size'?: unknown } } } | null
  const data = Array.isArray(blocks) ? blocks.find((block: Block) => block?.device === 'data') : undefined
  return Number((data as Block)?.inserted?.image?.['virtual-size'] ?? 0)
}

export class Supervisor implements Control {
  readonly #log: Log
  readonly #exit: () => void
  readonly #show: SupervisorOptions['show']
  readonly #keeps: SupervisorOptions['keeps']
  readonly #runtimeDir: string
  readonly #startedAt = new Date().toISOString()
  readonly #writer: StateWriter
  readonly #senders: DenialSenders
  readonly #network: Network
  readonly #channel = new Channel()
  readonly #published: Published
  readonly #engine: Engine
  readonly #names: HostNames
  readonly #vm: VmTransitions
  readonly #held: MachineSlot
  readonly terminals: Terminals
  readonly #logs: LogLimits
  #state: SupervisorState
  /** Calls that change something run one after the other. */
  readonly #changes = new Mutex()

  constructor({ paths, state, log, exit, show, keeps }: SupervisorOptions) {
    this.#state = state
    this.#log = log
    this.#exit = exit
    this.#show = show
    this.#keeps = keeps
    this.#runtimeDir = paths.runtimeDir
    this.#writer = stateWriter(paths.supervisorState, log)
    this.#senders = new DenialSenders({
      readTable: () => this.guestReadFile('/proc/net/nf_conntrack'),
      containers: async () => (await this.#engine.listing())?.containers ?? [],
      vmAddresses: () => {
        const { address, ipv6 } = this.#network.settings ?? {}
        return [address, ipv6?.address].filter((at) => at !== undefined)
      },
      name: (denial, sender) => this.#network.nameSender(denial, sender),
      onNew: denialLog(log),
      answer: () => this.#network.answerRefused(),
    })
    this.#network = new Network((denial, guestPort) => this.#senders.note(denial, guestPort))
    this.#published = new Published({
      dial: () => this.#channel.dialPublished(),
      add: (mapping) => this.#network.publish(mapping),
      remove: (mapping) => this.#network.unpublish(mapping),
      onAsks: () => this.#engine.refreshPorts(),
      log,
    })
    this.#engine = new Engine(this.#network, this.#published, log)
    this.#names = new HostNames({
      listing: () => this.#engine.listing(),
      vmAddress: () => this.#network.settings?.address ?? '',
      dial: (address, port) => this.#network.dial(address, port),
      authority: async () => (await import('../names/authority.ts')).openAuthority(authorityDir()),
      addresses: hasIpv6Loopback() ? ['127.0.0.1', '::1'] : ['127.0.0.1'],
      ownerOf: (port) => portOwner('tcp', port),
    })
    this.#logs = new LogLimits({ paths: [paths.consoleLog, paths.qemuLog, paths.supervisorLog], log })
    this.#vm = new VmTransitions({
      qemuLog: paths.qemuLog,
      qmpSocket: paths.sockets.qmp,
      dataDisk: paths.dataDisk,
      saved: { manifest: paths.suspendedMachine, state: paths.suspendedState, socket: paths.sockets.state },
      log,
      onLink: (socket) => this.#network.attach(socket),
      onChannel: (socket) => this.#channel.attach(socket),
      onReset: () => {
        log.warn({}, 'the guest restarts: closing its connections')
        this.#network.endFlows()
        this.#channel.endFlows()
      },
      onFlood: () => void this.#logs.check(),
      onChange: (machine) => this.#follow(machine !== undefined),
      record: (vm) => this.#remember({ vm }),
      exclusive: (work) => this.#changes.run(work),
    })
    this.#held = this.#vm.held
    this.terminals = new Terminals(this.#held, this.#channel, log)
  }

  /** Continues where an earlier supervisor stopped: same network, same ports, same QEMU. */
  async resume(): Promise<void> {
    try {
      await this.#network.restore(this.#state)
      await this.#published.setRules(publishRules(this.#state))
    } catch (error) {
      // What cannot be had on this host any more is seen by the next plan; the rest continues.
      this.#log.warn({ error: String(error) }, 'the network was not restored completely')
    }
    if (this.#state.names !== undefined) await this.#names.set(this.#state.names)
    // One that cannot be served shows as not served, and the next plan says why.
    const { engineSocket } = this.#state
    if (engineSocket !== undefined) await this.#channel.setEngineSocket(engineSocket).catch(() => {})
    this.#channel.sshAgent = this.#state.sshAgent
    if (this.#state.vm !== undefined) await this.#held.adopt(this.#state.vm)
    await this.#shown()
  }

  /** Socket files of ports that someone removed; gives the paths of those that are there again. */
  async restoreFiles(): Promise<readonly string[]> {
    return [...(await this.#channel.restoreFiles()), ...(await this.#network.restoreFiles())]
  }

  async facts(): Promise<SupervisorFacts> {
    const [vm, engine] = await Promise.all([this.#held.state(), this.#engineState()])
    const { dns, publish, peers = [] } = this.#state
    const names = this.#names.view
    const sshAgent = await sshAgentState(this.#channel.sshAgent)
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
      ports: [...this.#channel.ports(), ...this.#network.ports()],
      publish,
      ...(names === undefined ? {} : { names }),
      ...(sshAgent === undefined ? {} : { sshAgent }),
      ...(peers.length === 0 ? {} : { peers, linkedPeers: this.#network.linkedPeers }),
      engineSocket: this.#channel.engineSocket,
      engine,
    }
  }

  setNetwork(network: NetworkSettings): Promise<void> {
    return this.#change({ network }, async () => {
      const state = { ...this.#state, network }
      await this.#network.restore(state)
      await this.#published.setRules(publishRules(state))
      await this.#published.reopen()
    })
  }

  setDns(dns: DnsSettings): Promise<void> {
    return this.#change({ dns }, async () => this.#network.setDns(dns))
  }

  setEgress(egress: EgressSettings): Promise<void> {
    return this.#change({ egress }, async () => this.#network.setEgress(egress))
  }

  setPorts(ports: readonly PortMapping[]): Promise<readonly PortStatus[]> {
    return this.#change({ ports }, () => this.#network.setPorts('config', ports))
  }

  setPublish(publish: { containers: boolean; bind: string }): Promise<void> {
    const rules = publishRules({ ...this.#state, publish })
    const set = async (): Promise<void> => {
      await this.#published.setRules(rules)
      await this.#network.retryPorts()
    }
    return this.#change({ publish }, set, true)
  }

  setNames(names: NameSettings): Promise<void> {
    return this.#change({ names }, async () => {
      this.#network.setNames(names)
      await this.#names.set(names)
    })
  }

  setPeers(peers: readonly PeerPlace[]): Promise<void> {
    return this.#change({ peers }, async () => this.#network.setPeers(peers))
  }

  /** A connection of another machine's supervisor. Throws when this machine is alone. */
  trunk(): (socket: Duplex) => void {
    if ((this.#state.peers ?? []).length === 0)
      throw new DesktopError('supervisor/bad-request', 'this machine has no peers')
    return (socket) => this.#network.acceptTrunk(socket as Socket)
  }

  setEngineSocket(engineSocket: string): Promise<void> {
    const serve = async (): Promise<void> => {
      // A logout that emptied it may be newer than the last look of Presence.
      if (dirname(engineSocket) === this.#runtimeDir) await privateDirectory(this.#runtimeDir)
      await this.#channel.setEngineSocket(engineSocket)
      await this.#linkEngineSocket(engineSocket)
    }
    return this.#change({ engineSocket }, serve, true)
  }

  setSshAgent({ path }: { path?: string }): Promise<void> {
    return this.#change({ sshAgent: path }, async () => {
      this.#channel.sshAgent = path
    })
  }

  startVm(spec: VmSpec): Promise<void> {
    return this.#changes.run(() => this.#vm.start(spec))
  }

  resumeVm(spec: VmSpec): Promise<ResumeResult> {
    return this.#changes.run(async () => {
      const result = await this.#vm.resume(spec, this.#network.settings)
      if (result.resumed) await this.correctGuestClock()
      return result
    })
  }

  parkVm(spec: VmSpec, { state }: { state: string }): Promise<SavedState> {
    return this.#changes.run(() => this.#vm.park(spec, state))
  }

  unparkVm(spec: VmSpec, { file, ...parked }: SavedState & { file: string }): Promise<ResumeResult> {
    return this.#changes.run(() => this.#vm.unpark(spec, parked, file))
  }

  suspendVm({ guest }: { guest: SavedGuest }): Promise<SuspendResult> {
    return this.#changes.run(async () => {
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
    return this.#changes.run(() => this.#held.stop(deadlineMs))
  }

  async resizeDisk(bytes: number): Promise<void> {
    const { qmp } = this.#held.running()
    const now = diskBytes(await qmp.execute('query-block'))
    // What lies behind the new end would be gone.
    if (bytes < now)
      throw new DesktopError('disk/failed', `the data disk has ${now} bytes and cannot be shrunk`)
    await qmp.execute('block_resize', { device: 'data', size: bytes })
  }

  async guestExec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return await this.#agent().exec(argv, options)
  }

  async guestTime(): Promise<number> {
    return await this.#agent().time()
  }

  async setGuestTime(): Promise<void> {
    await this.#agent().setTime()
  }

  async guestReadFile(path: string): Promise<string> {
    return await readGuestFile(this.#agent(), path)
  }

  async guestReadFiles(paths: readonly string[]): Promise<Observation<string>[]> {
    return await readGuestFiles(this.#agent(), paths)
  }

  async guestWriteFile(path: string, content: string, mode?: number): Promise<void> {
    await writeGuestFile(this.#agent(), path, content, mode)
  }

  async waitEngine({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    const { engineSocket } = this.#channel
    if (engineSocket === undefined) throw new DesktopError('engine/unreachable', 'docker.sock is not set up')
    const over = new AbortController()
    const answers = this.#engine.wait(engineSocket, {
      deadlineMs,
      signal: over.signal,
      alive: () => this.#requireAlive(),
      said: () => this.#held.machine?.console.tail(5) ?? '',
    })
    try {
      await Promise.race([answers, this.#crashLoop(over.signal)])
    } finally {
      over.abort()
    }
    await Promise.all([this.#linkEngineSocket(engineSocket), this.#published.ready(publishReadyMs)])
  }

  async #crashLoop(signal: AbortSignal): Promise<never> {
    return await crashLoop(this, await readEnds(this), signal)
  }

  /** Throws when there is nothing to wait for; a machine that is being replaced still counts. */
  #requireAlive(): void {
    if (this.#held.failing !== undefined) return
    const { panic } = this.#held.running()
    if (panic !== undefined) throw new DesktopError('vm/panic', `the guest kernel panicked: ${panic}`)
  }

  shutdown({ vm }: { vm: 'stop' | 'keep' }): Promise<void> {
    return this.#changes.run(async () => {
      if (vm === 'stop') await this.#held.stop(30_000)
      await this.#remember({})
      this.#log.info({ vm }, 'shutting down')
      setImmediate(this.#exit)
    })
  }

  async flows({ heardWithinMs }: FlowOptions = {}): Promise<readonly FlowView[]> {
    return [...this.#channel.flows(), ...this.#network.flows(heardWithinMs)]
  }

  async egressRules(): Promise<readonly EgressRuleView[]> {
    return this.#network.egressRules()
  }

  async egressDenials(): Promise<EgressDenials> {
    return this.#network.egressDenials()
  }

  async egressSends(): Promise<EgressSends> {
    return this.#network.egressSends()
  }

  async dnsQueries(): Promise<readonly QueryView[]> {
    return this.#network.dnsQueries()
  }

  /** After a callback threw: what it left half-done must not stop the others. */
  recover(): void {
    this.#network.recover()
  }

  /** In Prometheus' text format. */
  metricsText(): string {
    return renderPrometheus(this.#network.metrics())
  }

  async metrics(): Promise<readonly Metric[]> {
    return this.#network.metrics()
  }

  /** Joins a client to a place in the VM, by name or address. Rejects with `tunnel/…`. */
  async dial(host: string, port: number): Promise<(client: Duplex) => void> {
    this.#held.running()
    const guest = await this.#names.dial(host, port)
    return (client) => void joinStream(client, Promise.resolve(guest), this.#log)
  }

  capture(...request: Parameters<TakeCapture>): ReturnType<TakeCapture> {
    return this.#network.capture(...request)
  }

  /** The host slept: its clock kept running, the guest's did not. */
  correctGuestClock(): Promise<void> {
    return setGuestClock(this.#held.machine, this.#log)
  }

  /** Says at once what a request would say after its time-out. */
  #agent(): GuestAgent {
    const machine = this.#held.running()
    if (machine.agentUp) return machine.agent
    throw new DesktopError('vm/agent', 'the guest agent is not up')
  }

  async #engineState(): Promise<EngineInfo> {
    if (this.#held.machine === undefined) return { state: 'down', reason: 'the VM is not running' }
    return await this.#engine.state(this.#channel.engineSocket)
  }

  async #follow(runs: boolean): Promise<void> {
    if (runs) {
      this.#published.start()
      this.#engine.follow(this.#channel.engineSocket, this.#state)
    } else await Promise.all([this.#engine.unfollow(), this.#published.stop()])
  }

  /** For `docker run -v PATH:/var/run/docker.sock`, with the PATH of DOCKER_HOST. */
  async #linkEngineSocket(path: string): Promise<void> {
    const { machine } = this.#held
    if (machine?.agentUp !== true) return
    try {
      await machine.agent.exec(['/usr/sbin/engine-socket', path], { timeoutMs: 10_000 })
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'docker.sock is not linked in the VM')
    }
  }

  /** Done first and kept after: what is not done is not passed to a successor either. */
  #change<T>(change: Partial<SupervisorState>, work: () => Promise<T>, follows = false): Promise<T> {
    return this.#changes.run(async () => {
      const result = await work()
      this.#state = { ...this.#state, ...change }
      if (follows && this.#held.machine !== undefined) await this.#follow(true)
      await this.#remember({})
      return result
    })
  }

  async #remember(change: { vm?: SupervisorState['vm'] | undefined }): Promise<void> {
    this.#state = { ...this.#state, ...change, leases: this.#network.leases() } as SupervisorState
    if (!this.#keeps()) return
    await this.#shown()
    await this.#writer.save(this.#state)
  }

  #shown(): Promise<void> {
    return this.#show({ vm: this.#state.vm?.identity, docker: this.#channel.engineSocket })
  }

  /** Releases everything; QEMU keeps running. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#logs[Symbol.dispose]()
    this.#senders[Symbol.dispose]()
    await this.#names[Symbol.asyncDispose]()
    await this.#engine[Symbol.asyncDispose]()
    await this.#published.stop()
    await this.#network[Symbol.asyncDispose]()
    await this.#channel[Symbol.asyncDispose]()
    await this.#vm[Symbol.asyncDispose]()
    this.#writer[Symbol.dispose]()
  }
}
