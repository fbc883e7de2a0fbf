/** The VM's tty as a host path, for `screen PATH` and other serial terminal programs. */
import { readlinkSync, rmSync, symlinkSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../errors/system.ts'
import { Pty } from '../../host/pty.ts'
import type { Log } from '../process/log.ts'

/** Poll interval, because opening a pty sends no notification. */
const lookMs = 250

interface Options {
  /** The stable path: a link to the current pty. */
  path: string
  /** Returns a handler that attaches a viewer; undefined if there is no VM. */
  attach: () => ((viewer: Duplex) => void) | undefined
  log: Log
}

/**
 * One viewer of the console, with its scrollback, while a program has the path open. The next supervisor
 * links its own pty: an attached program reads EOF and reopens the path.
 */
export class ConsolePath implements AsyncDisposable {
  readonly #options: Options
  readonly #pty: Pty
  readonly #timer: NodeJS.Timeout
  #viewer: Duplex | undefined

  private constructor(options: Options, pty: Pty) {
    this.#options = options
    this.#pty = pty
    this.#timer = setInterval(() => this.#look(), lookMs).unref()
  }

  /**
   * Returns undefined if the platform has no ptys; the console is then available only through `desktop
   * console`.
   */
  static async open(options: Options): Promise<ConsolePath | undefined> {
    if (process.platform !== 'linux') return undefined
    let pty: Pty | undefined
    try {
      pty = new Pty()
      link(options.path, pty.path)
      return new ConsolePath(options, pty)
    } catch (error) {
      pty?.[Symbol.dispose]()
      options.log.warn({ error: messageOf(error) }, 'no path to the console')
      return undefined
    }
  }

  /** Recreates a removed link. */
  relink(): void {
    link(this.#options.path, this.#pty.path)
  }

  #look(): void {
    if (this.#viewer !== undefined || !this.#pty.taken) return
    const attach = this.#options.attach()
    if (attach === undefined) return
    const viewer = this.#pty.stream()
    this.#viewer = viewer
    // When a VM ends, the path stays for the next VM.
    viewer.once('finish', () => viewer.destroy())
    viewer.once('close', () => {
      this.#viewer = undefined
      this.#pty.reset()
    })
    attach(viewer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    const { path } = this.#options
    // A successor may already have linked its own pty.
    if (linkAt(path) === this.#pty.path) rmSync(path, { force: true })
    if (this.#viewer !== undefined) {
      const closed = new Promise((resolve) => this.#viewer?.once('close', resolve))
      this.#viewer.destroy()
      await closed
    }
    this.#pty[Symbol.dispose]()
  }
}

function link(path: string, target: string): void {
  if (linkAt(path) === target) return
  rmSync(path, { force: true })
  symlinkSync(target, path)
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
