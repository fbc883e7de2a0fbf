/** Asks the user at the terminal for a yes or no. */
import { createInterface } from 'node:readline/promises'
import { hideValues } from '../errors/credentials.ts'
import { printable } from '../escape.ts'

/** Only the full word `yes` is consent; end of input is not. */
export async function askYes(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([
      prompt.question(`${printable(hideValues(question))} Type yes to continue: `),
      closed,
    ])
    return answer.trim().toLowerCase() === 'yes'
  } finally {
    prompt.close()
  }
}
