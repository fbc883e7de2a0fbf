/** API requests, responses and routes. */
import { messageOf } from '../../errors/system.ts'
import { ApiError } from './ports.ts'

export interface ApiRequest {
  method: string
  path: string
  body: string
}

export interface ApiResponse {
  status: number
  contentType: 'application/json' | 'text/plain; charset=utf-8'
  body: string
}

export type Route<To> = (to: To, request: ApiRequest) => Promise<ApiResponse> | ApiResponse

/** Keyed by path. */
export type Routes<To> = Readonly<Record<string, Route<To>>>

/** Never rejects: errors become a status and a line of text. */
export async function answerBy<To>(routes: Routes<To>, to: To, request: ApiRequest): Promise<ApiResponse> {
  try {
    const route = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined
    if (route === undefined) throw new ApiError(404, '404 page not found')
    return await route(to, request)
  } catch (error) {
    return plain(error instanceof ApiError ? error.status : 500, `${messageOf(error)}\n`)
  }
}

/** Throws 400 if the body is not JSON. */
export function postedJson(request: ApiRequest): unknown {
  if (request.method !== 'POST') throw new ApiError(400, 'post only')
  try {
    return JSON.parse(request.body)
  } catch (error) {
    throw new ApiError(400, messageOf(error))
  }
}

export function json(value: unknown): ApiResponse {
  return { status: 200, contentType: 'application/json', body: `${JSON.stringify(value)}\n` }
}

export function plain(status: number, body: string): ApiResponse {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}
