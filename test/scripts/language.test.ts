import { expect, test } from 'vitest'
import { allowed } from '../../scripts/language/allowed.ts'
import { tells, tellsIn } from '../../scripts/language/patterns.ts'
import { textsOfDescriptions, textsOfMarkdown, textsOfSource } from '../../scripts/language/texts.ts'

const source = [
  '/** The header',
  ' * of a file. */',
  "import { a } from './imported.ts'",
  '/** Another comment. */',
  "const b = 'a string' // a remark",
  'const c = `a ${b} template`',
  "test('a name', () => {})",
  "test.each([1])('a name of %i', () => {})",
  "describe.skipIf(true)('a group', () => {})",
  "other('no name')",
].join('\n')

test('strings, the header and test names are found in a source file, other comments and imports are not', () => {
  const { strings, header, testNames } = textsOfSource('a.ts', source)
  expect(strings.map(({ text }) => text)).toEqual([
    'a string',
    'a … template',
    'a name',
    'a name of %i',
    'a group',
    'no name',
  ])
  expect(header).toEqual({ line: 1, text: 'The header\nof a file. ' })
  expect(testNames).toEqual([
    { line: 7, text: 'a name' },
    { line: 8, text: 'a name of %i' },
    { line: 9, text: 'a group' },
  ])
})

test('comments are found wherever they are', () => {
  expect(textsOfSource('a.ts', source).comments.map(({ line }) => line)).toEqual([1, 4, 5])
})

test('text of an element is found, and so are its attributes', () => {
  const { strings } = textsOfSource('a.tsx', 'export const a = <p title="a title">a text</p>')
  expect(strings.map(({ text }) => text)).toEqual(['a title', 'a text'])
})

test('a comment behind the first statement is not a header', () => {
  expect(textsOfSource('a.ts', 'const a = 1\n/** Later. */\n').header).toBeUndefined()
})

test('prose of Markdown is found without code, comments and link targets', () => {
  const page = '# Title\n\nA `code`\nand [link](told.md).\n\n```\ntold\n```\n<!-- told -->\n| cell |\n'
  expect(textsOfMarkdown(page)).toEqual([
    { line: 1, text: '# Title' },
    { line: 3, text: 'A …\nand [link].' },
    { line: 10, text: '| cell |' },
  ])
})

test('descriptions of JSON and YAML are found with their lines', () => {
  expect(textsOfDescriptions('{\n  "description": "In JSON",\n  "type": "x"\n')).toEqual([
    { line: 2, text: '"In JSON"' },
  ])
  expect(textsOfDescriptions('a:\n  description: In YAML')).toEqual([{ line: 2, text: 'In YAML' }])
})

const wrong: Readonly<Record<string, string>> = {
  tell: 'the guest is told of it',
  'go on': 'the VM goes on',
  'what is': 'shows what is kept',
  anew: 'written anew',
  mend: 'mend the file',
  'all the same': 'it works all the same',
  'is said': 'the reason is said',
  besides: 'besides the public ones',
  'of ours': 'a descriptor of its own',
  'past Node': 'a socket past Node',
  'of before': 'the image of before',
  'let go of': 'lets go of the lock',
  'come and go': 'drift as it comes and goes',
  'is no': 'a console is no JSON',
  lie: 'the data lies on the disk',
  refuse: 'a path that the machine refuses',
  'is to be': 'a disk that is to be grown',
  somebody: 'a port that somebody holds',
  'as the file says': 'the VM is as the file says',
  'until then': 'which is not known until then',
  'others than': 'by others than root',
  'in the place of': 'a link in the place of a socket',
  'no further': 'a frame that goes no further',
  'has it': 'a RST as the RFC has it',
  'way back': 'the way back works',
  'without end': 'a log without end',
  'see to': 'see to its permissions',
  'for nothing': 'space taken for nothing',
  whoever: 'read by whoever opens it',
  'again and again': 'restarts again and again',
  'in vain': 'packets sent in vain',
  'for ever': 'keeps the socket for ever',
  'in words': 'the verdict in words',
  'is about': 'a rule that is about names',
  'is none': 'an address that is none',
  'so many': 'with so many connections',
  'from then on': 'from then on it listens',
  'but for': 'pure, but for one function',
  'at hand': 'the index at hand',
  commonest: 'the commonest changes',
  whose: 'Whose events they are.',
  lest: 'it follows, lest it lie ahead',
  'very same': 'the very same process',
  'without a word': 'ports become free without a word',
  'in the midst': 'in the midst of a burst',
  heed: 'ACKs are heeded',
}

test('each pattern finds its example, and only that pattern does', () => {
  expect(Object.keys(wrong)).toEqual(tells.map(({ name }) => name))
  for (const [name, text] of Object.entries(wrong)) {
    expect(tellsIn(text).map(({ tell }) => tell.name)).toEqual([name])
  }
})

test.each([
  'What is kept after destroy?',
  'there is no directory here',
  'the lock is no longer held',
  'the VM keeps running',
  'intelligent ongoing storytelling',
])('good English is left alone: %s', (text) => {
  expect(tellsIn(text)).toEqual([])
})

test('an exception gives its reason', () => {
  for (const { reason, text } of allowed) {
    expect(reason.length).toBeGreaterThan(10)
    expect(tellsIn(text)).not.toEqual([])
  }
})
