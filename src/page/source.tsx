/** A file of the configuration as text, with line numbers; links of the plan lead to its lines. */
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ConfigFile } from '../cli/ui/config-file.ts'
import type { Place } from '../reconcile/plan.ts'
import { useData } from './live.ts'
import { Show } from './parts.tsx'
import { shown } from './text.ts'

/** The line that the URL names: `#/plan?file=desktop.yaml&line=4`. */
export function placeOf(query: URLSearchParams): Pick<Place, 'file' | 'line'> | undefined {
  const [file, line] = [query.get('file'), Number(query.get('line'))]
  return file !== null && Number.isSafeInteger(line) && line > 0 ? { file, line } : undefined
}

/** A link to the line; an argument of the command has none. */
export function PlaceLink({ at }: { at: Place }): JSX.Element {
  if (at.file === '--set') return <>{at.file}</>
  const query = new URLSearchParams({ file: at.file, line: String(at.line) })
  return <a href={`#/plan?${query}`}>{shown(`${at.file}:${at.line}:${at.column}`)}</a>
}

export function Source({ file, line }: Pick<Place, 'file' | 'line'>): JSX.Element {
  const found = useData<ConfigFile | null>(`file?${new URLSearchParams({ name: file })}`)
  return (
    <Show of={found}>
      {(source) =>
        source === null ? (
          <p class="alarm">{shown(file)} is not a file of this configuration</p>
        ) : (
          <Lines source={source} line={line} />
        )
      }
    </Show>
  )
}

function Lines({ source: { path, lines }, line }: { source: ConfigFile; line: number }): JSX.Element {
  const box = useRef<HTMLElement>(null)
  // The link may be far above on a long plan.
  useEffect(() => {
    box.current?.focus({ preventScroll: true })
    box.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' })
  }, [path, line])
  const title = `${path}, line ${line}`
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll only a focused element.
    <section class="source" tabIndex={0} aria-label={shown(title)} ref={box}>
      <h2>
        {shown(title)} <a href="#/plan">Close</a>
      </h2>
      <ol>
        {lines.map((text, index) => (
          <Line key={index} isCurrent={index + 1 === line}>
            {shown(text)}
          </Line>
        ))}
      </ol>
      {line > lines.length && <p class="bad">The file has changed: it has {lines.length} lines now.</p>}
    </section>
  )
}

function Line({ isCurrent, children }: { isCurrent: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <li aria-current={isCurrent ? 'true' : undefined}>
      <code>{children}</code>
    </li>
  )
}
