/** YAML text → document with positions. Everything that YAML allows and a config file should not have is refused. */
import { isAlias, isMap, LineCounter, parseDocument, visit } from 'yaml'
import { DesktopError } from '../../errors.ts'
import { fileRange, type Source } from './position.ts'

export interface Parsed {
  source: Source
  errors: readonly DesktopError[]
}

const hints: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of the two; the other has no effect',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent each level by the same number of spaces',
  MULTIPLE_DOCS: 'one file holds one document; remove the --- line',
}

export function parseText(file: string, text: string): Parsed {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    merge: false,
  })
  const source: Source = { file, text, lines, document }
  const errors = document.errors.map(({ code, message, pos }) => {
    const hint = hints[code]
    return new DesktopError('config/yaml', plain(message), {
      at: fileRange(source, pos),
      ...(hint === undefined ? {} : { hint }),
    })
  })
  if (errors.length > 0) return { source, errors }
  return { source, errors: refused(source) }
}

const plain = (message: string): string => message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? message

function refused(source: Source): DesktopError[] {
  const errors: DesktopError[] = []
  const header = /^%YAML\s+1\.1/m.exec(source.text)
  if (header !== null) {
    errors.push(
      new DesktopError('config/yaml', 'YAML 1.1 reads yes, no and 0777 in ways that surprise', {
        at: fileRange(source, [header.index, header.index + header[0].length]),
        hint: 'remove the %YAML line; desktop.yaml is YAML 1.2',
      }),
    )
  }
  if (source.document.contents !== null && !isMap(source.document.contents)) {
    errors.push(
      new DesktopError('config/yaml', 'the file must be a map of keys', {
        at: fileRange(source, [0, 1]),
        hint: 'start with `apiVersion: desktop/v1`',
      }),
    )
  }
  visit(source.document, (_key, node) => {
    if (!isAlias(node) || !node.range) return
    errors.push(
      new DesktopError('config/yaml', `aliases (*${node.source}) are not used in desktop.yaml`, {
        at: fileRange(source, [node.range[0], node.range[1]]),
        hint: 'write the value out',
      }),
    )
  })
  return errors
}
