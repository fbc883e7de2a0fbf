/** The terminal of `desktop top`: alternate screen and raw keys; restored on exit. */
import { styleText } from 'node:util'
import { keysOf } from './keys.ts'
import type { Line, Size } from './lines.ts'

export interface Screen extends Disposable {
  size(): Size
  draw(lines: readonly Line[]): void
}

const esc = '\u001b['
/** Alternate screen, hidden cursor, no line wrap. */
const enter = `${esc}?1049h${esc}?25l${esc}?7l`
const leave = `${esc}?7h${esc}?25h${esc}?1049l`

const styles = { title: 'bold', head: 'inverse', plain: undefined, dim: 'dim', alarm: 'red' } as const

export function openScreen(onKey: (key: string) => void, onResize: () => void): Screen {
  const { stdin, stdout } = process
  const onData = (chunk: string): void => {
    for (const key of keysOf(chunk)) onKey(key)
  }
  // Restores the shell's screen however the process ends.
  const restore = (): void => void stdout.write(leave)
  process.once('exit', restore)
  stdin.setRawMode(true).setEncoding('utf8').on('data', onData)
  stdout.on('resize', onResize).write(enter)
  return {
    size: () =>
      stdout.rows > 0 ? { rows: stdout.rows, columns: stdout.columns } : { rows: 24, columns: 80 },
    draw: (lines) => {
      const painted = lines.map(({ text, style }) => `${painting(text, style)}${esc}K`)
      stdout.write(`${esc}H${painted.join('\r\n')}${esc}J`)
    },
    [Symbol.dispose]() {
      stdin.off('data', onData).setRawMode(false).pause()
      stdout.off('resize', onResize)
      process.off('exit', restore)
      restore()
    },
  }
}

function painting(text: string, style: Line['style']): string {
  const name = styles[style]
  return name === undefined ? text : styleText(name, text, { stream: process.stdout })
}
