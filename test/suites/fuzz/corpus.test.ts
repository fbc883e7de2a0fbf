import { describe, expect, test } from 'vitest'
import { readCorpus } from './corpus.ts'
import { freshStack } from './frame-target.ts'
import { targets } from './targets.ts'

describe.each(targets)('the kept corpus of $name', ({ name, run }) => {
  const corpus = readCorpus(name)

  test('is there, and none of it is a crash', async () => {
    expect(corpus.length).toBeGreaterThan(0)
    for (const input of corpus) {
      freshStack()
      await run(input)
    }
  })
})
