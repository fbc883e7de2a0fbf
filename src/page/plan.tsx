/** The plan of `desktop apply`, with causes. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ShownPlan } from '../cli/ui/apply-protocol.ts'
import type { Cause } from '../reconcile/plan.ts'
import { Apply } from './apply.tsx'
import { useData } from './live.ts'
import { Show, Table } from './parts.tsx'
import { shown } from './text.ts'

export function Plan(): JSX.Element {
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
    </>
  )
}

function Operations({ operations, notes, violations, unchanged, worstEffect }: ShownPlan): JSX.Element {
  return (
    <>
      <p>
        {operations.length === 0
          ? 'Matches the file; nothing to do.'
          : `${operations.length} operations, ${worstEffect ?? 'live'} at most; ${unchanged} as they should be.`}
      </p>
      <Table
        head={['Operation', 'Effect', 'Because']}
        rows={operations.map((one) => [
          one.id,
          one.effect,
          one.causes.map((cause) => <div>{shown(causeText(cause))}</div>),
        ])}
        empty=""
      />
      {notes.length > 0 && <h2>Notes</h2>}
      {notes.map((note) => (
        <p class={note.level === 'error' ? 'bad' : ''}>{shown(note.message)}</p>
      ))}
      {violations.length > 0 && <h2>Policy</h2>}
      {violations.map((one) => (
        <p class="bad">
          {shown(one.rule)}: {shown(one.message)}
        </p>
      ))}
    </>
  )
}

/** Includes the line in the file, if there is one. */
function causeText({ path, from = '(none)', to = '(none)', at }: Cause): string {
  const where = at === undefined ? '' : `  (${at.file}:${at.line}:${at.column})`
  return `${path}: ${from} → ${to}${where}`
}
