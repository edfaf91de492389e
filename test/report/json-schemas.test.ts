import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { json } from '../../src/report/json.ts'
import { jsonSchemas } from '../../src/report/records/json-schemas.ts'
import { toDecisionRecord } from '../../src/report/records/run-records.ts'
import { decision, leak, render, report, verdict } from '../support/report-fixtures.ts'

const schemas = jsonSchemas()

function validator(name: string): (value: unknown) => string[] {
  const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schemas[name] ?? {})
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

describe('jsonSchemas()', () => {
  test.each(Object.keys(schemas))('%s is a valid schema with a title', (name) => {
    expect(validator(name)(null)).not.toEqual([])
    expect(schemas[name]).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: expect.stringMatching(/^masqcheck /),
    })
  })

  test('accept what the formats write', () => {
    const finding = { code: 'X', severity: 'info' as const, message: 'm', subject: 's', sources: [{ file: 'f' }] }
    const document = JSON.parse(render(json, report([verdict(), leak(2)], { findings: [finding] })))
    expect(validator('document')(document)).toEqual([])
    for (const flow of document.flows) expect(validator('flow')(flow)).toEqual([])
    expect(validator('decision')(JSON.parse(JSON.stringify(toDecisionRecord(decision()))))).toEqual([])
  })

  test('describe the files that people write, and refuse a key that is misspelt', () => {
    const expectation = { name: 'n', flow: { from: 'pod', to: 'external' }, nat: 'masquerade', min: 1 }
    expect(validator('expectations')({ expectations: [expectation] })).toEqual([])
    expect(validator('expectations')({ expectations: [{ ...expectation, nta: 'preserve' }] })).not.toEqual([])
    const captures = { cluster: 'cluster', captures: [{ file: 'a.pcap', point: 'node/n1:eth0' }] }
    expect(validator('captures')(captures)).toEqual([])
    expect(validator('captures')({ ...captures, captures: [{ fiel: 'a.pcap' }] })).not.toEqual([])
  })

  test('bear fields of later versions and refuse wrong ones', () => {
    const flow = JSON.parse(render(json, report([verdict()]))).flows[0]
    expect(validator('flow')({ ...flow, later: true })).toEqual([])
    expect(validator('flow')({ ...flow, id: 1 })).toEqual(['/id must be string'])
    expect(validator('flow')({ ...flow, start: 'yesterday' })).not.toEqual([])
  })
})
