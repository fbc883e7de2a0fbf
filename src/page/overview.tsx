/**
 * The environment as in `desktop status`. Until that document has loaded, which takes a second with a slow
 * guest, the live sample fills in what it can.
 */
import type { ComponentChildren, JSX } from 'preact'
import { amount } from '../amount.ts'
import type { StatusDocument } from '../cli/views/status-document.ts'
import type { Observation } from '../observation.ts'
import { type LiveState, type PageLive, useData } from './live.ts'
import { Facts, read, Table } from './parts.tsx'
import { shown, time } from './text.ts'

export function Overview({ live: { live } }: { live: LiveState }): JSX.Element {
  const status = useData<StatusDocument>('overview', 10_000)
  if (status.state === 'failed') return <p class="alarm">{shown(status.reason)}</p>
  if (status.state === 'loaded') return <Status known={status.value} live={live} />
  return live === undefined ? <p class="dim">loading</p> : <Status known={undefined} live={live} />
}

/** Placeholder for values that are still loading. */
const later = <span class="dim">…</span>

interface StatusProps {
  known: StatusDocument | undefined
  live: PageLive | undefined
}

function Status({ known, live }: StatusProps): JSX.Element {
  const row = <T,>(
    pick: (status: StatusDocument) => Observation<T>,
    text: (value: T) => string | JSX.Element,
    until: ComponentChildren = later,
  ): ComponentChildren => {
    if (known === undefined) return until
    return read(pick(known), (value) => {
      const content = text(value)
      return typeof content === 'string' ? shown(content) : content
    })
  }
  const failed = known?.ports.filter((port) => port.state === 'failed') ?? []
  return (
    <div aria-busy={known === undefined}>
      <h2>
        {known === undefined ? 'Environment' : shown(known.environment)}{' '}
        <State of={known?.state ?? live?.vm ?? ''} />
      </h2>
      <Facts
        rows={[
          ['VM', known === undefined ? live?.vm : <Machine vm={known.vm} />],
          [
            'Accelerator',
            row(
              (status) => status.accelerator,
              ({ accelerator, reason }) => [accelerator, reason].filter(Boolean).join(': '),
              live?.accelerator ?? later,
            ),
          ],
          [
            'Engine',
            row(
              (status) => status.engine,
              ({ version, running }) => engineText(version, running),
              live?.engine == null ? later : shown(engineText(live.engine, live.containers.map(nameOf))),
            ),
          ],
          [
            'Memory in the VM',
            row(
              (status) => status.memory,
              ({ usedBytes, totalBytes, containerBytes }) => (
                <Meter
                  label="Memory in the VM"
                  used={usedBytes}
                  total={totalBytes}
                  more={containerBytes === undefined ? '' : `containers ${amount(containerBytes)}`}
                />
              ),
            ),
          ],
          [
            'Memory on the host',
            known === undefined
              ? later
              : `QEMU ${known.qemuRssBytes === undefined ? '–' : amount(known.qemuRssBytes)}, supervisor ${rssText(known)}`,
          ],
          [
            'Supervisor',
            row(
              (status) => status.supervisor,
              ({ pid, version }) => `pid ${pid}, ${version}`,
            ),
          ],
          [
            'Disk in the VM',
            row(
              (status) => status.inside,
              ({ usedBytes, totalBytes, availableBytes }) => (
                <Meter
                  label="Disk in the VM"
                  used={usedBytes}
                  total={totalBytes}
                  more={`${amount(availableBytes)} available`}
                />
              ),
            ),
          ],
          [
            'Disk on the host',
            row(
              (status) => status.disk,
              ({ virtualBytes, allocatedBytes }) =>
                `${amount(allocatedBytes)} used, ${amount(virtualBytes)} at most`,
            ),
          ],
          [
            'Ports',
            known === undefined
              ? later
              : `${known.ports.length - failed.length} listening, ${failed.length} failed`,
          ],
          ['docker.sock', known === undefined ? later : <code>{shown(known.dockerHost)}</code>],
          ['Files', known === undefined ? later : shown(known.files.join(', '))],
          ['Drift', known === undefined ? later : <Drift lines={known.drift} />],
        ]}
      />
      <h2>Services</h2>
      {known === undefined
        ? later
        : read(known.services, (services) => (
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
    </div>
  )
}

const nameOf = ({ name }: { name: string }): string => name

const engineText = (version: string, running: readonly string[]): string =>
  `${version}, containers: ${running.join(', ') || 'none'}`

const rssText = ({ supervisor }: StatusDocument): string =>
  supervisor.state === 'present' ? amount(supervisor.value.rssBytes) : '–'

interface MeterProps {
  label: string
  used: number
  total: number
  more: string
}

/** A share of which little is left is marked by the browser's colours, and stated in text. */
function Meter({ label, used, total, more }: MeterProps): JSX.Element {
  const text = `${amount(used)} of ${amount(total)} used`
  return (
    <>
      <meter aria-label={label} max={total} high={0.9 * total} optimum={0} value={used}>
        {text}
      </meter>{' '}
      {[text, more].filter(Boolean).join(', ')}
    </>
  )
}

const State = ({ of }: { of: string }): JSX.Element => (
  <span class={of === 'running' ? 'good' : 'bad'}>{of}</span>
)

function Drift({ lines }: { lines: readonly string[] | undefined }): JSX.Element {
  if (lines === undefined) return <>never applied</>
  if (lines.length === 0) return <span class="good">none</span>
  return (
    <>
      <span class="bad">
        {lines.length} {lines.length === 1 ? 'difference' : 'differences'} from the file
      </span>{' '}
      (<a href="#/plan">plan of the repair</a>)
      <ul>
        {lines.map((line) => (
          <li key={line}>{shown(line)}</li>
        ))}
      </ul>
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
