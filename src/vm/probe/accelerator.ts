/**
 * Which accelerator works here, found by running guest code on it. /dev/kvm that opens proves nothing: on a
 * host with broken nested virtualisation QEMU aborts, or starts and never runs an instruction.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Accelerator } from '../../config/desired.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import { bootId } from '../../host/identity.ts'
import { findProgram } from '../../host/packages.ts'
import { exitPort, probeFirmware, ranStatus } from './firmware.ts'

export interface AcceleratorAnswer {
  accelerator: Accelerator
  /** Why the CPU is emulated; undefined when it is not. */
  reason: string | undefined
}

const deadlineMs = 3_000

/** The accelerator of this kind of host, before anybody knows whether it works. */
const native = (platform: NodeJS.Platform): 'kvm' | 'hvf' => (platform === 'darwin' ? 'hvf' : 'kvm')

/** Remembered per QEMU binary and boot in a file of `cacheDir`. */
export async function probeAccelerator(binary: string, cacheDir: string): Promise<AcceleratorAnswer> {
  const { mtimeMs, size } = await stat(binary)
  const key = `${bootId()} ${binary} ${size} ${mtimeMs}`
  const cacheFile = join(cacheDir, 'accelerator.json')
  const kept = await readCache(cacheFile, key)
  if (kept !== undefined) return kept
  const answer = await probe(binary, native(process.platform), cacheDir)
  await writeAtomic(cacheFile, JSON.stringify({ key, answer }))
  return answer
}

async function readCache(file: string, key: string): Promise<AcceleratorAnswer | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as { key: string; answer: AcceleratorAnswer }
    return kept.key === key ? kept.answer : undefined
  } catch {
    return undefined
  }
}

async function probe(binary: string, wanted: 'kvm' | 'hvf', cacheDir: string): Promise<AcceleratorAnswer> {
  if (wanted === 'kvm') {
    const problem = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
      () => undefined,
      (error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? '/dev/kvm does not exist' : 'this user may not open /dev/kvm',
    )
    if (problem !== undefined) return { accelerator: 'tcg', reason: problem }
  }
  const problem = await runsGuestCode(binary, wanted, cacheDir)
  return problem === undefined
    ? { accelerator: wanted, reason: undefined }
    : { accelerator: 'tcg', reason: problem }
}

/**
 * Undefined when guest code ran, else what happened. The firmware is kept in `cacheDir`: a command that is killed
 * meanwhile leaves nothing that the next one does not use.
 */
export async function runsGuestCode(
  binary: string,
  accelerator: Accelerator,
  cacheDir: string,
): Promise<string | undefined> {
  const firmware = join(cacheDir, 'probe-firmware.bin')
  await writeAtomic(firmware, probeFirmware())
  const cpu = accelerator === 'tcg' ? 'max' : 'host'
  const args = ['-accel', accelerator, '-cpu', cpu, '-machine', 'q35', '-m', '64M', '-bios', firmware]
  args.push('-nodefaults', '-no-user-config', '-display', 'none')
  args.push('-device', `isa-debug-exit,iobase=${exitPort},iosize=1`)
  return await verdict(binary, args, accelerator)
}

async function verdict(
  binary: string,
  args: string[],
  accelerator: Accelerator,
): Promise<string | undefined> {
  // Where there is timeout(1), a probe that runs for ever ends even when this process is killed meanwhile.
  const timeout = await findProgram('timeout')
  const seconds = String(Math.ceil(deadlineMs / 1000) + 1)
  const [program, ...before] =
    timeout === undefined ? [binary] : [timeout, '--foreground', '-s', 'KILL', seconds, binary]
  return new Promise((resolve, reject) => {
    const child = spawn(program ?? binary, [...before, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    let late = false
    const timer = setTimeout(() => {
      late = true
      // timeout(1) passes a SIGTERM on, and kills a QEMU that does not mind it.
      child.kill(timeout === undefined ? 'SIGKILL' : 'SIGTERM')
    }, deadlineMs)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === ranStatus) return resolve(undefined)
      if (late) return resolve(`${accelerator} starts a machine, but no guest code runs`)
      const said = complaint(stderr)
      const ended = `QEMU ended with ${signal ?? code}`
      resolve(`${accelerator} does not work: ${ended}${said === '' ? '' : ` (${said})`}`)
    })
  })
}

/** The line that QEMU calls an error, else its last one; an assertion that follows says less. */
function complaint(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const line = lines.find((text) => text.includes('error: ')) ?? lines.at(-1) ?? ''
  return line.replace(/^\S*qemu\S*: /, '').replace(/^error: /, '')
}
