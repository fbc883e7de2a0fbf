/**
 * Runs in a network namespace: creates a tap device and connects it to a forwarder's unix socket, so that the
 * kernel's network stack is the guest. Arguments: device, socket path; loss, duplication and reordering in
 * percent, both ways, and their seed; `qemu` or `vpnkit` for the framing. SIGUSR2 drops the link and connects
 * again, without changes to the device.
 */
import { closeSync, openSync, read, writeSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import koffi from 'koffi'
import { randomFrom } from '../../support/net/random.ts'
import { command, init } from '../../support/net/vmn3t-client.ts'

const tunSetIff = 0x4004_54ca
const tapWithoutInfo = 0x1002
const [device = 'tap0', path = '', faults = '0', seed = '1', link = 'qemu'] = process.argv.slice(2)

const tap = openTap(device)
const prefixBytes = link === 'qemu' ? 4 : 2
/** Size of the VMN3T server's handshake. */
const greetingBytes = 49 + 258
const random = randomFrom(Number(seed))
const lossPercent = Number(faults)

const heldBack: (() => void)[] = []
/** Send frames only afterwards: earlier ones would be parsed as part of the handshake. */
let isUp = false
let socket: Socket = join()
readTap()

process.on('SIGUSR2', () => {
  socket.removeAllListeners('close').destroy()
  socket = join()
})

function join(): Socket {
  const joined = connect(path)
  let pending: Buffer = Buffer.alloc(0)
  isUp = false
  const up = (): void => {
    isUp = true
    process.stdout.write('up\n')
  }
  joined.on('connect', () => {
    if (link === 'qemu') up()
    else joined.write(Buffer.concat([init(), command(1)]))
  })
  joined.on('error', () => {})
  joined.on('close', () => process.exit())
  joined.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    if (!isUp) {
      if (pending.length < greetingBytes) return
      pending = pending.subarray(greetingBytes)
      up()
    }
    pending = pending.subarray(deliverAll(pending))
  })
  return joined
}

/** Delivers complete frames; returns their size. */
function deliverAll(bytes: Buffer): number {
  let at = 0
  while (at + prefixBytes <= bytes.length) {
    const start = at + prefixBytes
    const end = start + (prefixBytes === 4 ? bytes.readUInt32BE(at) : bytes.readUInt16LE(at))
    if (end > bytes.length) break
    const frame = bytes.subarray(start, end)
    deliver(() => writeTap(frame))
    at = end
  }
  return at
}

/** Delivers a frame once, twice, later, or never. */
function deliver(pass: () => void): void {
  const fate = random() * 100
  if (fate < lossPercent) return
  if (fate < 2 * lossPercent) {
    heldBack.push(pass)
    return
  }
  pass()
  if (fate < 3 * lossPercent) pass()
  for (const late of heldBack.splice(0)) late()
}

function readTap(): void {
  const frame = Buffer.allocUnsafeSlow(65_600)
  read(tap, frame, 4, frame.length - 4, null, (error, bytes) => {
    if (error !== null) process.exit(1)
    if (prefixBytes === 4) frame.writeUInt32BE(bytes)
    else frame.writeUInt16LE(bytes, 2)
    deliver(() => isUp && socket.write(frame.subarray(4 - prefixBytes, 4 + bytes)))
    readTap()
  })
}

function writeTap(frame: Buffer): void {
  try {
    writeSync(tap, frame)
  } catch {
    // The device is down or rejects the frame: drop it, as a guest may.
  }
}

/** `ifreq`: name 16 bytes, flags u16, padding to 40. */
function openTap(name: string): number {
  const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, void *argument)')
  const fd = openSync('/dev/net/tun', 'r+')
  const request = Buffer.alloc(40)
  request.write(name, 'latin1')
  request.writeUInt16LE(tapWithoutInfo, 16)
  if (ioctl(fd, tunSetIff, request) === 0) return fd
  closeSync(fd)
  throw new Error(`no tap device: errno ${koffi.errno()}`)
}
