import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { jsonLines } from '../../../src/host/json-lines.ts'
import { serveFrames } from './card.ts'
import { serve } from './character-device.ts'
import { markOf, resize, use, virtualBytes } from './data-disk.ts'
import { FakeExec } from './exec.ts'
import { FakeGuest } from './guest.ts'
import { pour } from './lies.ts'
import { FakeMemory } from './memory.ts'
import { type Metadata, readMetadata } from './metadata.ts'
import { FakeMigration } from './migration.ts'
import { probe, runKind } from './probe.ts'

const argv = process.argv.slice(2)
if (argv.includes('--version')) {
  console.log('QEMU emulator version 10.0.0')
  process.exit(0)
}
const control = process.env.DESKTOP_FAKE_VM ?? ''
const say = (line: string): void => appendFileSync(join(control, 'log'), `${line}\n`)

/** The value of an option that contains `needle`, e.g. `path=…` of `id=qmp`. */
function option(needle: string, key: string): string {
  const text = argv.find((arg) => arg.includes(needle)) ?? ''
  const parts = text.replaceAll(',,', '\0').split(',')
  const found = parts.find((part) => part.startsWith(`${key}=`))
  return (found ?? '').slice(key.length + 1).replaceAll('\0', ',')
}

const metadata = (): Metadata =>
  readMetadata(option('id=config,', 'file')) ?? fail('the metadata disk has no metadata')

function fail(message: string): never {
  process.stderr.write(`qemu-system-x86_64: ${message}\n`)
  process.exit(1)
}

if (argv.includes('desktop-probe')) {
  probe(argv, control)
  await new Promise(() => {})
}
const cpus = argv[argv.indexOf('-smp') + 1]
if (existsSync(join(control, `refuse-${cpus}`))) fail(readFileSync(join(control, `refuse-${cpus}`), 'utf8'))

/** In which way the accelerator fails this machine. */
const failure = argv.includes('kvm') ? runKind(control) : 'never'
if (failure === 'aborts') {
  process.stderr.write('qemu-system-x86_64: ../accel/kvm/kvm-all.c: kvm_init_vcpu failed: Invalid argument\n')
  process.kill(process.pid, 'SIGABRT')
}

const disk = option('id=data,', 'file')
/** QEMU locks its disks; the kernel takes an abstract socket back when its process dies. */
await new Promise<void>((resolve) => {
  const lock = createServer().listen(`\0fake-disk ${disk}`, resolve)
  lock.on('error', () => fail(`Failed to get "write" lock: is another process using ${disk}?`))
})
// Who serves a folder ends with this connection.
for (const arg of argv) {
  const [, path] = /^socket,id=share\d+,path=(.*)$/.exec(arg) ?? []
  if (path !== undefined) connect(path).on('error', () => {})
}
const data = openSync(disk, 'r+')
const guest = new FakeGuest()
guest.diskBytes = () => virtualBytes(data)
/** For a state that was saved; then it does not boot. */
const waits = argv.includes('-incoming')
if (!waits && metadata().golden === undefined) say(`boot ${process.pid} ${markOf(data)}`)

function end(reason: string): void {
  if (!guest.parked) say(`end ${process.pid} ${reason}`)
  closeSync(data)
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal))
guest.onEvents = (filters) => say(`events ${process.pid} ${filters}`)
/** A guest whose containers take their time. */
const shutdownMs = (): number => (existsSync(join(control, 'slow-shutdown')) ? 4_000 : 10)
guest.onShutdown = () => void setTimeout(end, shutdownMs(), 'shutdown')
guest.lies = () => existsSync(join(control, 'lies'))

let running = !waits
/** The accelerator gave up on the guest: SIGHUP makes it so. */
let broken = false
function breakDown(): void {
  process.stderr.write('KVM internal error. Suberror: 1\n')
  broken = true
  running = false
  event('STOP', {})
}
process.on('SIGHUP', breakDown)
/** The host's disk was full at the last write: SIGUSR2 makes it so. */
let full = false
process.on('SIGUSR2', () => {
  full = true
  running = false
  event('BLOCK_IO_ERROR', { device: 'data', nospace: true, action: 'stop' })
})
const migration = new FakeMigration()
const memory = new FakeMemory(option('memory-backend-file,', 'mem-path'))
let agentOpen = false
const agentOpened = Promise.withResolvers<void>()
let event: (name: string, data: unknown) => void = () => {}

await serve(option('id=qmp,', 'path'), (socket) => {
  const send = (value: unknown): void => void socket.write(`${JSON.stringify(value)}\n`)
  event = (name, data) => send({ event: name, data })
  send({ QMP: { version: {}, capabilities: [] } })
  const feed = jsonLines((value) => {
    const { execute, id, arguments: args } = value as QmpCommand
    const answer = qmp(execute, args ?? {})
    send('error' in answer ? { id, error: answer.error } : { id, return: answer.return })
  })
  socket.setEncoding('utf8').on('data', feed)
})

interface QmpCommand {
  execute: string
  id: number
  arguments?: Record<string, unknown>
}

const statusOf = (): string =>
  running ? 'running' : full ? 'io-error' : broken ? 'internal-error' : 'paused'

