/** Egress rules with their hit counters, recent denials, and the patch that allows a denied destination. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { seconds } from '../amount.ts'
import type { AllowDocument } from '../cli/ui/allow-document.ts'
import type { EgressSettings } from '../config/desired.ts'
import type { EgressRuleView } from '../net/egress/egress.ts'
import type { EgressDenials } from '../net/forwarder.ts'
import { useData } from './live.ts'
import { Copy, Show, Table } from './parts.tsx'
import { shown, shownLines } from './text.ts'

interface RulesDocument {
  egress: EgressSettings | null
  rules: readonly EgressRuleView[]
  denials: EgressDenials
}

type Denial = EgressDenials['listed'][number]

export function Rules(): JSX.Element {
  const rules = useData<RulesDocument>('rules', 1_000)
  const [chosen, choose] = useState<number | 'all'>()
  return (
    <Show of={rules}>
      {({ egress, rules: all, denials }) => (
        <>
          <h2>Egress rules, in order{egress?.preset === undefined ? '' : ` (${egress.preset})`}</h2>
          <Table
            head={['Rule', 'Connections, datagrams, pings', 'Names']}
            rows={all.map(({ rule, sends, names }) => [rule, String(sends), String(names)])}
            empty="none"
          />
          <p class="dim">
            To turn recorded traffic into rules: <code>desktop egress learn</code>
          </p>
          {chosen !== undefined && <Allow key={chosen} id={chosen} />}
          <h2>Denied, latest first</h2>
          <Denials denials={denials} onChoose={choose} />
        </>
      )}
    </Show>
  )
}

function Denials({
  denials: { listed, unlisted },
  onChoose,
}: {
  denials: EgressDenials
  onChoose: (id: number | 'all') => void
}): JSX.Element {
  return (
    <>
      <Table
        head={['Rule', 'Protocol', 'From', 'To', 'Times', 'Last', 'Change']}
        rows={listed.map((one) => [
          one.rule,
          one.protocol,
          one.senders.length > 0 ? one.senders.join(', ') : one.guest,
          destination(one),
          String(one.count),
          `${seconds(one.idleMs)} ago`,
          <button
            type="button"
            aria-label={`Allow ${shown(destination(one))}`}
            onClick={() => onChoose(one.id)}
          >
            Allow
          </button>,
        ])}
        empty="nothing"
      />
      {listed.length > 1 && (
        <button type="button" onClick={() => onChoose('all')}>
          Allow all of these
        </button>
      )}
      {unlisted > 0 && <p class="dim">and {unlisted} above the rate that is listed</p>}
    </>
  )
}

/** The page never writes the file; it shows the change to make. */
function Allow({ id }: { id: number | 'all' }): JSX.Element {
  const allow = useData<AllowDocument | null>(`allow?id=${id}`)
  return (
    <Show of={allow}>
      {(found) =>
        found === null ? (
          <p class="dim">this denial is no longer listed</p>
        ) : (
          <section aria-label="Allow">
            <h2>
              {shown(found.rules.length === 1 ? (found.rules[0] ?? '') : `${found.rules.length} rules`)}
            </h2>
            <p class="dim">
              In {shown(found.file)}, then <code>desktop apply</code>: live, open connections stay open.
            </p>
            <pre>{shownLines(found.patch)}</pre>
            <Copy text={found.patch} />
          </section>
        )
      }
    </Show>
  )
}

function destination({ name, address, port }: Denial): string {
  const to = [address, port].filter((part) => part !== null).join(' port ')
  return [name, to].filter(Boolean).join(' at ')
}
