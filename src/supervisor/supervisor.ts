/**
 * Owns the processes and sockets of one environment: adopts those of an earlier supervisor, serves calls and
 * shuts down.
 */
import { renderPrometheus } from '../net/api/prometheus.ts'
import type { Calls, Control } from './api/api.ts'
import type { ServerOptions } from './api/server.ts'
import { engineCalls, guestCalls } from './calls/guest.ts'
import { reports } from './calls/reports.ts'
import { settingsCalls } from './calls/settings.ts'
import { openStreams } from './calls/streams.ts'
import { vmCalls } from './calls/vm.ts'
import { publishRules } from './engine.ts'
import { setGuestClock } from './machine/guest-clock.ts'
import type { Terminals } from './machine/terminals.ts'
import { Parts, type PartsOptions } from './parts.ts'

interface SupervisorOptions extends PartsOptions {
  /** Ends the process once the reply has been sent. */
  exit: () => void
}

export class Supervisor implements AsyncDisposable {
  readonly calls: Calls
  readonly #parts: Parts
  readonly #exit: () => void

  constructor(options: SupervisorOptions) {
    const parts = new Parts(options)
    this.#parts = parts
    this.#exit = options.exit
    const guest = guestCalls(parts.vm.held)
    this.calls = {
      ...settingsCalls(parts, options.paths.runtimeDir),
      ...vmCalls(parts),
      ...guest,
      ...engineCalls(parts, guest),
      ...reports(parts, new Date().toISOString()),
      shutdown: (how) => this.shutdown(how),
    }
  }

  /** Continues where an earlier supervisor stopped: same network, same ports, same QEMU. */
  async resume(): Promise<void> {
    const { network, published, names, channel, vm, requests, log } = this.#parts
    const { state } = requests
    try {
      await network.restore(state)
      await published.setRules(publishRules(state))
    } catch (error) {
      // The next plan reports what could not be restored; continue with the rest.
      log.warn({ error: String(error) }, 'the network was not restored completely')
    }
    if (state.names !== undefined) await names.set(state.names)
    // If docker.sock cannot be served, the next plan reports the reason.
    const { engineSocket } = state
    if (engineSocket !== undefined) await channel.setEngineSocket(engineSocket).catch(() => {})
    channel.sshAgent = state.sshAgent
    if (state.vm !== undefined) await vm.held.adopt(state.vm)
    await requests.show()
  }

  /** Streams, captures and metrics of the control API. */
  get served(): Pick<ServerOptions, 'streams' | 'capture' | 'metrics'> {
    const { network } = this.#parts
    return {
      streams: openStreams(this.#parts),
      capture: (...request) => network.capture(...request),
      metrics: () => renderPrometheus(network.metrics()),
    }
  }

  get terminals(): Terminals {
    return this.#parts.terminals
  }

  /** Recreates removed socket files and returns their paths. */
  async restoreFiles(): Promise<readonly string[]> {
    const { channel, network } = this.#parts
    return [...(await channel.restoreFiles()), ...(await network.restoreFiles())]
  }

  /** Call after an exception in a callback: unfinished work must not block later events. */
  recover(): void {
    this.#parts.network.recover()
  }

  /** Corrects the guest clock after the host slept, because only the host's clock kept running. */
  correctGuestClock(): Promise<void> {
    return setGuestClock(this.#parts.vm.held.machine, this.#parts.log)
  }

  shutdown({ vm }: Parameters<Control['shutdown']>[0]): Promise<void> {
    const { requests, log, vm: transitions } = this.#parts
    return requests.run(async () => {
      if (vm === 'stop') await transitions.held.stop(30_000)
      await requests.remember({})
      log.info({ vm }, 'shutting down')
      setImmediate(this.#exit)
    })
  }

  /** Releases everything; QEMU keeps running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts[Symbol.asyncDispose]()
  }
}