function qmp(command: string, args: Record<string, unknown>): { return: unknown } | { error: object } {
  switch (command) {
    case 'qmp_capabilities':
      return { return: {} }
    case 'query-status':
      return { return: { running, status: statusOf() } }
    case 'query-version':
      return { return: { qemu: { major: 0, minor: 0, micro: 1 }, package: '(fake)' } }
    case 'query-migrate':
      // As QEMU before 8.2.
      return {
        return: {
          status: migration.status,
          ...(argv.some((word) => word.startsWith('vhost-user-fs'))
            ? { 'blocked-reasons': ['non-migratable device: 0000:00:07.0/vhost-user-fs'] }
            : {}),
        },
      }
    case 'migrate-set-parameters':
      return { return: {} }
    case 'migrate-set-capabilities':
      memory.isApart = (args.capabilities as { state: boolean }[])[0]?.state === true
      return { return: {} }
    case 'migrate':
      memory.keep()
      if (!existsSync(join(control, 'hold-migration')))
        migration.save(args.uri, JSON.stringify(guest.memory()))
      return { return: {} }
    case 'migrate_cancel':
      migration.cancel()
      return { return: {} }
    case 'migrate-incoming':
      migration.load(args.uri, (text) => {
        guest.restore(JSON.parse(text) as ReturnType<FakeGuest['memory']>)
        say(
          guest.parked ? `unpark ${process.pid} ${memory.inode()}` : `resume ${process.pid} ${markOf(data)}`,
        )
      })
      return { return: {} }
    case 'query-chardev':
      return { return: [{ label: 'agent', 'frontend-open': agentOpen }] }
    case 'stop':
    case 'cont':
      if (broken)
        return { error: { class: 'GenericError', desc: 'Resetting the Virtual Machine is required' } }
      if (waits && command === 'cont' && existsSync(join(control, `resume-${cpus}`)))
        return { error: { class: 'GenericError', desc: 'Input/output error' } }
      if (failure === 'stops-at-resume' && waits && command === 'cont') setTimeout(breakDown, 20)
      if (full && command === 'cont') say(`goes-on ${process.pid}`)
      running = command === 'cont'
      full &&= !running
      if (running) event('RESUME', {})
      // As virtio-serial after a migration: by a timer of the guest's clock.
      if (running && waits && !agentOpen) setTimeout(openAgent, 50)
      return { return: {} }
    case 'system_reset':
      event('RESET', { guest: false, reason: 'host-qmp-system-reset' })
      return { return: {} }
    case 'system_powerdown':
      if (!guest.lies()) guest.onShutdown()
      return { return: {} }
    case 'quit':
      setImmediate(end, 'quit')
      return { return: {} }
    case 'query-block': {
      const image = { 'virtual-size': virtualBytes(data) }
      return { return: [{ device: 'data', inserted: { image } }] }
    }
    case 'block_resize':
      resize(data, Number(args.size))
      return { return: {} }
    default:
      return { error: { class: 'CommandNotFound', desc: `The command ${command} has not been found` } }
  }
}

await serve(option('id=agent,path', 'path'), (socket) => {
  const feed = jsonLines((value) => {
    if (guest.lies()) return pour(socket, 'x'.repeat(65_536))
    const answer = guest.agent(value as Parameters<FakeGuest['agent']>[0])
    if (answer !== undefined) socket.write(`${JSON.stringify(answer)}\n`)
  })
  // What is written before the guest has its port open waits.
  void agentOpened.promise.then(() =>
    socket.on('data', (chunk: Buffer) => feed(chunk.toString('latin1').replaceAll('\xff', '\n'))),
  )
})
await serve(option('id=console,', 'path'), (socket) => {
  socket.write('fake machine\r\n')
  if (existsSync(join(control, 'kernel-panics')))
    socket.write('[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n')
  let pours = false
  setInterval(() => {
    const begins = guest.lies() && !pours
    pours = guest.lies()
    if (!begins) return
    guest.turn()
    pour(socket, 'console\r\n'.repeat(8_000), () => guest.lies())
  }, 100).unref()
})
const exec = new FakeExec()
const serveCard = (socket: Socket): void =>
  serveFrames(socket, (connection, port) =>
    port === 2378 ? exec.connection(connection) : guest.connection(connection, port),
  )
for (const netdev of ['net0', 'net1']) await serve(option(`stream,id=${netdev},`, 'addr.path'), serveCard)

if (existsSync(join(control, `panic-${cpus}`))) end('panic')
if (failure === 'hangs' || existsSync(join(control, 'kernel-panics'))) await new Promise(() => {})
if (failure === 'stops') setTimeout(breakDown, 50)
if (failure === 'dies') {
  process.stderr.write('error: kvm run failed Bad address\n')
  process.kill(process.pid, 'SIGABRT')
}
guest.onBecome = () => {
  say(`boot ${process.pid} ${markOf(data)}`)
  boot()
}
if (!waits && failure !== 'stops') {
  if (metadata().golden === undefined) boot()
  else {
    say(`park ${process.pid}`)
    use(data)
    guest.parked = true
  }
  openAgent()
}

function boot(): void {
  const { docker, sysctl, hostname, network, shares } = metadata()
  guest.mountShares(shares?.content ?? '')
  guest.files.set('/run/config/hostname', hostname.content)
  for (const [name, { content }] of Object.entries(network.entries))
    guest.files.set(`/run/config/network/${name}`, content)
  guest.boot(docker.entries['daemon.json'].content, sysctl.entries['desktop.conf'].content)
}

function openAgent(): void {
  agentOpen = true
  agentOpened.resolve()
  event('VSERPORT_CHANGE', { id: 'agent0', open: true })
}
