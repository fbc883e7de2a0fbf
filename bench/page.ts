/**
 * `desktop ui` and container names on a real VM. Seconds from the command to a page with its first sample in
 * a running browser, compared with a blank local page in the same browser. Memory and CPU time of the
 * supervisor before the page is opened, while it is open with 100 held connections, and after it is closed.
 * Seconds from `docker run -d` to a response at the container's name. Needs Chromium.
 *
 *   node bench/page.ts [--runs 5]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { until } from '../src/host/until.ts'
import { openBrowser } from '../test/e2e/browser.ts'
import { dockerForTests } from '../test/e2e/docker.ts'
import { ok, type TestEnvironment, testEnvironment } from '../test/e2e/environment.ts'
import { namedGet } from '../test/e2e/names.ts'
import { openPage, show } from '../test/e2e/page.ts'
import { freePorts } from '../test/support/free-ports.ts'
import { cpuSeconds, memory, summary } from './net/measure.ts'
import { writeResult } from './result.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const heldConnections = 100
/** Longer than the supervisor keeps unused memory. */
const settleMs = 10_000
const watchMs = 10_000

interface Served {
  url: string
  pid: number
  end: () => Promise<void>
}

/** The pid is that of the command itself, because `bin/desktop` ends in `exec`. */
async function serve(machine: TestEnvironment): Promise<Served> {
  const child = spawn(join(import.meta.dirname, '../bin/desktop'), ['ui', '--no-open'], {
    cwd: machine.dir,
    env: { ...process.env, ...machine.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const [url = ''] = (await once(createInterface(child.stdout), 'line')) as string[]
  const end = async (): Promise<void> => {
    child.kill('SIGINT')
    await ended
  }
  return { url, pid: child.pid ?? 0, end }
}

/** Percent of one core. */
async function load(pid: number): Promise<number> {
  const [began, before] = [performance.now(), cpuSeconds(pid)]
  await sleep(watchMs)
  return (100_000 * (cpuSeconds(pid) - before)) / (performance.now() - began)
}

async function largest(pid: number): Promise<number> {
  let most = 0
  for (const end = performance.now() + watchMs; performance.now() < end; await sleep(200))
    most = Math.max(most, memory(pid).megabytes)
  return most
}

async function hold(port: number): Promise<Socket[]> {
  const sockets = Array.from({ length: heldConnections }, () => connect(port, '127.0.0.1'))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return sockets
}

/** Baseline that no page can avoid: a tab, a request to a running server, text on the screen. */
async function blankPage(browser: Browser): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>blank</title><p>blank page')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const began = performance.now()
  const { port } = server.address() as AddressInfo
  await using opened = await openPage(browser, `http://127.0.0.1:${port}/`)
  await opened.page.getByText('blank page').waitFor()
  const seconds = (performance.now() - began) / 1000
  server.closeAllConnections()
  server.close()
  return seconds
}

/** One round of the page; keys as in `wanted`. */
async function lookAtPage(machine: TestEnvironment, browser: Browser): Promise<Record<string, number>> {
  const supervisor = Number(await readFile(machine.paths.supervisorPid, 'utf8'))
  await sleep(settleMs)
  const before = memory(supervisor).megabytes
  const idleLoad = await load(supervisor)
  const blank = await blankPage(browser)
  const began = performance.now()
  const sinceBegan = (): number => (performance.now() - began) / 1000
  const served = await serve(machine)
  const url = sinceBegan()
  const opened = await openPage(browser, served.url)
  const { page } = opened
  const [usable, overview] = await Promise.all([
    page.getByText('vm running').waitFor().then(sinceBegan),
    page.locator('[aria-busy=false]').waitFor().then(sinceBegan),
  ])
  await show(page, 'Traffic')
  const open = await largest(supervisor)
  await opened[Symbol.asyncDispose]()
  await sleep(settleMs)
  const closed = memory(supervisor).megabytes
  const [closedLoad, serverLoad] = await Promise.all([load(supervisor), load(served.pid)])
  await served.end()
  return {
    blank,
    url,
    usable,
    overview,
    toBlank: usable / blank,
    open: open - before,
    closed: closed - before,
    idleLoad,
    closedLoad,
    serverLoad,
  }
}

/** Seconds from the end of `docker run -d` to a response at the container's name. */
async function nameUp(machine: TestEnvironment, argv: readonly string[], url: string): Promise<number> {
  await ok(machine.docker('run', '-d', '--name', 'late', 'box', ...argv))
  const began = performance.now()
  await until(() => namedGet(machine, url), { deadlineMs: 20_000, intervalMs: 10 })
  const seconds = (performance.now() - began) / 1000
  await ok(machine.docker('rm', '-f', 'late'))
  return seconds
}

const wanted: readonly (readonly [key: string, what: string, unit: string, target: string])[] = [
  ['usable', 'from `desktop ui` to a page with its first sample', 's', '≤ 1 s'],
  ['url', '… of it until the URL is printed', 's', ''],
  ['blank', 'a blank local page in the same browser (peer)', 's', ''],
  ['toBlank', 'first sample to blank page', '×', ''],
  ['overview', 'from `desktop ui` to the whole overview, with drift and services', 's', ''],
  ['name', "from `docker run -d` to an answer at the container's name", 's', '≤ 1 s'],
  ['open', 'additional supervisor memory while the page is open', 'MiB', '≤ 15 MiB'],
  ['closed', 'additional supervisor memory after the page is closed', 'MiB', '0'],
  ['idleLoad', 'supervisor, no page', '% of a core', ''],
  ['closedLoad', 'supervisor, page closed but still served', '% of a core', 'as without'],
  ['serverLoad', 'page server, page closed', '% of a core', '0'],
]

const rounds: Record<string, number>[] = []
const docker = await dockerForTests()
const [published = 0, http = 0] = await freePorts(2)
await using machine = await testEnvironment(docker.cli, { name: 'bench' })
const browser = await openBrowser()
let sockets: Socket[] = []
try {
  await machine.write(`vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\nnames: { http: ${http} }\n`)
  await ok(machine.desktop('apply'))
  await ok(machine.docker('import', docker.rootfs, 'box'))
  const server = ['sh', '-c', 'nc -ll -p 80 -e sleep 100000']
  await ok(machine.docker('run', '-d', '--name', 'held', '-p', `${published}:80`, 'box', ...server))
  sockets = await hold(published)
  for (let run = 0; run < Number(values.runs); run += 1) {
    const page = await lookAtPage(machine, browser)
    const url = `http://late.bench.localhost:${http}/`
    const round = { ...page, name: await nameUp(machine, docker.httpServer('by name'), url) }
    console.log(JSON.stringify(round))
    rounds.push(round)
  }
} finally {
  for (const socket of sockets) socket.destroy()
  await browser.close()
}
const rows = wanted.map(([key, what, unit, target]) => ({
  ...{ what, unit, target },
  ...summary(rounds.map((round) => round[key] ?? Number.NaN)),
}))
await writeResult('page', { load: loadavg()[0]?.toFixed(2), runs: Number(values.runs), figures: rows })
