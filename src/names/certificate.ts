/** X.509 certificates (RFC 5280) of the local CA and of hosts, as DER. */
import { createHash, type KeyObject, randomBytes, sign, type X509Certificate } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import * as x509 from '@peculiar/asn1-x509'

const dayMs = 86_400_000
const authorityDays = 3650
/** Below every browser's limit. */
const hostDays = 90

const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const commonName = '2.5.4.3'

interface Subject {
  name: x509.Name
  publicKey: KeyObject
}

interface Issuer {
  name: x509.Name
  publicKey: KeyObject
  privateKey: KeyObject
}

/** Self-signed; constrained to names below `localhost`, without addresses or other names (section 4.2.1.10). */
export function authorityCertificate(publicKey: KeyObject, privateKey: KeyObject, begin: Date): Uint8Array {
  const name = nameOf(`desktop local authority (${userInfo().username}@${hostname()})`.slice(0, 64))
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags
  return certificate({ name, publicKey }, { name, publicKey, privateKey }, begin, authorityDays, [
    extension(
      x509.id_ce_basicConstraints,
      true,
      new x509.BasicConstraints({ cA: true, pathLenConstraint: 0 }),
    ),
    extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(keyCertSign | cRLSign)),
    extension(x509.id_ce_extKeyUsage, false, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
    extension(
      x509.id_ce_nameConstraints,
      true,
      new x509.NameConstraints({
        permittedSubtrees: subtrees([{ dNSName: 'localhost' }]),
        // Permitted DNS names do not restrict other name types, so IP addresses are excluded: address and mask, 0/0.
        excludedSubtrees: subtrees([{ iPAddress: '0.0.0.0/0' }, { iPAddress: '::/0' }]),
      }),
    ),
  ])
}

export function hostCertificate(
  host: string,
  publicKey: KeyObject,
  authority: { certificate: X509Certificate; key: KeyObject },
  begin: Date,
): Uint8Array {
  const issuer = {
    name: AsnConvert.parse(authority.certificate.raw, x509.Certificate).tbsCertificate.subject,
    publicKey: authority.certificate.publicKey,
    privateKey: authority.key,
  }
  return certificate({ name: nameOf('desktop'), publicKey }, issuer, begin, hostDays, [
    extension(x509.id_ce_basicConstraints, true, new x509.BasicConstraints({ cA: false })),
    extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature)),
    extension(x509.id_ce_extKeyUsage, false, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
    extension(
      x509.id_ce_subjectAltName,
      false,
      new x509.SubjectAlternativeName([new x509.GeneralName({ dNSName: host })]),
    ),
  ])
}

function certificate(
  subject: Subject,
  issuer: Issuer,
  begin: Date,
  days: number,
  extensions: readonly x509.Extension[],
): Uint8Array {
  const algorithm = new x509.AlgorithmIdentifier({ algorithm: ecdsaWithSha256 })
  const serial = randomBytes(16)
  // Positive, and full length (section 4.1.2.2).
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: Uint8Array.from(serial).buffer,
    signature: algorithm,
    issuer: issuer.name,
    validity: new x509.Validity({ notBefore: begin, notAfter: new Date(begin.getTime() + days * dayMs) }),
    subject: subject.name,
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(subject.publicKey), x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      ...extensions,
      extension(
        x509.id_ce_subjectKeyIdentifier,
        false,
        new x509.SubjectKeyIdentifier(keyIdOf(subject.publicKey)),
      ),
      extension(
        x509.id_ce_authorityKeyIdentifier,
        false,
        new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(keyIdOf(issuer.publicKey)) }),
      ),
    ]),
  })
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), issuer.privateKey)
  return new Uint8Array(
    AsnConvert.serialize(
      new x509.Certificate({
        tbsCertificate,
        signatureAlgorithm: algorithm,
        signatureValue: Uint8Array.from(signature).buffer,
      }),
    ),
  )
}

const spkiOf = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' })

/** Any value unique to the key (section 4.2.1.2). */
const keyIdOf = (key: KeyObject): ArrayBuffer =>
  Uint8Array.from(createHash('sha256').update(spkiOf(key)).digest().subarray(0, 20)).buffer

const nameOf = (text: string): x509.Name =>
  new x509.Name([
    new x509.RelativeDistinguishedName([
      new x509.AttributeTypeAndValue({
        type: commonName,
        value: new x509.AttributeValue({ utf8String: text }),
      }),
    ]),
  ])

const subtrees = (names: readonly Partial<x509.GeneralName>[]): x509.GeneralSubtrees =>
  new x509.GeneralSubtrees(names.map((name) => new x509.GeneralSubtree({ base: new x509.GeneralName(name) })))

const extension = (extnID: string, critical: boolean, value: unknown): x509.Extension =>
  new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
