/**
 * A guest for a peer: a dedicated network namespace whose tap device leads to the peer, so that the guest's
 * stack is Linux's. Needs root and a C compiler.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import type { Mapping, Peer } from './peers.ts'
import { apiSocket, linkSocket, openMappings, startPeer } from './start-peer.ts'
import { making, output, started, workspace } from './workspace.ts'

/** The C programs in this folder, compiled. */
export class Tools {
  constructor(...names: readonly string[]) {
    for (const name of ['tap-bridge', ...names]) {
      const source = join(import.meta.dirname, `${name}.c`)
      $.sync`cc -O2 -pthread -o ${this.path(name)} ${source}`
    }
  }

  path(name: string): string {
    return join(workspace(), name)
  }
}

export interface TestbedOptions {
  mtu: number
  mappings?: readonly Mapping[]
}

export class Testbed implements AsyncDisposable {
  readonly peer: Peer
  readonly namespace: string
  readonly #tools: Tools
  readonly #children: ChildProcess[] = []
  #forwarder: ChildProcess | undefined

  private constructor(tools: Tools, peer: Peer) {
    this.#tools = tools
    this.peer = peer
    this.namespace = `bench-net-${process.pid}`
  }

  static async open(tools: Tools, peer: Peer, { mtu, mappings = [] }: TestbedOptions): Promise<Testbed> {
    const testbed = new Testbed(tools, peer)
    try {
      await testbed.#open(mtu, mappings)
      return testbed
    } catch (error) {
      await testbed[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The peer's process. */
  get forwarder(): ChildProcess {
    return this.#forwarder!
  }

  get pid(): number {
    return this.forwarder.pid!
  }

  /** Runs a program in the guest and returns its output. */
  inside(...command: string[]): Promise<string> {
    return output('ip', 'netns', 'exec', this.namespace, ...command)
  }

  /** Runs a program on the host. */
  outside(program: string, ...args: string[]): Promise<string> {
    return output(program, ...args)
  }

  /** Starts a program in the guest that ends with the testbed. */
  startInside(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.#start('ip', ['netns', 'exec', this.namespace, ...command], options)
  }

  startOutside(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.#start(command[0]!, command.slice(1), options)
  }

  /** Sends a request to our own forwarder's process; see serve.ts. */
  async ask(question: string): Promise<unknown> {
    this.forwarder.send(question)
    for (;;) {
      const [answer] = (await once(this.forwarder, 'message')) as [{ question?: string; value?: unknown }]
      if (answer.question === question) return answer.value
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endAll(this.#children)
    await $`ip netns del ${this.namespace}`
    for (const path of [linkSocket(this.peer), apiSocket(this.peer)]) rmSync(path, { force: true })
  }

  async #open(mtu: number, mappings: readonly Mapping[]): Promise<void> {
    const { namespace, peer } = this
    addNamespace(namespace)
    this.#forwarder = await startPeer(peer, { mtu, mappings, namespace, children: this.#children })
    if (peer.kind !== 'tap') await this.#joinTap(mtu)
    await openMappings(peer, mappings)
  }

  async #joinTap(mtu: number): Promise<void> {
    const { guest, gateway, kind } = this.peer
    const framing = kind === 'bess' ? ['bess'] : []
    const command = [this.#tools.path('tap-bridge'), 'tap0', linkSocket(this.peer), ...framing]
    const bridge = this.startInside(command, { stdio: ['ignore', 'ignore', 'pipe'] })
    await once(bridge.stderr!, 'data')
    await $`ip -n ${this.namespace} link set tap0 mtu ${mtu} txqueuelen 10000 up`
    await $`ip -n ${this.namespace} addr add ${guest}/24 dev tap0`
    await $`ip -n ${this.namespace} route add default via ${gateway}`
    // Triggers ARP; not every peer replies to the ping.
    await this.inside('ping', '-c1', '-W1', gateway).catch(() => {})
  }

  #start(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = started(spawn(program, args, { stdio: 'ignore', ...options }))
    this.#children.push(child)
    return child
  }
}

export function addNamespace(name: string): void {
  making('namespace', name)
  $.sync`ip netns add ${name}`
  $.sync`ip -n ${name} link set lo up`
}

/** Terminates the running processes and waits for them. */
export async function endAll(children: readonly ChildProcess[]): Promise<void> {
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  const ended = running.map((child) => once(child, 'exit'))
  for (const child of running) child.kill()
  await Promise.all(ended)
}
