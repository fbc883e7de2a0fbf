/** Socket events and bursts of the stack. */
import { expect, test, vi } from 'vitest'
import { EventLoop } from '../../../src/net/host/event-loop.ts'
import { Lab } from '../../support/net/lab.ts'

test('an event that throws ends its burst, and later events are bursts again', () => {
  const { stack } = new Lab()
  const loop = new EventLoop(stack)
  const ended = vi.spyOn(stack, 'burstEnded')
  expect(() =>
    loop.run(() => {
      throw new Error('half-done')
    }),
  ).toThrow('half-done')
  expect(loop.run(({ drops }) => drops.malformed)).toBe(0)
  expect(ended).toHaveBeenCalledTimes(2)
  loop.close()
})
