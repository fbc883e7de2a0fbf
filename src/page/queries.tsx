/** The latest DNS queries of the VM and its containers, with the source of each answer. */
import type { JSX } from 'preact'
import { seconds } from '../amount.ts'
import type { QueryView } from '../net/services/dns/query-log.ts'
import { useData } from './live.ts'
import { Show, Table } from './parts.tsx'
import { shown } from './text.ts'

const sources: Readonly<Record<QueryView['source'], string>> = {
  own: 'own name',
  cache: 'cache',
  upstream: 'upstream',
  denied: 'denied',
  refused: 'refused',
}

export function Queries(): JSX.Element {
  const queries = useData<readonly QueryView[]>('queries', 1_000)
  return (
    <>
      <h2>Queries, latest first</h2>
      <Show of={queries}>
        {(all) => (
          <Table
            head={['Ago', 'From', 'Name', 'Type', 'Answer', 'Source', 'Took']}
            rows={all.map((one) => [
              seconds(one.idleMs),
              one.guest ?? '–',
              one.name,
              one.type,
              <Answer query={one} />,
              sourceText(one),
              one.source === 'upstream' ? `${one.milliseconds} ms` : '',
            ])}
            empty="none since this page is open"
          />
        )}
      </Show>
    </>
  )
}

function Answer({ query: { code, answers } }: { query: QueryView }): JSX.Element {
  if (code === null) return <>–</>
  if (code !== 'NOERROR') return <span class="bad">{code}</span>
  return <>{answers.length === 0 ? 'no data' : shown(answers.join(', '))}</>
}

const sourceText = ({ source, rule }: QueryView): string =>
  rule === null ? sources[source] : `${sources[source]}: ${rule}`
