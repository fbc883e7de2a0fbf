/** Machines that a file left on other hosts. */
import { expect, test } from 'vitest'
import { checkedLeft } from '../../../src/apply/cluster/removed.ts'

const host = { name: 'builder' }

test('machines of the file that it no longer has there are removed', () => {
  expect(checkedLeft(host, 'lab', ['lab.w.1'], ['lab.w.2', 'lab.m.10'])).toEqual(['lab.w.2', 'lab.m.10'])
})

test.each([
  ['of another environment', ['labor.w.1']],
  ['of an environment whose name begins with that of the file', ['lab.x.w.1']],
  ['without a number', ['lab.w']],
  ['that the file has there', ['lab.w.2', 'lab.w.1']],
  ['listed twice', ['lab.w.2', 'lab.w.2']],
])('a machine %s is an invalid reply', (_name, names) => {
  expect(() => checkedLeft(host, 'lab', ['lab.w.1'], names)).toThrow('builder: desktop there lists')
})
