/**
 * Runs inside a network namespace: makes a tap device and joins it to a forwarder's unix socket with QEMU's
 * stream framing, so that Linux's own stack is the guest. Arguments: device, socket path. With fault injection:
 * loss, duplication and reordering in percent, both ways, from a seed.
 */
import { closeSync, openSync, read, writeSync } from 'node:fs'
import { connect } from 'node:net'
import koffi from 'koffi'

const tunSetIff = 0x4004_54ca
const tapWithoutInfo = 0x1002
const [device = 'tap0', path = '', faults = '0', seed = '1'] = process.argv.slice(2)

const tap = openTap(device)
const socket = connect(path)
const random = randomFrom(Number(seed))
const lossPercent = Number(faults)

socket.on('connect', () => {
  process.stdout.write('up\n')
  readTap()
})
socket.on('error', () => process.exit())
socket.on('close', () => process.exit())

const heldBack: (() => void)[] = []

/** Passes a frame on, twice, later, or never. */
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
    frame.writeUInt32BE(bytes)
    deliver(() => socket.write(frame.subarray(0, 4 + bytes)))
    readTap()
  })
}

let pending: Buffer = Buffer.alloc(0)
socket.on('data', (chunk: Buffer) => {
  pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
  let at = 0
  while (at + 4 <= pending.length) {
    const end = at + 4 + pending.readUInt32BE(at)
    if (end > pending.length) break
    const frame = pending.subarray(at + 4, end)
    deliver(() => writeTap(frame))
    at = end
  }
  pending = pending.subarray(at)
})

function writeTap(frame: Buffer): void {
  try {
    writeSync(tap, frame)
  } catch {
    // The device is down or does not want the frame: a guest may drop what it likes.
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

function randomFrom(start: number): () => number {
  let state = start | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
