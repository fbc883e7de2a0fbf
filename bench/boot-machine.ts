/** One boot for the boot benchmark: QEMU with its own user netdevs, from its start until the engine answers. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Accelerator } from '../src/config/desired.ts'
import type { GuestImage } from '../src/guest/image.ts'
import { channelNetwork, enginePort } from '../src/supervisor/network/channel.ts'
import { qemuArgv } from '../src/vm/qemu/argv.ts'
import type { TcgThread } from '../src/vm/qemu/tcg-thread.ts'
import { cpuSeconds } from './net/measure.ts'

const deadlineMs = 120_000
export const addresses = {
  subnet: '192.168.65.0/24',
  gateway: '192.168.65.1',
  dns: '192.168.65.2',
  guest: '192.168.65.3',
}
/** Addresses of the second card (src/supervisor/network/channel.ts). */
const { subnet, gateway, address } = channelNetwork

/** What is booted in turns: the built image with and without random addresses, and the image before. */
export interface Variant {
  name: string
  image: GuestImage
  cmdline: string
}

export interface Host {
  cpus: number
  accelerator: Accelerator
  tcgThread: TcgThread
  /** Of disks, sockets and the console's log. */
  dir: string
}

export interface Boot {
  seconds: number
  /** CPU time of QEMU, the figure least affected by other load on the host. */
  cpuSeconds: number
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Resolves to whether the engine responds. */
function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/_ping', timeout: 2000 }, (reply) => {
      reply.resume()
      resolve(reply.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.on('timeout', () => asked.destroy())
    asked.end()
  })
}

/** A guest that crashes reboots by itself, so its time must be excluded. */
export async function panics(dir: string): Promise<number> {
  return (await readFile(join(dir, 'console.log'), 'utf8')).split('Kernel panic').length - 1
}

export async function bootOnce(
  { image, cmdline }: Variant,
  { cpus, accelerator, tcgThread, dir }: Host,
): Promise<Boot> {
  // Images of before decision 0150 have the engine on the first card.
  const [port, portOfFirst] = [await freePort(), await freePort()]
  const socket = (name: string) => join(dir, `${name}.sock`)
  const argv = qemuArgv({
    command: ['qemu-system-x86_64'],
    name: 'bench',
    cpus: cpus,
    memoryBytes: 2 * 2 ** 30,
    accelerator,
    tcgThread,
    image: { ...image, cmdline },
    dataDisk: join(dir, 'data.qcow2'),
    metadataIso: join(dir, 'metadata.iso'),
    consoleLog: join(dir, 'console.log'),
    sockets: {
      link: socket('link'),
      channel: socket('channel'),
      qmp: socket('qmp'),
      agent: socket('agent'),
      console: socket('console'),
    },
  }).map((argument) => {
    if (argument.startsWith('stream,id=net0'))
      return `user,id=net0,net=${addresses.subnet},host=${addresses.gateway},dns=${addresses.dns},dhcpstart=${addresses.guest},hostfwd=tcp:127.0.0.1:${portOfFirst}-:${enginePort}`
    if (argument.startsWith('stream,id=net1'))
      return `user,id=net1,net=${subnet},host=${gateway},hostfwd=tcp:127.0.0.1:${port}-${address}:${enginePort}`
    return argument
  })
  const [binary = '', ...args] = argv
  const began = performance.now()
  const qemu = spawn(binary, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const exited = new Promise<void>((resolve) => qemu.on('exit', () => resolve()))
  let isOver = false
  const answers = async (on: number): Promise<void> => {
    while (!isOver && !(await ping(on))) {
      if (performance.now() - began > deadlineMs || qemu.exitCode !== null) {
        throw new Error(`no engine: ${(await readFile(join(dir, 'console.log'), 'utf8')).slice(-2000)}`)
      }
      await delay(100)
    }
  }
  try {
    await Promise.race([port, portOfFirst].map(answers))
    return { seconds: (performance.now() - began) / 1000, cpuSeconds: cpuSeconds(qemu.pid ?? 0) }
  } finally {
    isOver = true
    qemu.kill('SIGKILL')
    await exited
  }
}
