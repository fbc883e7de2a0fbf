import { expect, test } from 'vitest'
import { processOutput } from '../../../src/cli/output.ts'
import { defineProgram } from '../../../src/cli/program.ts'

const output = processOutput()
const drift = () => {
  const program = defineProgram(output, () => {})
  const command = program.commands.find((one) => one.name() === 'drift')
  if (command === undefined) throw new Error('there is no drift')
  return { program, command }
}

const repairing = drift().command.options.filter(
  ({ helpGroupHeading }) => helpGroupHeading === 'Options with --repair:',
)
const values: Readonly<Record<string, string>> = {
  '--only': 'vm',
  '--lock-timeout': '1s',
  '--allow': 'recreate:disk',
  '--timeout': '1m',
  '--parallelism': '2',
}
const given = repairing.map(({ long }) => [
  long ?? '',
  ...(values[long ?? ''] === undefined ? [] : [values[long ?? ''] ?? '']),
])

test('the help of drift lists the options of a repair apart from those of a look', () => {
  expect(repairing.map(({ long }) => long).sort()).toEqual(
    ['--allow', '--lock-timeout', '--only', '--parallelism', '--timeout', '--yes'].sort(),
  )
})

test.each(given)(
  '`desktop drift %s` is rejected without --repair, and accepted with it',
  async (...option) => {
    const rejected = drift()
    rejected.command.action(() => {})
    await expect(rejected.program.parseAsync(['drift', ...option], { from: 'user' })).rejects.toMatchObject({
      code: 'cli/usage',
      message: `${option[0]} has no effect without --repair`,
    })
    const accepted = drift()
    accepted.command.action(() => {})
    await accepted.program.parseAsync(['drift', '--repair', ...option], { from: 'user' })
  },
)
