/** Patterns of translated English, each with the words to write instead. */

export interface Tell {
  name: string
  pattern: RegExp
  instead: string
  /** Also checked in all comments of src/. */
  inComments?: true
  /** Not checked in Markdown, where the surrounding sentence can make it good English. */
  inCodeOnly?: true
}

export const tells: readonly Tell[] = [
  {
    name: 'tell',
    pattern: /\b(?:tells?|telling|told)\b/gi,
    instead: 'log, report, print, emit, warn, notify, distinguish',
  },
  {
    name: 'go on',
    pattern: /\b(?:go|goes|going|went|gone) on\b/gi,
    instead: 'continue, keep running, resume',
    inComments: true,
  },
  {
    name: 'what is',
    // A question is not a clause: "What is kept?" may be a heading.
    pattern:
      /(?<!\$)\bwhat (?:is|was|are|were|has|had|have|comes?|came|goes|went|lies|stands?|belongs?|cannot|must)\b(?![^.!?\n]*\?)/gi,
    instead: 'a noun',
  },
  {
    name: 'anew',
    pattern: /\banew\b/gi,
    instead: 'again, new',
    inComments: true,
  },
  {
    name: 'mend',
    pattern: /\bmend(?:s|ed|ing)?\b/gi,
    instead: 'fix, correct, repair',
    inComments: true,
  },
  {
    name: 'all the same',
    pattern: /\ball the same\b/gi,
    instead: 'nevertheless, still',
  },
  {
    name: 'is said',
    pattern: /\b(?:is|are|was|were) said\b/gi,
    instead: 'is printed, is reported',
  },
  {
    name: 'besides',
    pattern: /\bbesides\b/gi,
    instead: 'also, in addition to',
  },
  {
    name: 'of ours',
    pattern: /\bof (?:ours|theirs|(?:its|their|your|his|our) own)\b/gi,
    instead: 'our, own, dedicated',
  },
  { name: 'past Node', pattern: /\bpast node\b/gi, instead: 'bypass Node', inComments: true },
  { name: 'of before', pattern: /\bof before\b/gi, instead: 'previous', inComments: true },
  { name: 'let go of', pattern: /\blet(?:s|ting)? go of\b/gi, instead: 'release', inComments: true },
  {
    name: 'come and go',
    pattern: /\bcom(?:es?|ing) and go(?:es|ing)?\b/gi,
    instead: 'a list of the events',
    inComments: true,
  },
  {
    name: 'is no',
    pattern:
      /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|other\b|later\b|earlier\b|larger\b|smaller\b|one\b)/gi,
    instead: 'is not a, has no',
  },
  {
    name: 'lie',
    pattern: /\b(?:lies|lay) (?:in|at|with|on|beside|behind|under)\b/gi,
    instead: 'is in, is stored in',
  },
  {
    name: 'refuse',
    pattern: /\b(?:machine|system|host|computer) refuse[sd]?\b/gi,
    instead: 'permission denied, the errno, the cause',
  },
  { name: 'is to be', pattern: /\b(?:is|are|was|were) to be\b/gi, instead: 'must be, will be, is' },
  { name: 'somebody', pattern: /\b(?:some|any|every)body\b/gi, instead: 'someone, a user, another user' },
  {
    name: 'as the file says',
    pattern: /\bas the file says\b/gi,
    instead: 'matches the file, in sync',
    inComments: true,
  },
  { name: 'until then', pattern: /\bknown until then\b/gi, instead: 'known only then', inComments: true },
  { name: 'others than', pattern: /\bothers than\b/gi, instead: 'other than, differ from', inComments: true },
  { name: 'in the place of', pattern: /\bin the place of\b/gi, instead: 'in place of, replaces' },
  {
    name: 'no further',
    pattern: /\b(?:go|goes|went|pass(?:es)?) no further\b/gi,
    instead: 'is dropped, is not forwarded',
    inComments: true,
  },
  { name: 'has it', pattern: /\bas \S+(?: \S+)? has it\b/gi, instead: 'as in, as specified by' },
  { name: 'way back', pattern: /\bthe way back\b/gi, instead: 'rollback', inComments: true },
  { name: 'without end', pattern: /\bwithout end\b/gi, instead: 'endless, unlimited', inComments: true },
  { name: 'see to', pattern: /\bsees? to (?:it|its|the)\b/gi, instead: 'fix, check, ensure' },
  { name: 'for nothing', pattern: /\bfor nothing\b/gi, instead: 'unused, unnecessarily' },
  {
    name: 'whoever',
    pattern: /\bwhoever\b/gi,
    instead: 'a noun: the reader, the caller, an attacker',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'again and again',
    pattern: /\bagain and again\b/gi,
    instead: 'repeatedly, in a loop, crash loop',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'in vain',
    pattern: /\bin vain\b/gi,
    instead: 'without an answer, dropped, unnecessarily',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'for ever',
    pattern: /\bfor ever\b/gi,
    instead: 'endlessly, without a limit',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'in words',
    pattern: /\bin words\b/gi,
    instead: 'as text, a description',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'is about',
    pattern: /\b(?:is|are) about (?!to\b|\d)/gi,
    instead: 'covers, addresses, concerns',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'is none',
    pattern: /(?<!\bthere )\b(?:is|are) none\b/gi,
    instead: 'is not a …, is invalid, is ignored',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'so many',
    pattern: /\bso (?:many|long)\b(?! as\b| that\b)/gi,
    instead: 'this many, this long, the limit',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'from then on',
    pattern: /\bfrom then on\b/gi,
    instead: 'afterwards, now',
    inComments: true,
    inCodeOnly: true,
  },
  { name: 'but for', pattern: /\bbut for\b/gi, instead: 'except for', inComments: true },
  { name: 'at hand', pattern: /\bat hand\b/gi, instead: 'available, cached, existing', inComments: true },
  { name: 'commonest', pattern: /\bcommonest\b/gi, instead: 'most common', inComments: true },
  {
    name: 'whose',
    pattern: /^\*?\s*(?:Whose|Who|By which|Of what) \b/g,
    instead: 'a noun phrase or a verb: "Connection that receives the events", "Identifies …"',
    inComments: true,
    inCodeOnly: true,
  },
  {
    name: 'lest',
    pattern: /\blest\b/gi,
    instead: 'so that … not, or … would',
    inComments: true,
  },
  {
    name: 'very same',
    pattern: /\bvery same\b/gi,
    instead: 'same',
    inComments: true,
  },
  {
    name: 'without a word',
    pattern: /\bwithout a word\b/gi,
    instead: 'without notification, silently',
    inComments: true,
  },
  {
    name: 'in the midst',
    pattern: /\bin the midst\b/gi,
    instead: 'during, while',
    inComments: true,
  },
  {
    name: 'heed',
    pattern: /\bheed(?:s|ed)?\b/gi,
    instead: 'process, accept, respect',
    inComments: true,
  },
]

export function tellsIn(text: string): { tell: Tell; at: number; words: string }[] {
  return tells.flatMap((tell) =>
    [...text.matchAll(tell.pattern)].map((match) => ({ tell, at: match.index, words: match[0] })),
  )
}
