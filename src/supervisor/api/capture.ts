/**
 * Packet captures for clients of the control socket: `POST /v1/pcap?filter=…&snap=…&count=…`. The response is
 * a growing pcap file; the client stops the capture by ending the request body. Trailers contain the drop
 * counters.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Forwarder } from '../../net/forwarder.ts'
import { captureDefaults } from '../../net/pcap/capture.ts'
import { parseFilter } from '../../net/pcap/filter.ts'
import { StreamSink } from '../../net/pcap/host-sink.ts'

export interface CaptureRequest {
  /** Capture filter, see net/pcap/filter.ts; empty matches everything. */
  filter: string
  /** Snapshot length in bytes. */
  snapBytes: number
  /** Frames to capture; undefined for no limit. */
  count: number | undefined
}

/** Frame counters. */
export interface CaptureCounters {
  captured: number
  /** Frames dropped because the reader was too slow. */
  lost: number
}

export type TakeCapture = (
  request: CaptureRequest,
  response: Writable,
  enough: Promise<unknown>,
) => Promise<CaptureCounters>

export const capturedTrailer = 'x-frames-captured'
export const lostTrailer = 'x-frames-lost'

/** Throws `net/capture-filter` before sending a response. */
export async function runCapture(
  forwarder: Forwarder,
  { filter, snapBytes, count = Number.POSITIVE_INFINITY }: CaptureRequest,
  response: Writable,
  enough: Promise<unknown>,
): Promise<CaptureCounters> {
  const matches = parseFilter(filter)
  const complete = Promise.withResolvers<void>()
  let left = count
  const counted = (frame: Uint8Array): boolean => {
    if (left <= 0 || !matches(frame)) return false
    left -= 1
    if (left === 0) complete.resolve()
    return true
  }
  const sink = new StreamSink(response)
  using capture = forwarder.capture(sink, { ...captureDefaults, filter: counted, snapBytes })
  await Promise.race([enough, complete.promise, sink.closed.catch(() => {})])
  return { ...capture.counters }
}

/** Serves one request; rejects only if no response bytes have been sent. */
export async function answerCapture(
  take: TakeCapture,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? '', 'http://supervisor')
  const number = (name: string): number | undefined => {
    const value = Number(searchParams.get(name) ?? Number.NaN)
    return Number.isInteger(value) && value > 0 ? value : undefined
  }
  const wanted: CaptureRequest = {
    filter: searchParams.get('filter') ?? '',
    snapBytes: number('snap') ?? captureDefaults.snapBytes,
    count: number('count'),
  }
  if (request.httpVersion === '1.0') {
    // Trailers need chunked encoding.
    throw new DesktopError('supervisor/bad-request', 'a capture needs HTTP/1.1')
  }
  const enough = Promise.withResolvers<void>()
  request.once('end', enough.resolve).once('close', enough.resolve).resume()
  response.setHeader('Content-Type', 'application/vnd.tcpdump.pcap')
  response.setHeader('Trailer', `${capturedTrailer}, ${lostTrailer}`)
  const { captured, lost } = await take(wanted, response, enough.promise)
  response.addTrailers({ [capturedTrailer]: String(captured), [lostTrailer]: String(lost) })
  response.end()
}
