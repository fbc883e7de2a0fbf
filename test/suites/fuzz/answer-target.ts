/** Answers of containers to requests by name: however they are cut, the same comes out, or the same is refused. */
import { AnswerReader } from '../../../src/names/answer.ts'

const ok = 'HTTP/1.1 200 OK\r\n'
export const answerSeeds: readonly Uint8Array[] = [
  `${ok}Content-Length: 3\r\nConnection: close\r\n\r\nabc`,
  `${ok}Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: v\r\n\r\n`,
  'HTTP/1.0 103 Early\r\n\r\nHTTP/1.0 304 Not Modified\r\nconnection: keep-alive\r\n\r\n',
  'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nfirst',
].map((text) => Buffer.from(text, 'latin1'))

export function readAnswer(input: Uint8Array): void {
  const whole = outcomeOf(input, input.length)
  const cut = outcomeOf(input, 7)
  if (whole !== cut) throw new Error(`another answer in pieces: ${whole} and ${cut}`)
}

function outcomeOf(input: Uint8Array, pieceBytes: number): string {
  const bytes = Buffer.from(input)
  const events: string[] = []
  let body = ''
  let at = 0
  try {
    const reader = new AnswerReader(
      { method: 'GET', isUpgrade: true },
      {
        head: (head) => void events.push(JSON.stringify(head)),
        body: (piece) => {
          body += piece.toString('latin1')
        },
      },
    )
    while (at < bytes.length && !reader.isDone) {
      const piece = bytes.subarray(at, at + pieceBytes)
      const taken = reader.read(piece)
      if (taken < piece.length && !reader.isDone) throw new TypeError('bytes are left')
      at += taken
    }
    events.push(`${reader.isDone} ${reader.keepsAlive} ${reader.isSwitched} ${at}`)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error
    events.push('refused')
  }
  return `${events.join(' ')} ${body}`
}
