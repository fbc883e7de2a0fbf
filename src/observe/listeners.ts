/** Listening ports of the host, from the kernel's tables (proc_pid_net(5)). Linux only. */
import { readIfExists } from '../host/atomic-file.ts'
import { sharedCall } from '../host/shared-call.ts'
import { type Observation, present, unknown } from '../observation.ts'
import type { HostListener } from './observed.ts'

const tcpListen = '0A'
const tables = ['tcp', 'tcp6', 'udp', 'udp6'] as const

const looks = sharedCall<Observation<readonly HostListener[]>>()

export const hostListeners = (directory = '/proc/net'): Promise<Observation<readonly HostListener[]>> =>
  looks(directory, () => readTables(directory))

async function readTables(directory: string): Promise<Observation<readonly HostListener[]>> {
  const texts = await Promise.all(tables.map((table) => readIfExists(`${directory}/${table}`)))
  if (texts[0] === undefined) return unknown('this system has no /proc/net')
  return present(
    tables.flatMap((table, index) =>
      parseSocketTable(texts[index] ?? '', table.startsWith('tcp') ? 'tcp' : 'udp'),
    ),
  )
}

/** Lines `sl local_address rem_address st …`; addresses are hexadecimal words in the host's byte order. */
export function parseSocketTable(text: string, protocol: 'tcp' | 'udp'): HostListener[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): HostListener[] => {
      const [, local, , state] = line.trim().split(/\s+/)
      const [hex, port] = local?.split(':') ?? []
      if (hex === undefined || port === undefined) return []
      if (protocol === 'tcp' && state !== tcpListen) return []
      return [{ protocol, address: addressOf(hex), port: Number.parseInt(port, 16) }]
    })
}

function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse())
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.')
  const mapped = bytes.slice(0, 12).join('') === '00000000000000000000FFFF'
  if (mapped)
    return bytes
      .slice(12)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number.parseInt(`${bytes[2 * i]}${bytes[2 * i + 1]}`, 16).toString(16),
  ).join(':')
  return groups === '0:0:0:0:0:0:0:0' ? '::' : groups === '0:0:0:0:0:0:0:1' ? '::1' : groups
}
