/** The environment as it is: `desktop status`. */
import type { JSX } from 'preact'
import { amount } from '../amount.ts'
import type { StatusDocument } from '../cli/views/status-document.ts'
import { useData } from './live.ts'
import { Facts, read, Show, Table } from './parts.tsx'
import { shown, time } from './text.ts'

export function Overview(): JSX.Element {
  const status = useData<StatusDocument>('overview', 10_000)
  return <Show of={status}>{(document) => <Status {...document} />}</Show>
}

function Status(status: StatusDocument): JSX.Element {
  const { drift } = status
  const failed = status.ports.filter((port) => port.state === 'failed')
  return (
    <>
      <h2>
        {shown(status.environment)}{' '}
        <span class={status.state === 'running' ? 'good' : 'bad'}>{status.state}</span>
      </h2>
      <Facts
        rows={[
          ['VM', <Machine vm={status.vm} />],
          [
            'Accelerator',
            read(status.accelerator, (a) => shown([a.accelerator, a.reason].filter(Boolean).join(': '))),
          ],
          [
            'Engine',
            read(status.engine, (e) => shown(`${e.version}, containers: ${e.running.join(', ') || 'none'}`)),
          ],
          [
            'Supervisor',
            read(status.supervisor, (s) => `pid ${s.pid}, ${s.version}, memory ${amount(s.rssBytes)}`),
          ],
          [
            'Data disk',
            read(
              status.disk,
              (d) => `${amount(d.virtualBytes)}, ${amount(d.allocatedBytes)} used on the host`,
            ),
          ],
          [
            'In the VM',
            read(status.inside, (i) => `${amount(i.usedBytes)} used, ${amount(i.availableBytes)} available`),
          ],
          ['Ports', `${status.ports.length - failed.length} listening, ${failed.length} failed`],
          ['docker.sock', <code>{shown(status.dockerHost)}</code>],
          ['Files', shown(status.files.join(', '))],
          [
            'Drift',
            drift === undefined ? (
              'never applied'
            ) : drift.length === 0 ? (
              <span class="good">none</span>
            ) : null,
          ],
        ]}
      />
      {drift !== undefined && drift.length > 0 && (
        <ul class="bad">
          {drift.map((line) => (
            <li key={line}>{shown(line)}</li>
          ))}
        </ul>
      )}
      <h2>Services</h2>
      {read(status.services, (services) => (
        <Table
          head={['Service', 'State', 'Restarts', 'Last exit code']}
          rows={services.map((one) => [
            one.name,
            one.crashLoop ? <span class="bad">crash loop</span> : one.state,
            String(one.ends),
            one.ends > 0 ? String(one.exitCode) : '',
          ])}
          empty="none"
        />
      ))}
    </>
  )
}

function Machine({ vm }: { vm: StatusDocument['vm'] }): JSX.Element {
  if (vm.state === 'unknown') return <span class="bad">unknown: {shown(vm.reason)}</span>
  if ('pid' in vm)
    return (
      <>
        {vm.state}, pid {vm.pid}, {vm.accelerator}, since {time(vm.startedAt)}
      </>
    )
  return <>{vm.state}</>
}
