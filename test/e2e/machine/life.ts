/** The configuration of the tests, and the host ports that they use. */
import { createServer, type Server } from 'node:http'
import { afterAll } from 'vitest'
import { freePorts } from '../../support/free-ports.ts'
import { ok } from '../environment.ts'
import { machine, shareVm } from '../shared-vm.ts'

export const vmPart = 'vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\n'
export let base = `${vmPart}network: { ipv6: true }\n`

/** A disk never shrinks, so later tests keep the larger one. */
export function growDisk(): void {
  base = base.replace('disk: 4GiB', 'disk: 5GiB')
}

let web: Server
let ports: number[]

/** Each use needs a free host port. */
export type PortUse = 0 | 1 | 2 | 3
export const mapped: PortUse = 0
export const published: PortUse = 1
export const late: PortUse = 2
export const hostWeb: PortUse = 3
export const port = (use: PortUse): number => ports[use] ?? 0

interface Status {
  vm: { state: string; pid?: number }
  ports: unknown[]
}
export const status = async (): Promise<Status> =>
  JSON.parse(await ok(machine.desktop('status', '--json'))) as Status
export const startedAt = (container: string): Promise<string> =>
  ok(machine.docker('inspect', '-f', '{{.State.StartedAt}} {{.State.Pid}} {{.RestartCount}}', container))

/** Registers the VM, and a web server on the host. */
export function beginLife(): void {
  shareVm(async () => {
    ports = await freePorts(4)
    web = createServer((_request, response) => response.end('from the host'))
    await new Promise<void>((resolve) => web.listen(port(hostWeb), '127.0.0.1', resolve))
    await machine.write(base)
  })
  afterAll(() => void web?.close())
}
