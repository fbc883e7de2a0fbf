/**
 * Posts a plan as a comment on a pull request, for action.yml. Later runs update the same comment.
 *
 *   GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN   as set by the runner
 *   PULL_REQUEST, PLAN                                number; path of the plan as text
 */
import { readFile } from 'node:fs/promises'

interface Comment {
  id: number
  body: string
}

const marker = '<!-- desktop plan -->'
/** GitHub's limit is 65,536 characters. */
const longest = 60_000

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

const api = `${setting('GITHUB_API_URL')}/repos/${setting('GITHUB_REPOSITORY')}/issues`
const token = setting('GITHUB_TOKEN')

async function request<T>(method: string, url: string, body?: object): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** Finds the comment of an earlier run; pages of a hundred comments until one is not full. */
async function earlier(comments: string): Promise<Comment | undefined> {
  for (let page = 1; ; page += 1) {
    const found = await request<Comment[]>('GET', `${comments}?per_page=100&page=${page}`)
    const ours = found.find(({ body }) => body.startsWith(marker))
    if (ours !== undefined || found.length < 100) return ours
  }
}

function bodyOf(plan: string): string {
  const [summary = ''] = plan.split('\n')
  const text =
    plan.length > longest ? `${plan.slice(0, longest)}\n… (the whole plan is in the job summary)` : plan
  // A fence longer than any in the plan, so that no value can close it.
  const ticks = [...text.matchAll(/`{3,}/g)].map(([run]) => run.length)
  const fence = '`'.repeat(Math.max(3, ...ticks.map((count) => count + 1)))
  return `${marker}\n### desktop plan\n\n${summary}\n\n<details><summary>Operations</summary>\n\n${fence}\n${text.trimEnd()}\n${fence}\n</details>\n`
}

const comments = `${api}/${setting('PULL_REQUEST')}/comments`
const body = bodyOf(await readFile(setting('PLAN'), 'utf8'))
const before = await earlier(comments)
if (before === undefined) await request('POST', comments, { body })
else if (before.body !== body) await request('PATCH', `${api}/comments/${before.id}`, { body })
console.log(before === undefined ? 'commented the plan' : 'updated the comment with the plan')
