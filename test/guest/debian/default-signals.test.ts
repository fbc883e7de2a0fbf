import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultSignals } from '../../../src/guest/debian/default-signals.ts'
import { run } from '../../../src/host/run.ts'

test.skipIf(process.arch !== 'x64' || process.platform !== 'linux')(
  'a program that is started with ignored signals has them as a login would, and its arguments and environment',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'signals-'))
    const program = join(dir, 'default-signals')
    await writeFile(program, defaultSignals(), { mode: 0o755 })
    const script = 'grep SigIgn /proc/self/status; echo "$0 $1 $MARK"'
    const inner = ['/bin/sh', '-c', script, 'zero', 'one'].map((word) => `'${word}'`).join(' ')
    const line = `trap '' INT QUIT PIPE; MARK=here exec '${program}' ${inner}`
    const { code, stdout } = await run(['/bin/sh', '-c', line])
    expect(code).toBe(0)
    const [ignored = '', echoed] = stdout.trim().split('\n')
    expect(Number.parseInt(ignored.split(/\s+/)[1] ?? '', 16) & 0x1006).toBe(0)
    expect(echoed).toBe('zero one here')
    expect((await run([program, '/no/such/program'])).code).toBe(127)
    await rm(dir, { recursive: true })
  },
)
