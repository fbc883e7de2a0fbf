/** Small components that several views share. */
import type { ComponentChildren, JSX } from 'preact'
import type { Observation } from '../observation.ts'
import type { Loaded } from './live.ts'
import { shown } from './text.ts'

export function Show<T>({
  of,
  children,
}: {
  of: Loaded<T>
  children: (value: T) => JSX.Element
}): JSX.Element {
  if (of.state === 'loading') return <p class="dim">loading</p>
  if (of.state === 'failed') return <p class="alarm">{shown(of.reason)}</p>
  return children(of.value)
}

export function Copy({ text }: { text: string }): JSX.Element {
  return (
    <button type="button" onClick={() => void navigator.clipboard.writeText(text)}>
      Copy
    </button>
  )
}

export function Facts({
  rows,
}: {
  rows: readonly (readonly [name: string, value: ComponentChildren])[]
}): JSX.Element {
  return (
    <dl>
      {rows.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  )
}

interface TableProps {
  head: readonly string[]
  rows: readonly (readonly ComponentChildren[])[]
  empty: string
}

/** Scrolls sideways on a narrow page, with the keyboard too. */
export function Wide({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll only a focused element.
    <section class="wide" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}

export function Table({ head, rows, empty }: TableProps): JSX.Element {
  if (rows.length === 0) return <p class="dim">{empty}</p>
  return (
    <Wide label={`Table: ${head.join(', ')}`}>
      <table class="plain">
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{typeof cell === 'string' ? shown(cell) : cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  )
}

export function read<T>(reading: Observation<T>, text: (value: T) => ComponentChildren): ComponentChildren {
  if (reading.state === 'present') return text(reading.value)
  return reading.state === 'absent' ? '–' : <span class="bad">unknown: {shown(reading.reason)}</span>
}
