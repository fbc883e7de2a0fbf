/** iperf3 as a load: four directions, and the parsed results. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Mapping } from './peers.ts'

export const directions = [
  'guest to host',
  'host to guest',
  'mapped, guest to host',
  'mapped, host to guest',
] as const
export type Direction = (typeof directions)[number]

/** One combination of parameters. */
export interface Cell {
  streams: number
  direction: Direction
}

export const cellsOf = (streams: string, which: string): readonly Cell[] =>
  numbers(streams).flatMap((count) =>
    numbers(which).map((index) => ({ streams: count, direction: directions[index]! })),
  )

export const numbers = (list: string): number[] => list.split(',').map(Number)

/** The host's iperf3 port, and the host port mapped to the guest's. */
export const port = 5391
export const mapping: Mapping = { protocol: 'tcp', hostPort: 5398, guestPort: 5399 }
export const serve = (at: number): readonly string[] => ['iperf3', '-s', '-p', `${at}`]

/** Time allowed beyond the planned duration. */
const patienceSeconds = 10

export interface Transfer {
  bytes: number
  gigabitsPerSecond: number
}

export interface Sides {
  /** The host's address in the guest. */
  host: string
  /** The host port that leads to the guest. */
  mappedPort: number
  inside(...command: string[]): Promise<string>
  outside(program: string, ...args: string[]): Promise<string>
}

/** The guest dials the host, or the host dials a port mapped to the guest; either side may send. */
export async function transfer(
  { host, mappedPort, inside, outside }: Sides,
  { direction, streams }: Cell,
  seconds: string,
): Promise<Transfer> {
  const isMapped = direction.startsWith('mapped')
  const isFromClient = isMapped === direction.endsWith('host to guest')
  const to = isMapped ? ['127.0.0.1', '-p', `${mappedPort}`] : [host, '-p', `${port}`]
  const load = ['-t', seconds, '-P', `${streams}`, '-J', ...(isFromClient ? [] : ['-R'])]
  const command = [`${Number(seconds) + patienceSeconds}`, 'iperf3', '-c', ...to, ...load]
  const text = await (isMapped ? outside('timeout', ...command) : inside('timeout', ...command))
  const { bits_per_second, bytes } = JSON.parse(text).end.sum_received
  return { bytes, gigabitsPerSecond: bits_per_second / 1e9 }
}

/** A stalled stream can make iperf3 fail or wait forever, so a failed task is retried twice. */
export async function again<T>(task: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await task()
    } catch (error) {
      if (tries === 3) throw error
      await delay(500)
    }
  }
}
