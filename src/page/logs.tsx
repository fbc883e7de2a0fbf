/** Logs of this host and of the VM's services, live. */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useData } from './live.ts'
import { shown, shownLines } from './text.ts'

const ofHost = ['console', 'supervisor', 'qemu'] as const
/** Maximum log text that the page keeps. */
const keptChars = 500_000

export function Logs(): JSX.Element {
  const [source, choose] = useState<string>('console')
  const [follow, setFollow] = useState(true)
  const [text, setText] = useState('')
  const services = useData<readonly string[]>('services')
  const sources = [...ofHost, ...(services.state === 'loaded' ? services.value : [])]
  const box = useRef<HTMLPreElement>(null)
  useEffect(() => {
    setText('')
    const events = new EventSource(`/events/logs?source=${encodeURIComponent(source)}`)
    events.addEventListener('text', ({ data }) => {
      const more = JSON.parse(data) as string
      setText((before) => (before + more).slice(-keptChars))
    })
    events.addEventListener('failure', ({ data }) => {
      const { reason } = JSON.parse(data) as { reason: string }
      setText((before) => `${before}\n${reason}`)
      // Otherwise the browser would reconnect every second.
      events.close()
    })
    return () => events.close()
  }, [source])
  useEffect(() => {
    if (follow && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [text, follow])
  return (
    <>
      <div class="bar">
        <label>
          Log{' '}
          <select value={source} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {sources.map((one) => (
              <option key={one} value={one}>
                {shown(one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={follow}
            onChange={({ currentTarget }) => setFollow(currentTarget.checked)}
          />{' '}
          Follow
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard. */}
      <pre class="log" ref={box} role="log" tabIndex={0} aria-label={`Log of ${source}`}>
        {shownLines(text)}
      </pre>
    </>
  )
}
