/**
 * Checks a value by one of the schemas of JSON output. Implements the keywords that they use; any other one throws. The
 * generated validator of ajv would have 180 kB for this.
 */

type Schema = Readonly<Record<string, unknown>>

const annotations: readonly string[] = ['$schema', '$id', 'title', 'description']

/** The first key that the schema rejects, and why; undefined if it accepts the value. */
export function schemaError(schema: Schema, value: unknown, path = ''): string | undefined {
  const said = (what: string): string => `${path === '' ? 'it' : path} ${what}`
  for (const [keyword, given] of Object.entries(schema)) {
    const error = errorOf(keyword, given, value, path, schema)
    if (error === false) return said(`does not match "${keyword}"`)
    if (error !== undefined) return error
  }
  return undefined
}

/** False: the value itself is rejected. */
function errorOf(
  keyword: string,
  given: unknown,
  value: unknown,
  path: string,
  schema: Schema,
): string | false | undefined {
  switch (keyword) {
    case 'type':
      return [given].flat().some((type) => isOfType(value, type)) ? undefined : false
    case 'const':
      return value === given ? undefined : false
    case 'enum':
      return Array.isArray(given) && given.includes(value) ? undefined : false
    case 'minimum':
      return typeof value !== 'number' || value >= Number(given) ? undefined : false
    case 'oneOf': {
      const forms = given as readonly Schema[]
      return forms.filter((form) => schemaError(form, value, path) === undefined).length === 1
        ? undefined
        : false
    }
    case 'items':
      return Array.isArray(value)
        ? first(value.map((item, index) => schemaError(given as Schema, item, below(path, index))))
        : undefined
    case 'required':
      return isMap(value)
        ? first(
            (given as string[]).map((key) =>
              Object.hasOwn(value, key) ? undefined : `${below(path, key)} is missing`,
            ),
          )
        : undefined
    case 'properties':
      return isMap(value)
        ? first(
            Object.entries(given as Record<string, Schema>).map(([key, inner]) =>
              Object.hasOwn(value, key) ? schemaError(inner, value[key], below(path, key)) : undefined,
            ),
          )
        : undefined
    case 'additionalProperties': {
      if (!isMap(value)) return undefined
      const known = (schema.properties ?? {}) as Record<string, Schema>
      const others = Object.keys(value).filter((key) => !Object.hasOwn(known, key))
      return first(
        others.map((key) =>
          given === false
            ? `${below(path, key)} is unknown`
            : schemaError(given as Schema, value[key], below(path, key)),
        ),
      )
    }
    default:
      if (annotations.includes(keyword)) return undefined
      throw new Error(`the keyword "${keyword}" is not implemented`)
  }
}

const below = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`)

const first = (errors: readonly (string | undefined)[]): string | undefined =>
  errors.find((error) => error !== undefined)

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'object':
      return isMap(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    default:
      return typeof value === type
  }
}
