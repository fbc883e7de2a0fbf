/** Applies the plan on screen, once the user agrees to each loss of data. Only with `desktop ui --write`. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ApplyLine, ApplyRequest } from '../cli/ui/apply-protocol.ts'
import { Table } from './parts.tsx'
import { shown } from './text.ts'

interface Props {
  id: number
  consents: readonly string[]
  /** Requests a new plan. */
  onEnd: () => void
}

export function Apply({ id, consents, onEnd }: Props): JSX.Element {
  const [agreed, setAgreed] = useState<readonly string[]>([])
  const [lines, setLines] = useState<readonly ApplyLine[]>()
  const missing = consents.filter((name) => !agreed.includes(name))
  const start = async (): Promise<void> => {
    const all: ApplyLine[] = []
    setLines(all)
    await apply({ id, allow: [...agreed] }, (line) => {
      all.push(line)
      setLines([...all])
    })
  }
  if (lines !== undefined) return <Progress lines={lines} onEnd={onEnd} />
  return (
    <fieldset>
      <legend>Apply</legend>
      {consents.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={agreed.includes(name)}
            onChange={({ currentTarget: { checked } }) =>
              setAgreed(checked ? [...agreed, name] : agreed.filter((one) => one !== name))
            }
          />{' '}
          I agree to lose data: <code>{shown(name)}</code>
        </label>
      ))}
      <button type="button" disabled={missing.length > 0} onClick={() => void start()}>
        Apply this plan
      </button>
    </fieldset>
  )
}

/** The latest state of each operation, in order of start. */
function Progress({ lines, onEnd }: { lines: readonly ApplyLine[]; onEnd: () => void }): JSX.Element {
  const states = new Map<string, readonly [phase: string, text: string]>()
  let end: JSX.Element | undefined
  for (const line of lines) {
    if (line.event === 'operation') {
      const error = line.error === undefined ? '' : `${line.error.message} [${line.error.code}]`
      states.set(line.id, [line.phase, error])
    } else if (line.event === 'progress') states.set(line.id, ['started', line.message])
    else if (line.event === 'result') end = <p>{`Result: ${line.outcome.result}`}</p>
    else if (line.event === 'failure')
      end = (
        <p class="alarm" role="alert">
          {shown(`${line.message} [${line.code}]`)}
        </p>
      )
  }
  return (
    <section aria-label="Apply" aria-live="polite">
      <Table
        head={['Operation', 'State', 'Message']}
        rows={[...states].map(([id, [phase, text]]) => [id, phase, text])}
        empty={end === undefined ? 'starting' : ''}
      />
      {end}
      {end !== undefined && (
        <button type="button" onClick={onEnd}>
          Plan again
        </button>
      )}
    </section>
  )
}

async function apply(request: ApplyRequest, take: (line: ApplyLine) => void): Promise<void> {
  const failed = (message: string): void => take({ event: 'failure', code: 'page', message })
  try {
    const response = await fetch('/run/apply', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    })
    if (!response.ok || response.body === null) return failed((await response.text()).trim())
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const parts = (rest + value).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) take(JSON.parse(part) as ApplyLine)
    }
  } catch (error) {
    failed(`the command has exited: ${error instanceof Error ? error.message : String(error)}`)
  }
}
