/**
 * The measured forwarder in a separate network namespace, so that its dials stay inside: 10.99.0.1 is the
 * namespace itself, with an echo server on port 7000; all other addresses in 10.99.0.0/16 are unused. Needs root.
 */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Held, Question } from './measured-forwarder.ts'
import { RawGuest } from './raw-guest.ts'

export const echoPort = 7000
export const there = '10.99.0.1'
export const nowhere = (i: number): string => `10.99.${1 + ((i >> 8) & 127)}.${i & 255}`

let count = 0

export class Rig implements AsyncDisposable {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'resources-'))
  readonly link: string = join(this.dir, 'link.sock')
  readonly api: string = join(this.dir, 'api.sock')
  readonly #namespace: string
  readonly #children: ChildProcess[] = []
  #forwarder!: ChildProcess
  guest!: RawGuest

  private constructor() {
    count += 1
    this.#namespace = `desktop-${process.pid}-r${count}`
  }

  static async start(): Promise<Rig> {
    const rig = new Rig()
    try {
      await rig.#start()
      return rig
    } catch (error) {
      await rig[Symbol.asyncDispose]()
      throw error
    }
  }

  async ask<T>(question: Question): Promise<T> {
    const answered = once(this.#forwarder, 'message')
    this.#forwarder.send(question)
    const [{ value }] = (await answered) as [{ value: T }]
    return value
  }

  held(): Promise<Held> {
    return this.ask({ ask: 'held' })
  }

  flows(): Promise<number> {
    return this.ask({ ask: 'flows' })
  }

  later(ms: number): Promise<void> {
    return this.ask({ ask: 'later', ms })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest?.detach()
    const running = this.#children.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    const ended = running.map((child) => once(child, 'exit'))
    for (const child of running) child.kill()
    await Promise.all(ended)
    execFileSync('ip', ['netns', 'del', this.#namespace])
    rmSync(this.dir, { recursive: true })
  }

  async #start(): Promise<void> {
    const name = this.#namespace
    const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'link', 'add', 'h0', 'type', 'veth', 'peer', 'name', 'h1')
    // Without ARP, all packets are lost.
    ip('-n', name, 'link', 'set', 'h0', 'arp', 'off', 'up')
    ip('-n', name, 'link', 'set', 'h1', 'arp', 'off', 'up')
    ip('-n', name, 'addr', 'add', `${there}/16`, 'dev', 'h0')
    // Dials time out after three seconds.
    const settings = ['net.ipv4.tcp_syn_retries=1', 'net.ipv4.ping_group_range=0 2147483647']
    ip('netns', 'exec', name, 'sysctl', '-qw', ...settings)
    const script = join(import.meta.dirname, '..', 'linux', 'guest-script.ts')
    const echo = ['netns', 'exec', name, process.execPath, script, 'echo', `${echoPort}`]
    this.#children.push(spawn('ip', echo, { stdio: ['ignore', 'pipe', 'inherit'] }))
    await once(this.#children[0]!.stdout!, 'data')
    const program = join(import.meta.dirname, 'measured-forwarder.ts')
    this.#forwarder = fork(program, [this.link, this.api], {
      execPath: 'ip',
      execArgv: ['netns', 'exec', name, process.execPath],
    })
    this.#children.push(this.#forwarder)
    await once(this.#forwarder, 'message')
    this.guest = await RawGuest.attach(this.link)
  }
}
