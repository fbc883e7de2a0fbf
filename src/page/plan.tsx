/** The plan of `desktop apply`, with causes. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ShownPlan } from '../cli/ui/apply-protocol.ts'
import type { Operation, Place } from '../reconcile/plan.ts'
import { Apply } from './apply.tsx'
import { useData } from './live.ts'
import { Show, Table } from './parts.tsx'
import { PlaceLink, placeOf, Source } from './source.tsx'
import { shown } from './text.ts'

export function Plan({ query }: { query: URLSearchParams }): JSX.Element {
  const place = placeOf(query)
  const [round, setRound] = useState(0)
  const plan = useData<ShownPlan>(`plan?round=${round}`)
  return (
    <>
      <div class="bar">
        <button type="button" onClick={() => setRound(round + 1)}>
          Plan again
        </button>
        <code>desktop apply</code>
      </div>
      <Show of={plan}>
        {(document) => (
          <>
            <Operations {...document} />
            {document.id !== undefined && document.operations.length > 0 && (
              <Apply
                key={document.id}
                id={document.id}
                consents={document.consents}
                onEnd={() => setRound(round + 1)}
              />
            )}
          </>
        )}
      </Show>
      {place !== undefined && <Source {...place} />}
    </>
  )
}

function Operations({
  operations,
  atBoot = [],
  notes,
  violations,
  unchanged,
  worstEffect,
}: ShownPlan): JSX.Element {
  return (
    <>
      <p>
        {operations.length === 0
          ? 'Matches the file; nothing to do.'
          : `${count(operations.length)}, ${worstEffect ?? 'live'} at most; ${unchanged} in sync.`}
      </p>
      <Table
        head={['Operation', 'Effect', 'Because']}
        rows={[
          ...operations.map((one) => [one.id, one.effect, <Reasons of={one} />]),
          ...atBoot.map((one) => [one.id, 'by the restart', <Reasons of={one} />]),
        ]}
        empty=""
      />
      {notes.length > 0 && <h2>Notes</h2>}
      {notes.map(({ level, about, message, hint, at }) => (
        <p class={level === 'error' ? 'bad' : ''}>
          {shown(`${level}: ${about}: ${message}`)} {hint !== undefined && shown(`(${hint})`)} <At at={at} />
        </p>
      ))}
      {violations.length > 0 && <h2>Policy</h2>}
      {violations.map(({ rule, message, at }) => (
        <p class="bad">
          {shown(`${rule}: ${message}`)} <At at={at} />
        </p>
      ))}
    </>
  )
}

const count = (all: number): string => `${all} ${all === 1 ? 'operation' : 'operations'}`

const At = ({ at }: { at: Place | undefined }): JSX.Element => (
  <>{at !== undefined && <PlaceLink at={at} />}</>
)

/** Causes with their lines, then the containers that stop and the data that is lost. */
function Reasons({ of: { causes, interruption, consent } }: { of: Operation }): JSX.Element {
  return (
    <>
      {causes.map(({ path, from = '(none)', to = '(none)', at }) => (
        <div>
          {shown(`${path}: ${from} → ${to}`)} <At at={at} />
        </div>
      ))}
      {interruption.kind === 'containers' && interruption.names.length > 0 && (
        <div class="bad">{shown(`stops containers: ${interruption.names.join(', ')}`)}</div>
      )}
      {interruption.kind === 'unknown' && (
        <div class="bad">whether containers stop is known during apply</div>
      )}
      {consent !== undefined && <div class="bad">loses data: needs consent to {consent}</div>}
    </>
  )
}
