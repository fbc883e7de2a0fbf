/** All port mappings: declared, published, or failed with the reason. */
import type { JSX } from 'preact'
import type { PortStatus } from '../net/core/port-status.ts'
import { useData } from './live.ts'
import { Show, Table } from './parts.tsx'
import { shown } from './text.ts'

const owners: Readonly<Record<PortStatus['owner'], string>> = {
  config: 'desktop.yaml',
  publish: 'container',
  listed: 'container or service',
  engine: 'docker.sock',
}

const listens = ({ listen }: PortStatus): string =>
  listen.kind === 'inet' ? `${listen.address}:${listen.port}` : listen.path

export function Ports(): JSX.Element {
  const ports = useData<readonly PortStatus[]>('ports', 2_000)
  return (
    <Show of={ports}>
      {(all) => (
        <Table
          head={['On this host', 'Protocol', 'In the VM', 'Asked for by', 'State', 'Flows']}
          rows={all.map((port) => [
            listens(port),
            port.protocol,
            `${port.guest.address}:${port.guest.port}`,
            owners[port.owner],
            port.state === 'failed' ? <span class="bad">failed: {shown(port.error ?? '')}</span> : port.state,
            String(port.flows),
          ])}
          empty="no ports"
        />
      )}
    </Show>
  )
}
