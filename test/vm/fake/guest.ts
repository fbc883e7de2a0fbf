/** What runs in the fake guest: files, kernel parameters, a guest agent and a dockerd. */

import { createServer, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type AgentRequest, done, type Ended, FakeAgent } from './agent.ts'
import { engineReply } from './engine-reply.ts'
import { setNetwork } from './guest-network.ts'
import { lyingEngine } from './lies.ts'

const daemonJson = '/run/config/docker/daemon.json'

export class FakeGuest {
  readonly files: Map<string, string> = new Map()
  readonly #agent = new FakeAgent(
    this.files,
    (argv, input) => this.#run(argv, input),
    () => this.onShutdown(),
  )
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '', response))
  #events = new Set<ServerResponse>()
  readonly #streams = new Set<Duplex>()
  #config: Record<string, unknown> = {}
  #dockerd = 100
  #up = false
  /** Of dockerd, in a row. */
  #ends = 0
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
  agent(request: AgentRequest): unknown {
    return this.#agent.reply(request)
  }

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

  #setNetwork(): void {
    setNetwork(this.files)
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
    const body = engineReply(path, this.#config, this.files.get(networks) ?? '[]')
    response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body))
  }
}

/** As the engine lists them. */
const networks = '/fake/networks'
const mounted = '/proc/1/mounts'
