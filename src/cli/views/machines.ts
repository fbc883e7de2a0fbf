/** Several machines as they are: one line each, for a person, or the status of each as JSON. */
import type { Desired } from '../../config/desired.ts'
import { oneLine } from '../../escape.ts'
import type { Output } from '../output.ts'
import { differencesFromFile } from './drift.ts'
import { textOf } from './observations.ts'
import { stateColours } from './state-colours.ts'
import type { StatusDocument } from './status-document.ts'

export type MachineStatus = readonly [desired: Desired, status: StatusDocument]

export interface MachinesDocument {
  format: 'desktop-machines/1'
  environment: string
  machines: readonly (StatusDocument & { machine: string; address: string })[]
}

export function machinesDocument(machines: readonly MachineStatus[]): MachinesDocument {
  return {
    format: 'desktop-machines/1',
    environment: machines[0]?.[0].machine?.cluster ?? '',
    machines: machines.map(([{ machine, network, name }, status]) => ({
      ...status,
      machine: machine?.name ?? name,
      address: network.address,
    })),
  }
}

export function machinesView(machines: readonly MachineStatus[], { style }: Pick<Output, 'style'>): string {
  const { environment, machines: all } = machinesDocument(machines)
  const running = all.filter(({ state }) => state === 'running').length
  const width = (cells: readonly string[]): number => Math.max(...cells.map((cell) => cell.length))
  const nameWidth = width(all.map(({ machine }) => machine))
  const addressWidth = width(all.map(({ address }) => address))
  const lines = all.map(({ machine, address, state, engine, drift = [] }) => {
    const containers = textOf(engine, ({ running: names }) => `containers: ${names.join(', ') || 'none'}`)
    const differs = drift.length === 0 ? '' : `; ${differencesFromFile(drift.length)}`
    return `  ${machine.padEnd(nameWidth)}  ${address.padEnd(addressWidth)}  ${style(stateColours[state], state.padEnd(9))}  ${oneLine(containers)}${differs}`
  })
  const [first] = all
  const more = `  \`desktop status --machine ${first?.machine}\` shows one in full`
  return [style('bold', `${environment}  ${running} of ${all.length} running`), ...lines, more]
    .map((line) => `${line}\n`)
    .join('')
}
