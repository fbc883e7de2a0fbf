/** All recorded applies: outcome, duration of each step, and differences from the previous generation. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { seconds } from '../amount.ts'
import type { GenerationDiff } from '../apply/history/compare.ts'
import type { Generation } from '../apply/history/generation.ts'
import type { HistoryDocument } from '../cli/views/history.ts'
import { useData } from './live.ts'
import { Copy, Show, Table, Wide } from './parts.tsx'
import { type Cell, sideBySide } from './side-by-side.ts'
import { shown, time } from './text.ts'

export function History(): JSX.Element {
  const history = useData<HistoryDocument>('history', 10_000)
  const [chosen, choose] = useState<number>()
  return (
    <Show of={history}>
      {({ generations }) => {
        const number = chosen ?? generations[0]?.number
        const before = generations.find((one) => one.number < (number ?? 0))?.number
        return (
          <>
            <Table
              head={['Generation', 'Time', 'Result', 'Took', 'Version']}
              rows={generations.map((one) => [
                <button
                  type="button"
                  class="link"
                  aria-pressed={one.number === number}
                  onClick={() => choose(one.number)}
                >
                  {one.number}
                </button>,
                time(one.time),
                <span class={one.result === 'applied' ? 'good' : 'bad'}>{one.result}</span>,
                one.milliseconds === undefined ? '' : seconds(one.milliseconds),
                one.toolVersion,
              ])}
              empty="never applied"
            />
            {number !== undefined && <Steps key={number} number={number} />}
            {number !== undefined && before !== undefined && (
              <Difference key={`${before}-${number}`} from={before} to={number} />
            )}
          </>
        )
      }}
    </Show>
  )
}

function Steps({ number }: { number: number }): JSX.Element {
  const generation = useData<Generation | null>(`generation?number=${number}`)
  const rollback = `desktop rollback ${number}`
  return (
    <>
      <h2>Steps of generation {number}</h2>
      <div class="bar">
        <span class="dim">Return to it:</span> <code>{rollback}</code> <Copy text={rollback} />
      </div>
      <Show of={generation}>
        {(found) => {
          const operations = found?.operations ?? []
          const most = Math.max(1, ...operations.map(({ milliseconds }) => milliseconds ?? 0))
          return (
            <div class="bars">
              {operations.map(({ id, milliseconds, result, error }) => (
                <>
                  <span>{shown(id)}</span>
                  <progress aria-label={shown(id)} max={most} value={milliseconds ?? 0} />
                  <span class={result === 'done' ? '' : 'bad'}>
                    {result === 'done' ? duration(milliseconds ?? 0) : `${result} ${shown(error ?? '')}`}
                  </span>
                </>
              ))}
            </div>
          )
        }}
      </Show>
    </>
  )
}

/** Most steps take a few milliseconds. */
const duration = (milliseconds: number): string =>
  milliseconds < 100 ? `${Math.round(milliseconds)} ms` : seconds(milliseconds)

function Difference({ from, to }: { from: number; to: number }): JSX.Element {
  const diff = useData<GenerationDiff | null>(`diff?from=${from}&to=${to}`)
  return (
    <>
      <h2>What changed since generation {from}</h2>
      <Show of={diff}>
        {(found) => (
          <>
            {found === null || found.same ? (
              <p class="dim">nothing</p>
            ) : (
              found.parts.map((part) => <Sides key={part.part} part={part} from={from} to={to} />)
            )}
          </>
        )}
      </Show>
    </>
  )
}

interface SidesProps {
  part: GenerationDiff['parts'][number]
  from: number
  to: number
}

/** Old text on the left, new text on the right; screen readers announce removed and added lines. */
function Sides({ part, from, to }: SidesProps): JSX.Element {
  return (
    <Wide label={`Changes of ${shown(part.part)}`}>
      <table class="sides">
        <caption>{shown(part.part)}</caption>
        <thead>
          <tr>
            <th scope="col">generation {from}</th>
            <th scope="col">generation {to}</th>
          </tr>
        </thead>
        <tbody>
          {sideBySide(part.diff).map((row) =>
            row.kind === 'gap' ? (
              <tr>
                <td colSpan={2} class="dim">
                  {row.text}
                </td>
              </tr>
            ) : (
              <tr>
                <Side cell={row.left} />
                <Side cell={row.right} />
              </tr>
            ),
          )}
        </tbody>
      </table>
    </Wide>
  )
}

function Side({ cell }: { cell: Cell }): JSX.Element {
  if (cell === undefined) return <td class="none" />
  const text = shown(cell.text)
  if (cell.kind === 'removed') return <td class="bad">{<del>{text}</del>}</td>
  return cell.kind === 'added' ? <td class="good">{<ins>{text}</ins>}</td> : <td>{text}</td>
}
