/** The frame: shows the view named in the URL fragment, and everything common to all views. */
import type { FunctionComponent, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { History } from './history.tsx'
import { type LiveState, useLive } from './live.ts'
import { Logs } from './logs.tsx'
import { Names } from './names.tsx'
import { Overview } from './overview.tsx'
import { Plan } from './plan.tsx'
import { Ports } from './ports.tsx'
import { Rules } from './rules.tsx'
import { rate, shown } from './text.ts'
import { Traffic } from './traffic.tsx'

interface View {
  title: string
  /** The view has its own scroll area. */
  fills?: true
  Body: FunctionComponent<{ live: LiveState; query: URLSearchParams }>
}

const views: Readonly<Record<string, View>> = {
  overview: { title: 'Overview', Body: Overview },
  traffic: { title: 'Traffic', fills: true, Body: Traffic },
  ports: { title: 'Ports', Body: Ports },
  names: { title: 'Names', Body: Names },
  rules: { title: 'Rules', Body: Rules },
  plan: { title: 'Plan', Body: Plan },
  history: { title: 'History', Body: History },
  logs: { title: 'Logs', fills: true, Body: Logs },
}

/** `#/VIEW?QUERY`. */
function current(): { name: string; query: string } {
  const [name = '', query = ''] = location.hash.replace('#/', '').split('?', 2)
  return Object.hasOwn(views, name) ? { name, query } : { name: 'overview', query: '' }
}

export function App(): JSX.Element {
  const [{ name, query }, setView] = useState(current())
  const live = useLive()
  useEffect(() => {
    const change = (): void => setView(current())
    // Digits switch views, except in input fields.
    const key = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
      const wanted = Object.keys(views)[Number(event.key) - 1]
      if (!isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && wanted !== undefined)
        location.hash = `#/${wanted}`
    }
    addEventListener('hashchange', change)
    addEventListener('keydown', key)
    return () => {
      removeEventListener('hashchange', change)
      removeEventListener('keydown', key)
    }
  }, [])
  const view = views[name]
  useEffect(() => {
    document.title = `${view?.title ?? ''} · desktop`
  }, [view])
  return (
    <>
      <header>
        <h1>desktop</h1>
        <nav aria-label="Views">
          {Object.entries(views).map(([key, { title }]) => (
            <a key={key} href={`#/${key}`} aria-current={key === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <Summary live={live} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll only a focused element. */}
      <main class={view?.fills === true ? 'fills' : ''} tabIndex={0}>
        {live.ended && (
          <p class="alarm" role="alert">
            Not connected: the command has exited, or its link was opened elsewhere. Run `desktop ui` again.
          </p>
        )}
        {live.failure !== undefined && (
          <p class="alarm" role="alert">
            Waiting for the supervisor: {shown(live.failure)}
          </p>
        )}
        {view !== undefined && <view.Body live={live} query={new URLSearchParams(query)} />}
      </main>
    </>
  )
}

function Summary({ live: { live } }: { live: LiveState }): JSX.Element {
  if (live === undefined) return <span class="state">connecting</span>
  return (
    <span class="state">
      vm {live.vm} · {live.flows.length} flows · sent {rate(live.sentPerSecond)} · received{' '}
      {rate(live.receivedPerSecond)}
    </span>
  )
}
