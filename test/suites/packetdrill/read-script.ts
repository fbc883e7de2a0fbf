/** Reads the language of packetdrill: lines with a time, then a packet, a system call, a command or code. */
import { readPacket } from './read-packet.ts'
import type { Action, Call, Due, Script, ScriptEvent } from './script.ts'

/** @param defines names for `#ifdef`. */
export function readScript(text: string, defines: readonly string[] = ['STANDARD']): Script {
  const options = new Map<string, string>()
  const events: ScriptEvent[] = []
  for (const { line, content } of statements(text, defines)) {
    const option = /^--(\w+)(?:=(.*))?$/.exec(content)
    if (option !== null && events.length === 0) options.set(option[1]!, option[2] ?? '')
    else events.push(readEvent(line, content))
  }
  const mtu = options.get('mtu')
  return {
    family: options.get('ip_version') === 'ipv6' ? 6 : 4,
    mtu: mtu === undefined ? undefined : Number(mtu),
    toleranceS: Number(options.get('tolerance_usecs') ?? 4000) / 1e6,
    options,
    events,
  }
}

interface Statement {
  line: number
  content: string
}

/** Lines without comments; a command in backticks and code in `%{ }%` may take several. */
function statements(text: string, defines: readonly string[]): Statement[] {
  const found: Statement[] = []
  const withoutBlocks = text.replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ' '))
  const conditions: boolean[] = []
  let open: Statement | undefined
  for (const [i, raw] of withoutBlocks.split('\n').entries()) {
    const directive = /^\s*#\s*(ifdef|ifndef|else|endif)\s*(\w*)/.exec(raw)
    if (directive !== null) {
      applyDirective(conditions, directive[1]!, defines.includes(directive[2]!))
      continue
    }
    if (conditions.includes(false)) continue
    const content = withoutComment(raw)
    if (open !== undefined) open.content += `\n${content}`
    else if (content.trim() !== '') open = { line: i + 1, content }
    if (open === undefined || isOpen(open.content)) continue
    found.push({ line: open.line, content: open.content.trim() })
    open = undefined
  }
  if (open !== undefined) throw new SyntaxError(`line ${open.line}: not closed: ${open.content}`)
  return found
}

function applyDirective(conditions: boolean[], name: string, isDefined: boolean): void {
  if (name === 'ifdef') conditions.push(isDefined)
  else if (name === 'ifndef') conditions.push(!isDefined)
  else if (name === 'else') conditions.push(!(conditions.pop() ?? true))
  else conditions.pop()
}

function withoutComment(line: string): string {
  const quoted = line.indexOf('`')
  const comment = line.indexOf('//')
  return comment < 0 || (quoted >= 0 && quoted < comment && line.lastIndexOf('`') > comment)
    ? line
    : line.slice(0, comment)
}

function isOpen(content: string): boolean {
  return content.split('`').length % 2 === 0 || (content.includes('%{') && !content.includes('}%'))
}

function readEvent(line: number, content: string): ScriptEvent {
  const time = /^(\*|\+?\s*\d+(?:\.\d+)?)(?:\s*(?:\.{3}|~)\s*\+?\d+(?:\.\d+)?)?\s+(.*)$/s.exec(content)
  // A command may come first, without a time.
  const [due, rest] =
    time === null ? [{ kind: 'after', seconds: 0 } as const, content] : [readDue(time[1]!), time[2]!]
  try {
    return { line, due, ...readAction(rest) }
  } catch (error) {
    throw new SyntaxError(`line ${line}: ${(error as Error).message}`)
  }
}

function readDue(text: string): Due {
  if (text === '*') return { kind: 'any' }
  const seconds = Number(text.replace(/[+\s]/g, ''))
  return { kind: text.startsWith('+') ? 'after' : 'at', seconds }
}

function readAction(text: string): Action {
  const first = text[0]
  if (first === '<') return { kind: 'inject', packet: readPacket(text.slice(1).trim()) }
  if (first === '>') return { kind: 'expect', packet: readPacket(text.slice(1).trim()) }
  if (first === '`') return { kind: 'command', text: text.slice(1, text.lastIndexOf('`')) }
  if (text.startsWith('%{')) return { kind: 'code', text: text.slice(2, text.lastIndexOf('}%')).trim() }
  return { kind: 'call', call: readCall(text) }
}

function readCall(text: string): Call {
  const match = /^(\w+)\s*\((.*)\)\s*=\s*(-?\w+)\s*(E\w+)?\s*(?:\(.*\))?$/s.exec(text)
  if (match === null) throw new Error(`neither a packet nor a call: ${text}`)
  const [, name, args, result, error] = match
  return { name: name!, args: splitArgs(args!), result: Number(result), error }
}

/** At commas that are in no brackets. */
function splitArgs(text: string): string[] {
  const args = ['']
  let depth = 0
  for (const letter of text) {
    if ('[{('.includes(letter)) depth += 1
    else if (']})'.includes(letter)) depth -= 1
    if (letter === ',' && depth === 0) args.push('')
    else args[args.length - 1] += letter
  }
  return args.map((arg) => arg.trim())
}
