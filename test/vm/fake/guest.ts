/** What runs in the fake guest: files, kernel parameters, a guest agent and a dockerd. */

import { createServer, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import ipaddr from 'ipaddr.js'
import { lyingEngine } from './lies.ts'

const daemonJson = '/run/config/docker/daemon.json'

export class FakeGuest {
  readonly files: Map<string, string> = new Map()
  readonly #programs = new Map<number, Ended>()
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '', response))
  #events = new Set<ServerResponse>()
  readonly #streams = new Set<Duplex>()
  #config: Record<string, unknown> = {}
  #dockerd = 100
  #up = false
  /** Of dockerd, in a row. */
  #ends = 0
  #nextPid = 1000
  /** Someone else answers from here on. */
  lies: () => boolean = () => false
  onShutdown: () => void = () => {}
  onEvents: (filters: string) => void = () => {}
  /** Waits to be told who it is (src/vm/golden). */
  parked = false
  onBecome: () => void = () => {}
  /** Bytes of the data disk, as the guest sees it. */
  diskBytes: () => number = () => 0

  /** @param sysctl lines of `key = value`. */
  boot(daemon: string, sysctl: string): void {
    this.files.set(daemonJson, daemon)
    this.#setNetwork()
    for (const line of sysctl.split('\n')) this.#setParameter(line.split('='))
    this.#startDockerd()
  }

  /** @param table lines of `TAG TARGET ro|rw`, with tabs. */
  mountShares(table: string): void {
    const mounts = table.split('\n').map((line) => line.split('\t'))
    this.files.set(
      '/proc/1/mounts',
      mounts.map(([tag, target]) => `${tag} ${target} virtiofs rw 0 0\n`).join(''),
    )
  }

  /** All that a machine's state holds of it. */
  memory(): {
    files: readonly (readonly [string, string])[]
    config: Record<string, unknown>
    dockerd: number
    parked: boolean
  } {
    const { parked } = this
    return { files: [...this.files], config: this.#config, dockerd: this.#dockerd, parked }
  }

  restore({ files, config, dockerd, parked }: ReturnType<FakeGuest['memory']>): void {
    for (const [path, text] of files) this.files.set(path, text)
    this.#config = config
    this.#dockerd = dockerd
    this.parked = parked
    this.#up = !parked
  }

  /** Who answered honestly is gone. */
  turn(): void {
    for (const stream of this.#streams) stream.destroy()
  }

  connection(stream: Duplex, port: number): void {
    // Nobody asks for published ports here.
    if (this.lies()) {
      lyingEngine(stream)
      return
    }
    if (port === 2377) return void stream.resume().write('asks yes\nsynced\n')
    this.#streams.add(stream)
    stream.once('close', () => this.#streams.delete(stream))
    if (this.#up) this.#server.emit('connection', stream)
    else stream.destroy()
  }

  /** One request of the guest agent's protocol; undefined = no answer. */
  agent(request: { execute: string; arguments?: Record<string, unknown> }): unknown {
    const given = request.arguments ?? {}
    switch (request.execute) {
      case 'guest-sync-delimited':
        return { return: given.id }
      case 'guest-ping':
      case 'guest-file-close':
      case 'guest-file-seek':
        return { return: {} }
      // A file of this fake says how far off the clock is.
      case 'guest-get-time':
        return { return: (Date.now() + Number(this.files.get(clockOffset) ?? 0)) * 1e6 }
      case 'guest-set-time':
        this.files.delete(clockOffset)
        return { return: {} }
      case 'guest-shutdown':
        this.onShutdown()
        return undefined
      case 'guest-file-open': {
        const path = String(given.path).replace('/proc/1/root', '')
        if (!this.files.has(path))
          return { error: { desc: `failed to open file '${path}': No such file or directory` } }
        this.#open.push(path)
        return { return: this.#open.length }
      }
      case 'guest-file-read': {
        const text = this.files.get(this.#open[Number(given.handle) - 1] ?? '')
        if (text === undefined) return { error: { desc: 'failed to read file: No such device' } }
        return { return: { count: text.length, 'buf-b64': Buffer.from(text).toString('base64'), eof: true } }
      }
      case 'guest-exec': {
        const argv = (given.arg as string[]).slice(8)
        const input = Buffer.from(String(given['input-data'] ?? ''), 'base64').toString()
        this.#nextPid += 1
        this.#programs.set(this.#nextPid, this.#run(argv, input))
        return { return: { pid: this.#nextPid } }
      }
      case 'guest-exec-status': {
        const { code, out } = this.#programs.get(Number(given.pid)) ?? { code: 127, out: '' }
        const text = Buffer.from(out).toString('base64')
        return {
          return: { exited: true, exitcode: code, 'out-data': text, 'err-data': code === 0 ? '' : text },
        }
      }
      default:
        return { error: { desc: `The command ${request.execute} has not been found` } }
    }
  }
  /** Paths; a handle is the place of one, from 1. */
  readonly #open: string[] = []

  #run(argv: readonly string[], input: string): Ended {
    const [program = '', ...args] = argv
    switch (program.replace(/^.*\//, '')) {
      case 'sh':
        return this.#shell(args, input)
      case 'rm':
        this.files.delete(args.at(-1) ?? '')
        if (args.at(-1) === networks) this.#tell('network', 'destroy')
        return done('')
      case 'in-service':
        return this.#validate(this.files.get(args.at(-1) ?? '') ?? '')
      case 'sysctl':
        for (const setting of args.slice(1)) this.#setParameter(setting.split('='))
        return done('')
      case 'test':
        return { code: this.parked && args.at(-1) === '/run/golden.go' ? 0 : 1, out: '' }
      case 'become':
        this.parked = false
        this.onBecome()
        return done('')
      case 'pidof':
        return this.#up ? done(String(this.#dockerd)) : { code: 1, out: '' }
      case 'killall':
        return this.#signal(args[0] ?? '')
      case 'tail':
        return done('failed to start daemon: no such cgroup\n')
      case 'stat':
        return done('4096 262144 200000 190000\n')
      case 'grow-disk':
        return done(`${this.diskBytes()}\n`)
      default:
        return done('')
    }
  }

  /** What udhcpc and dockerd make of it. */
  #setNetwork(): void {
    const gateway = (this.files.get('/run/config/network/gateway') ?? '192.168.65.1')
      .trim()
      .split('.')
      .map(Number)
    // The card of one of several machines has the address in its own.
    const mac = this.files.get('/run/config/network/mac')?.trim().split(':').slice(2)
    const own = mac?.map((byte) => Number.parseInt(byte, 16))
    const address = (own ?? [...gateway.slice(0, 3), (gateway[3] ?? 0) + 2]).join('.')
    const word = Buffer.from(gateway.toReversed()).toString('hex').toUpperCase()
    this.files.set(
      '/proc/1/net/route',
      `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t${word}\t0003\t0\t0\t0\t00000000\n`,
    )
    this.files.set('/proc/1/net/fib_trie', `Local:\n     |-- ${address}\n        /32 host LOCAL\n`)
    this.files.set('/sys/class/net/eth0/mtu', '65520\n')
    this.files.set('/etc/resolv.conf', `nameserver ${gateway.join('.')}\n`)
    this.files.set('/sys/class/net/docker0/flags', '0x1003\n')
    const address6 = this.files.get('/run/config/network/ipv6')?.replace(/\/.*\n$/, '')
    if (address6 !== undefined) {
      const hex = Buffer.from(ipaddr.parse(address6).toByteArray()).toString('hex')
      const [zeros, router] = ['0'.repeat(32), `fe80${'0'.repeat(27)}1`]
      this.files.set('/proc/1/net/if_inet6', `${hex} 02 40 00 80     eth0\n`)
      this.files.set(
        '/proc/1/net/ipv6_route',
        `${zeros} 00 ${zeros} 00 ${router} 00000400 00000001 00000000 00000003     eth0\n`,
      )
    }
    this.#setNat()
  }

  #setNat(): void {
    this.files.set('/sys/module/xt_MASQUERADE/refcnt', '1\n')
    this.files.set('/sys/module/xt_conntrack/refcnt', '1\n')
  }

  #setParameter([key = '', value]: readonly string[]): void {
    if (value === undefined) return
    this.files.set(`/proc/sys/${key.trim().replaceAll('.', '/')}`, `${value.trim()}\n`)
  }

  /** Of all scripts only these two are sent: replace a file by what is read, or print files between marks. */
  #shell([, script = '', , ...args]: readonly string[], input: string): Ended {
    if (script.includes('.new')) {
      this.files.set(args[0] ?? '', input)
      if (args[0] === networks) this.#tell('network', 'create')
      return done('')
    }
    if (script.includes('ip route replace')) {
      this.#setNetwork()
      return done('')
    }
    if (script.includes('umount "$target"')) {
      const mounts = this.files.get(mounted) ?? ''
      this.files.set(mounted, mounts.replaceAll(/^tmpfs .*\n/gm, ''))
      return done('')
    }
    const [mark, ...paths] = args
    const texts = paths.map((path) => {
      const text = this.files.get(path)
      return text === undefined ? `${mark} -\n` : `${mark} +\n${text}`
    })
    return done(texts.join(''))
  }

  #validate(text: string): Ended {
    try {
      JSON.parse(text)
      return text.includes('nonsense')
        ? { code: 1, out: 'nonsense is not allowed' }
        : done('configuration OK')
    } catch {
      return { code: 1, out: 'not JSON' }
    }
  }

  #tell(Type: string, Action: string): void {
    const event = `${JSON.stringify({ Type, Action, Actor: { ID: 'x' } })}\n`
    for (const stream of this.#events) stream.write(event)
  }

  #signal(signal: string): Ended {
    if (!this.#up) return { code: 1, out: 'dockerd: no process found' }
    if (signal === '-HUP') {
      this.#config = this.#read()
      this.#tell('daemon', 'reload')
      return done('')
    }
    this.#up = false
    this.#server.closeAllConnections()
    setTimeout(() => this.#startDockerd(), 20)
    return done('')
  }

  /** With a cgroup of the name `broken` it does not come up; its service is started again and again. */
  #startDockerd(): void {
    this.#config = this.#read()
    if (this.#config['cgroup-parent'] === 'broken') {
      this.#ends += 1
      this.files.set('/run/services/docker.ends', `${this.#ends} ${this.#ends} 7.5 1\n`)
      setTimeout(() => this.#startDockerd(), 50)
      return
    }
    this.#dockerd += 1
    this.#setNat()
    this.#up = true
  }

  #read(): Record<string, unknown> {
    return JSON.parse(this.files.get(daemonJson) ?? '{}') as Record<string, unknown>
  }

  #answer(url: string, response: ServerResponse): void {
    const path = url.replace(/\?.*/, '')
    if (path === '/events') {
      this.onEvents(new URLSearchParams(url.replace(/.*\?/, '')).get('filters') ?? '')
      response.writeHead(200).flushHeaders()
      this.#events.add(response)
      response.on('close', () => this.#events.delete(response))
      return
    }
    const body = this.#bodyOf(path)
    response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body))
  }

  #bodyOf(path: string): unknown {
    switch (path) {
      case '/_ping':
        return 'OK'
      case '/version':
        return { Version: '26.1.5', ApiVersion: '1.45' }
      case '/info':
        return {
          Debug: this.#config.debug ?? false,
          Labels: this.#config.labels ?? [],
          LiveRestoreEnabled: this.#config['live-restore'] ?? false,
          RegistryConfig: {},
          DefaultRuntime: 'runc',
        }
      case '/containers/json':
        return []
      case '/networks':
        return JSON.parse(this.files.get(networks) ?? '[]')
      default:
        return undefined
    }
  }
}

/** As the engine lists them. */
const networks = '/fake/networks'
const clockOffset = '/fake/clock-offset-ms'
const mounted = '/proc/1/mounts'

interface Ended {
  code: number
  out: string
}

const done = (out: string): Ended => ({ code: 0, out })
