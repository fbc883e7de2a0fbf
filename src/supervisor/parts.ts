/** The parts of one supervisor and the events between them: network, engine, names, VM, recorded requests. */
import { hasIpv6Loopback } from '../engine/published.ts'
import { authorityDir, type EnvironmentPaths } from '../host/paths.ts'
import { HostNames } from '../names/host-names.ts'
import { portOwner } from '../net/host/ports/owner.ts'
import { readGuestFile } from '../vm/agent/files.ts'
import { qemuDriver } from '../vm/qemu/driver.ts'
import { Engine } from './engine.ts'
import { FileEvents } from './file-events/file-events.ts'
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
import type { SupervisorState } from './process/recorded-requests.ts'
import { Requests } from './process/requests.ts'

export interface PartsOptions {
  paths: EnvironmentPaths
  state: SupervisorState
  log: Log
  /** Publishes the records by which other processes find this supervisor and its VM. */
  show: (about: Findable) => Promise<void>
  /** False after the state directory was removed: do not write state, which would recreate it. */
  keeps: () => boolean
}

export class Parts implements AsyncDisposable {
  readonly log: Log
  readonly requests: Requests
  readonly network: Network
  readonly channel: Channel = new Channel()
  readonly published: Published
  readonly fileEvents: FileEvents = new FileEvents(() => this.channel.dialFileEvents())
  readonly engine: Engine
  readonly names: HostNames
  readonly vm: VmTransitions
  readonly terminals: Terminals
  readonly #senders: DenialSenders
  readonly #logs: LogLimits

  constructor({ paths, state, log, show, keeps }: PartsOptions) {
    this.log = log
    this.#senders = this.#denialSenders()
    this.network = new Network((denial, guestPort) => this.#senders.note(denial, guestPort))
    this.requests = new Requests({
      path: paths.supervisorState,
      state,
      log,
      leases: () => this.network.leases(),
      show: ({ vm }) => show({ vm: vm?.identity, docker: this.channel.engineSocket }),
      keeps,
    })
    this.published = new Published({
      dial: () => this.channel.dialPublished(),
      add: (mapping) => this.network.publish(mapping),
      remove: (mapping) => this.network.unpublish(mapping),
      onAsks: () => this.engine.refreshPorts(),
      log,
    })
    this.engine = new Engine(this.network, this.published, log)
    this.names = new HostNames({
      listing: () => this.engine.listing(),
      vmAddress: () => this.network.settings?.address ?? '',
      dial: (address, port) => this.network.dial(address, port),
      authority: async () => (await import('../names/authority.ts')).openAuthority(authorityDir()),
      addresses: hasIpv6Loopback() ? ['127.0.0.1', '::1'] : ['127.0.0.1'],
      ownerOf: (port) => portOwner('tcp', port),
    })
    this.#logs = new LogLimits({ paths: [paths.consoleLog, paths.qemuLog, paths.supervisorLog], log })
    this.vm = this.#transitions(paths)
    this.terminals = new Terminals(this.vm.held, this.channel, log)
  }

  #denialSenders(): DenialSenders {
    return new DenialSenders({
      readTable: () => readGuestFile(this.vm.held.agent(), '/proc/net/nf_conntrack'),
      containers: async () => (await this.engine.listing())?.containers ?? [],
      buildAddresses: () => this.engine.buildAddresses(),
      vmAddresses: () => {
        const { address, ipv6 } = this.network.settings ?? {}
        return [address, ipv6?.address].filter((at) => at !== undefined)
      },
      name: (denial, sender) => this.network.nameSender(denial, sender),
      onNew: denialLog(this.log),
    })
  }

  #transitions({
    qemuLog,
    sockets,
    dataDisk,
    suspendedMachine,
    suspendedState,
  }: EnvironmentPaths): VmTransitions {
    const { log, requests } = this
    return new VmTransitions({
      driver: qemuDriver,
      qemuLog,
      qmpSocket: sockets.qmp,
      dataDisk,
      saved: { manifest: suspendedMachine, state: suspendedState, socket: sockets.state },
      log,
      onLink: (socket) => this.network.attach(socket),
      onChannel: (socket) => this.channel.attach(socket),
      onReset: () => {
        log.warn({}, 'the guest restarts: closing its connections')
        this.network.endFlows()
        this.channel.endFlows()
      },
      onFlood: () => void this.#logs.check(),
      onChange: (machine) => this.#follow(machine !== undefined),
      record: (vm) => requests.remember({ vm }),
      exclusive: (work) => requests.run(work),
    })
  }

  /** Call after a request changed the engine settings. */
  async refollow(): Promise<void> {
    if (this.vm.held.machine !== undefined) await this.#follow(true)
  }

  async #follow(runs: boolean): Promise<void> {
    // Not awaited: a dial to a guest that does not respond takes long to end.
    void this.fileEvents.follow(runs ? this.vm.held.machine : undefined)
    if (runs) {
      this.published.start()
      this.engine.follow(this.channel.engineSocket, this.requests.state)
    } else await Promise.all([this.engine.unfollow(), this.published.stop()])
  }

  /** Releases everything; QEMU keeps running. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#logs[Symbol.dispose]()
    this.#senders[Symbol.dispose]()
    await this.names[Symbol.asyncDispose]()
    await this.engine[Symbol.asyncDispose]()
    await Promise.all([this.published.stop(), this.fileEvents[Symbol.asyncDispose]()])
    await this.network[Symbol.asyncDispose]()
    await this.channel[Symbol.asyncDispose]()
    await this.vm[Symbol.asyncDispose]()
    this.requests[Symbol.dispose]()
  }
}
