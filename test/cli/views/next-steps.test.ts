import { expect, test } from 'vitest'
import { nextSteps } from '../../../src/cli/views/next-steps.ts'

const plain = { style: (_style: unknown, text: string): string => text }
const commandsOf = (text: string): string[] =>
  text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/ {2,}/)[0] ?? '')
    .filter((line) => line !== '')

test('the first apply ends with three commands that can be typed as they stand', () => {
  expect(commandsOf(nextSteps('./bin/desktop', ['./desktop.yaml'], plain))).toEqual([
    'eval "$(./bin/desktop env)"',
    './bin/desktop docker run --rm hello-world',
    './bin/desktop status',
  ])
})

test('a file other than ./desktop.yaml is named again in each next command', () => {
  expect(commandsOf(nextSteps('desktop', ['a.yaml', 'desktop.yaml'], plain))).toEqual([
    'eval "$(desktop env -f a.yaml -f desktop.yaml)"',
    'desktop docker -f a.yaml -f desktop.yaml run --rm hello-world',
    'desktop status -f a.yaml -f desktop.yaml',
  ])
})
