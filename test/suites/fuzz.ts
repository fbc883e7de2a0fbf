/**
 * Coverage-guided fuzzing of the forwarder's parsers: `node test/suites/fuzz.ts [--seconds 60] [--target NAME] [--seed N]
 * [--keep]`. Prints executions, crashes and inputs that took more than 50 ms; `--keep` writes the minimised corpus, which a
 * unit test replays. Fails when anything was found.
 */
import { parseArgs } from 'node:util'
import { randomFrom } from '../support/net/random.ts'
import { Campaign, minimised } from './fuzz/campaign.ts'
import { readCorpus, writeCorpus } from './fuzz/corpus.ts'
import { Coverage } from './fuzz/coverage.ts'
import { freshStack } from './fuzz/frame-target.ts'
import { targets } from './fuzz/targets.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string' },
    seed: { type: 'string', default: `${Date.now() % 1e9}` },
    keep: { type: 'boolean', default: false },
  },
})
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
if (chosen.length === 0)
  throw new Error(`no target ${values.target}: ${targets.map(({ name }) => name).join(', ')}`)

const coverage = new Coverage()
await coverage.start()
const random = randomFrom(Number(values.seed))
const msEach = (Number(values.seconds) * 1000) / chosen.length
let found = 0
console.log(`seed ${values.seed}, ${values.seconds} s`)
for (const target of chosen) {
  const campaign = new Campaign(target, coverage, random)
  await campaign.begin([...target.seeds, ...readCorpus(target.name)])
  await campaign.runUntil(performance.now() + msEach)
  const { executions, crashes, hangs } = campaign.findings
  console.log(
    `${target.name}: ${executions} executions, ${campaign.coveredSize} characters covered, ${campaign.corpus.length} inputs, ` +
      `${crashes.length} crashes, ${hangs.length} over 50 ms`,
  )
  for (const { input, error } of crashes.slice(0, 5))
    console.log(`  ${Buffer.from(input).toString('hex')}\n  ${error}`)
  for (const { input, ms } of hangs.slice(0, 5))
    console.log(`  ${ms} ms: ${Buffer.from(input).toString('hex')}`)
  found += crashes.length + hangs.length
  if (values.keep) writeCorpus(target.name, await minimised(campaign, coverage, freshStack))
}
process.exit(found === 0 ? 0 : 1)
