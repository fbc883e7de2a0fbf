/**
 * A command that prints `ready` and runs until it is killed; with the argument `ends`, it exits by itself after
 * the first signal.
 */
import { catchInterrupts } from '../../src/cli/interrupts.ts'

const [kind] = process.argv.slice(2)
using interrupts = catchInterrupts({ say: (line) => console.log(line) })
interrupts.kill.addEventListener('abort', () => console.log('killed'))
const alive = setInterval(() => {}, 1000)
if (kind === 'ends') interrupts.stop.addEventListener('abort', () => clearInterval(alive))
console.log('ready')
await new Promise<void>((resolve) => {
  if (kind === 'ends') interrupts.stop.addEventListener('abort', () => resolve())
})
console.log('ended')
