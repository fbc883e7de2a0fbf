import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plistText, type ServiceInputs, unitText } from '../../src/host/service.ts'

const inputs: ServiceInputs = {
  name: 'dev',
  command: ['/bin/true'],
  file: '/home/a/100% "odd" $HOME/desktop.yaml',
  repair: 'restart-engine',
  env: { XDG_STATE_HOME: '/srv/a&b' },
}

test('the unit starts the environment, watches it, stops it at the end, and leaves the VM to other commands', () => {
  const text = unitText({ ...inputs, file: '/home/a/desktop.yaml' })
  expect(text).toContain(
    'ExecStartPre="/bin/true" "start" "--lock-timeout" "60s" "--file" "/home/a/desktop.yaml"',
  )
  expect(text).toContain(
    'ExecStart="/bin/true" "watch" "--repair=restart-engine" "--file" "/home/a/desktop.yaml"',
  )
  expect(text).toMatch(/^ExecStop="\/bin\/true" "stop"/m)
  expect(text).toMatch(/^KillMode=process$/m)
})

test('nothing in a path is a specifier, a variable or the end of a word for systemd', () => {
  const exec = /^ExecStart=(.*)$/m.exec(unitText(inputs))?.[1]
  expect(exec).toMatch(/"\/home\/a\/100%% \\"odd\\" \$\$HOME\/desktop\.yaml"$/)
})

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0

test.runIf(hasAnalyze)('systemd finds no fault in the unit', () => {
  const dir = mkdtempSync(join(tmpdir(), 'unit-'))
  try {
    const path = join(dir, 'desktop-dev.service')
    writeFileSync(path, unitText(inputs))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
    expect(stderr).not.toContain('desktop-dev.service')
    expect(status).toBe(0)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('the plist starts the environment before the watch, and nothing in a path is markup for launchd', () => {
  const text = plistText(inputs)
  expect(text).toContain('<key>XDG_STATE_HOME</key><string>/srv/a&amp;b</string>')
  expect(text).toContain('<string>/home/a/100% "odd" $HOME/desktop.yaml</string>')
  expect(text.match(/<(dict|array|plist)\b/g)?.length).toBe(text.match(/<\/(dict|array|plist)>/g)?.length)
  const script = /<string>("\$@" start.*)<\/string>/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  const run = spawnSync('sh', ['-c', script ?? '', '/a file', 'echo'], {
    encoding: 'utf8',
    env: { REPAIR: 'live' },
  })
  expect(run.stdout).toBe('start --file /a file --lock-timeout 60s\nwatch --repair=live --file /a file\n')
})
