/**
 * A guest for a peer: a network namespace of our own whose tap device leads to it, so that Linux's own stack is
 * the guest's. Needs root and a C compiler.
 */
import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from './measure.ts'
import type { Mapping, Peer } from './peers.ts'

/** Programs in C beside this file, compiled into a directory that goes with it. */
export class Tools implements Disposable {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'bench-net-'))

  constructor(...names: readonly string[]) {
    // The peer that runs as `nobody` puts its socket here.
    chmodSync(this.dir, 0o777)
    for (const name of ['tap-bridge', ...names]) {
      const source = join(import.meta.dirname, `${name}.c`)
      execFileSync('cc', ['-O2', '-pthread', '-o', this.path(name), source])
    }
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true })
  }
}

export interface BedOptions {
  mtu: number
  mappings?: readonly Mapping[]
}

export class Bed implements AsyncDisposable {
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

  static async open(tools: Tools, peer: Peer, { mtu, mappings = [] }: BedOptions): Promise<Bed> {
    const bed = new Bed(tools, peer)
    try {
      await bed.#open(mtu, mappings)
      return bed
    } catch (error) {
      await bed[Symbol.asyncDispose]()
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

  /** Runs a program in the guest and gives what it printed. */
  async inside(...command: string[]): Promise<string> {
    const args = ['netns', 'exec', this.namespace, ...command]
    return (await promisify(execFile)('ip', args, { maxBuffer: 64 << 20 })).stdout
  }

  /** Runs a program on the host. */
  async outside(program: string, ...args: string[]): Promise<string> {
    return (await promisify(execFile)(program, args, { maxBuffer: 64 << 20 })).stdout
  }

  /** A program of the guest that ends with the bed. */
  startInside(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.#start('ip', ['netns', 'exec', this.namespace, ...command], options)
  }

  startOutside(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.#start(command[0]!, command.slice(1), options)
  }

  /** Asks our own forwarder's process; see serve.ts. */
  async ask(question: string): Promise<unknown> {
    this.forwarder.send(question)
    for (;;) {
      const [answer] = (await once(this.forwarder, 'message')) as [{ question?: string; value?: unknown }]
      if (answer.question === question) return answer.value
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#children.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    const ended = running.map((child) => once(child, 'exit'))
    for (const child of running) child.kill()
    await Promise.all(ended)
    execFileSync('ip', ['netns', 'del', this.namespace])
    for (const path of [this.#socket, this.#apiSocket]) rmSync(path, { force: true })
  }

  get #socket(): string {
    return join(this.#tools.dir, `${this.peer.name}.sock`)
  }

  get #apiSocket(): string {
    return `${this.#socket}.api`
  }

  async #open(mtu: number, mappings: readonly Mapping[]): Promise<void> {
    const { namespace, peer } = this
    execFileSync('ip', ['netns', 'add', namespace])
    execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up'])
    const setup = { path: this.#socket, apiPath: this.#apiSocket, mtu, mappings, namespace }
    const forwarder = peer.start(setup)
    this.#forwarder = forwarder
    this.#children.push(forwarder)
    if (peer.kind === 'tap') await until(() => this.#hasRoute(), `${peer.name} to configure the guest`)
    else {
      await until(() => existsSync(this.#socket), `${peer.name} to listen`)
      await this.#joinTap(mtu)
    }
    if (peer.kind === 'link') return
    await until(() => existsSync(this.#apiSocket), `${peer.name} to take port mappings`)
    for (const mapping of mappings) await this.#askSlirp(mapping)
  }

  async #joinTap(mtu: number): Promise<void> {
    const { guest, gateway, kind } = this.peer
    const framing = kind === 'bess' ? ['bess'] : []
    const bridge = this.startInside([this.#tools.path('tap-bridge'), 'tap0', this.#socket, ...framing], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await once(bridge.stderr!, 'data')
    const ip = (...args: string[]) => execFileSync('ip', ['-n', this.namespace, ...args])
    ip('link', 'set', 'tap0', 'mtu', `${mtu}`, 'txqueuelen', '10000', 'up')
    ip('addr', 'add', `${guest}/24`, 'dev', 'tap0')
    ip('route', 'add', 'default', 'via', gateway)
    // For its ARP: not every peer may answer the ping.
    await this.inside('ping', '-c1', '-W1', gateway).catch(() => {})
  }

  #hasRoute(): boolean {
    return execFileSync('ip', ['-n', this.namespace, 'route']).toString().startsWith('default')
  }

  async #askSlirp({ protocol, hostPort, guestPort }: Mapping): Promise<void> {
    const address = { host_addr: '127.0.0.1', host_port: hostPort, guest_port: guestPort }
    const socket = connect(this.#apiSocket)
    socket.end(JSON.stringify({ execute: 'add_hostfwd', arguments: { proto: protocol, ...address } }))
    let answer = ''
    for await (const chunk of socket) answer += chunk
    if (!answer.includes('return')) throw new Error(`slirp4netns: ${answer}`)
  }

  #start(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(program, args, { stdio: 'ignore', ...options })
    this.#children.push(child)
    return child
  }
}
